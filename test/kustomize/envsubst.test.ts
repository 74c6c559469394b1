import { expect, test } from '@jest/globals';
import { BadSubstitution, evaluate, UNKNOWN, variableNames } from '../../lib/kustomize/envsubst.js';

const VALUES: Readonly<Record<string, string>> = { A: 'one/two/two', E: '', U: 'äöü', N: 'Name' };

test('a variable becomes its value', () => {
  expect(textOf('a ${A} b')).toBe('a one/two/two b');
});

test.each([
  ['${E:=x}', 'x'],
  ['${E:-x}', 'x'],
  ['${X=x}', 'x'],
  ['${X:?x}', 'x'],
  ['${A:+x}', 'one/two/two'],
  ['${X:-${N}-${E:=y}}', 'Name-y'],
  ['${#A}', '11'],
  ['${#U}', '6'],
  ['${N,}', 'name'],
  ['${N,,}', 'name'],
  ['${N^^}', 'NAME'],
  ['${U^}', 'Äöü'],
  ['${A#*/}', 'two/two'],
  ['${A##*/}', 'two'],
  ['${A%/*}', 'one/two'],
  ['${A%%/*}', 'one'],
  ['${A#[a-o]n?}', '/two/two'],
  ['${A:4}', 'two/two'],
  ['${A:4:3}', 'two'],
  ['${A:-3}', 'one/two/two'],
  ['${A:x}', 'one/two/two'],
  ['${A/two/2}', 'one/2/two'],
  ['${A//two/2}', 'one/2/2'],
  ['${A//two/}', 'one//'],
  ['${A/#one/1}', '1/two/two'],
  ['${A/%two/2}', 'one/two/2'],
  ['$${A} $$ $$$$ $', '${A} $ $$ $'],
  ['$$${A}', '$one/two/two'],
  ['$A $(A) {A}', '$A $(A) {A}'],
])('%s becomes %j', (text, expected) => {
  expect(textOf(text)).toBe(expected);
});

test.each([
  ['${X-x}', 'missing closing brace'],
  ['${A', 'missing closing brace'],
  ['${A@Q}', 'missing closing brace'],
  ['${A[0]}', 'missing closing brace'],
  ['${}', 'unable to parse variable name'],
  ['${!A}', 'unable to parse variable name'],
  ['${A:=x', 'unable to parse substitution within function'],
  ['${#}', 'bad substitution'],
])('%s is refused: %s', (text, message) => {
  expect(() => textOf(text)).toThrow(new BadSubstitution(message));
});

test('a name without a value is missing, also in a default that is not needed', () => {
  expect(evaluate('${X} ${Y^^} ${X} ${A:-${Z}} ${V:=}', lookup).missing).toEqual(['X', 'Y', 'Z']);
});

test('half of a character is not known, and neither is what depends on a value that is not', () => {
  expect(evaluate('${U:1} ${A}', lookup)).toMatchObject({ text: '${U:1} one/two/two', unknown: true });
  expect(evaluate('${S:-${A}} ${A:-${S}}', lookup)).toMatchObject({ text: '${S:-${A}} one/two/two', unknown: true });
});

test('names are those of all variables, those in defaults too', () => {
  expect([...variableNames('${A} $${B} ${C:-${D}} ${#E} $F')]).toEqual(['A', 'D', 'C', 'E']);
  expect([...variableNames('${A} ${')]).toEqual([]);
});

function textOf(text: string): string {
  return evaluate(text, lookup).text;
}

function lookup(name: string) {
  return name === 'S' ? UNKNOWN : VALUES[name];
}
