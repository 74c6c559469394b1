import type * as Yaml from 'yaml';
import { lazily } from '../lazy.js';

/** What is used of the yaml library to read, under the same names. */
const yaml = lazily((require) => require('yaml') as typeof Yaml);

export const parseAllDocuments = ((text, options) =>
  yaml().parseAllDocuments(text, options)) as typeof Yaml.parseAllDocuments;
export const parseDocument = ((text, options) => yaml().parseDocument(text, options)) as typeof Yaml.parseDocument;
export const visit = ((node, visitor) => yaml().visit(node, visitor)) as typeof Yaml.visit;

export const isAlias: typeof Yaml.isAlias = (node) => yaml().isAlias(node);
export const isMap = ((node) => yaml().isMap(node)) as typeof Yaml.isMap;
export const isPair = ((node) => yaml().isPair(node)) as typeof Yaml.isPair;
export const isScalar = ((node) => yaml().isScalar(node)) as typeof Yaml.isScalar;
export const isSeq = ((node) => yaml().isSeq(node)) as typeof Yaml.isSeq;

/** Where the lines of a text begin, which parsing finds out. */
export function lineCounter(): Yaml.LineCounter {
  return new (yaml().LineCounter)();
}

export function lexer(): Yaml.Lexer {
  return new (yaml().Lexer)();
}
