import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { keyText, numberText, stringText } from './scalar.js';

const require = createRequire(import.meta.url);

/** A document as the yaml library writes it, with our scalars. It is loaded only when something needs it. */
export function libraryText(value: unknown): string {
  write ??= makeWriter();
  return write(value);
}

let write: ((value: unknown) => string) | undefined;

function makeWriter(): (value: unknown) => string {
  const { Document, Schema } = require('yaml') as typeof Yaml;
  // Only these tags: those of the library's schemas choose styles for one YAML version.
  const schema = new Schema({
    schema: 'failsafe',
    customTags: () => ['map', 'seq', 'null', 'bool', stringTag, numberTag],
  });
  return (value) =>
    new Document(value, null, { schema, aliasDuplicateObjects: false }).toString({ lineWidth: 0, directives: false });
}

const stringTag: Yaml.ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  identify: (value) => typeof value === 'string',
  resolve: (text) => text,
  stringify: ({ value }, place) =>
    place.implicitKey === true ? keyText(value as string) : stringText(value as string, place.indent || '  '),
};

const numberTag: Yaml.ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => typeof value === 'number' || typeof value === 'bigint',
  resolve: (text) => Number(text),
  stringify: ({ value }) => numberText(value),
};
