import type * as Yaml from 'yaml';
import { lazily } from '../lazy.js';
import { keyText, numberText, stringText } from './scalar.js';

/** A document as the yaml library writes it, with our scalars. It is loaded only when something needs it. */
export function libraryText(value: unknown): string {
  return writer()(value);
}

const writer = lazily((require) => writerOf(require('yaml') as typeof Yaml));

function writerOf({ Document, Schema }: typeof Yaml): (value: unknown) => string {
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
