import fc from 'fast-check';
import { normalizeObject } from '../../lib/yaml/normalize.js';

const words = ['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null', '~', '=', '<<', '.inf', '-.inf', '.nan'];
const numberLike = (
  '0 -0 +1 08 010 0644 -0644 0888 0o14 -0o7 0O14 0x1F 0X1F 0b11 0B1 1e3 1E3 1e+3 1.5 .5 5. 1. -.5 +.5 1.14.4 1_000 _1 0_1 ' +
  '1.0e+21 1e999 12:30 12:30:00 190:20:30.15 1:1.5 2001-01-01 2001-1-1 2001-12-14t21:59:43.10-05:00 2001-12-14 21:59:43 ' +
  '+ - . .. ... ._ -_ .e1 e1 0e 0x 0b 1,000 1Gi 100m 5m 10m0s 1h30m 500ms 1d 5m0 123456789012345678901234567890 ' +
  'infinity nan inf 0.1.2 v1.2.3 sha256:0123 1s1s e+1 e-1 E+10'
).split(' ');
const indicators = [...'-?:,[]{}#&*!|>\'"%@`=~<+./\\$^()_;'];
const blanks = [' ', '  ', '\t', '\n', '\n\n', '\r', '\r\n', '\u0085', '\u00a0', '\u2028', '\u2029', '\ufeff'];
const odd = [
  '\0',
  '\u0001',
  '\u0007',
  '\b',
  '\v',
  '\f',
  '\u001b',
  '\u007f',
  '\u0080',
  '\u009f',
  '\u00ad',
  '\u200b',
].concat(
  [
    '\u200d',
    '\u202e',
    '\ud7ff',
    '\ue000',
    '\ufdd0',
    '\ufffd',
    '\ufffe',
    '\uffff',
    '\u{1f600}',
    '\u{1fffe}',
    '\u{10ffff}',
  ],
  ['é', 'ß', 'ﬀ', '日本', '👩‍👩‍👧', 'ﷺ'],
);
const phrases = [
  'a',
  'b c',
  'key: value',
  '- item',
  '# comment',
  'a #b',
  'a# b',
  'a:',
  ': a',
  '---',
  '--- a',
  '...',
  '%YAML 1.1',
].concat(
  [
    '? a',
    '!!str',
    '!a',
    '&a',
    '*a',
    '|',
    '|-',
    '>+2',
    '@a',
    '`a`',
    "it's",
    '"a"',
    '\\n',
    '\\',
    "''",
    '""',
    '{a: b}',
    '[a, b]',
  ],
  [
    '${VAR}',
    '$(VAR)',
    '{{ .Values.a }}',
    '/path',
    './a',
    '../b',
    'http://a.b:80/c?d=e&f#g',
    'a,b',
    'a, b',
    '__proto__',
    'toJSON',
  ],
);

const cased = fc.tuple(fc.constantFrom(...words), fc.constantFrom('lower', 'Title', 'UPPER')).map(([word, style]) => {
  if (style === 'lower') return word;
  return style === 'UPPER' ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1);
});
const numberText = fc.oneof(
  fc.constantFrom(...numberLike),
  fc.stringMatching(/^[-+]?[0-9a-fox_.:]{1,8}(?:[eE][-+]?\d+)?$/),
);
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...phrases) },
  { weight: 2, arbitrary: fc.constantFrom(...indicators) },
  { weight: 3, arbitrary: fc.constantFrom(...blanks) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
  { weight: 1, arbitrary: cased },
  { weight: 1, arbitrary: numberText },
);
const mixture = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
const tame = fc.stringMatching(/^[a-zA-Z_./0-9][\w ./:@%+=,~()&;?!$*#-]{0,20}$/);
const line = fc.oneof(
  mixture.map((text) => text.replaceAll(/[\r\n]/g, '')),
  fc
    .tuple(fc.constantFrom('', ' ', '  ', '    ', '\t', ' \t', '\t '), tame, fc.constantFrom('', ' ', '\t'))
    .map((t) => t.join('')),
  fc.constantFrom('', '', ' ', '  ', '   ', '\t', '{', '}', '"a": [1, 2],', '#!/bin/sh', 'all: a'),
);
const text = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 6 }), fc.constantFrom('\n', '\n', '\n', '\r\n'), fc.nat(3))
  .map(([lines, newline, last]) => lines.join(newline) + newline.repeat(last));
/** Around 1024 characters, where keys can no longer stand before a plain `:`. */
const long = fc.tuple(fc.integer({ min: 1000, max: 1040 }), mixture).map(([n, end]) => 'k'.repeat(n) + end);

const string = fc.oneof(
  { weight: 2, arbitrary: cased },
  { weight: 2, arbitrary: numberText },
  { weight: 6, arbitrary: mixture },
  { weight: 3, arbitrary: tame },
  { weight: 6, arbitrary: text },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: long },
);
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0,
    -0,
    1e21,
    -1e21,
    1e-7,
    5e-324,
    1.5e300,
    2 ** 53,
    -(2 ** 53),
    2 ** 53 + 2,
    2 ** 63,
    2 ** 64,
    1e20,
    0.1,
    100,
  ),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: string },
    { weight: 1, arbitrary: number },
    { weight: 1, arbitrary: fc.constantFrom(null, true, false, [], {}) },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    { weight: 3, arbitrary: tie('map') },
  ),
  map: fc.array(fc.tuple(string, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
}));

const configMap = fc.array(fc.tuple(string, string), { maxLength: 5 }).map((entries) =>
  normalizeObject({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'b' },
    data: Object.fromEntries(entries),
  }),
);
const customResource = value.map((spec) =>
  normalizeObject({ apiVersion: 'example.com/v1', kind: 'Foo', metadata: { name: 'a', namespace: 'b' }, spec }),
);
/** Objects with whatever text, numbers and nesting may stand in them. */
export const object = fc.oneof(customResource, customResource, configMap);
