import { expect, test } from '@jest/globals';
import { isPublic } from '../../lib/model/clear-text.js';

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty text', ''],
  ['spaces', '  \n'],
  ['what SOPS encrypted', 'ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]'],
  ['a file that SOPS encrypted', '{"a":"ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]","sops":{}}'],
  ['a variable', '${TOKEN}'],
  ['a variable with an empty default', '${TOKEN:=}'],
])('%s may be read', (_, value) => {
  expect(isPublic(value)).toBe(true);
});

test.each([
  ['a text', 'hunter2'],
  ['a number', 12345],
  ['a variable with a default', '${TOKEN:=hunter2}'],
  ['a variable and more', '${USER}:hunter2'],
  ['two variables with a text between', '${A}hunter2${B}'],
])('%s may not', (_, value) => {
  expect(isPublic(value)).toBe(false);
});
