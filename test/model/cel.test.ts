import { expect, test } from '@jest/globals';
import { compileCel } from '../../lib/model/cel.js';

/** The value of an expression without variables, or why there is none. */
function value(expression: string): unknown {
  const program = compileCel(expression);
  if ('unsupported' in program) return program.unsupported;
  const result = program.evaluate({});
  return 'error' in result ? `error: ${result.error}` : result.value;
}

test('an expression is evaluated with what it is asked of', () => {
  const program = compileCel("self.name == 'web' && self.port > 1024");
  expect('unsupported' in program).toBe(false);
  if ('unsupported' in program) return;
  expect(
    program.evaluate({
      self: new Map<string, string | bigint>([
        ['name', 'web'],
        ['port', 8080n],
      ]),
    }),
  ).toEqual({ value: true });
  expect([...program.names]).toEqual(['self']);
});

test('an expression is compiled once', () => {
  expect(compileCel('1 + 1 == 2')).toBe(compileCel('1 + 1 == 2'));
});

test('patterns are those of Go', () => {
  expect(value("'Web'.matches('^(?i)web$')")).toBe(true);
});

test.each([
  ["isIP('10.0.0.1') && isIP('::1')", true],
  ["isIP('10.0.0.01')", false],
  ["isIP('::ffff:1.2.3.4')", false],
  ["isIP('fe80::1%eth0')", false],
  ["isCIDR('10.0.0.0/8') && isCIDR('2001:db8::/32')", true],
  ["isCIDR('10.0.0.0/33')", false],
  ["isCIDR('10.0.0.0')", false],
  ["isURL('https://example.com/a') && isURL('/a')", true],
  ["isURL('example.com')", false],
  ["isQuantity('1.5Gi') && isQuantity('500m') && isQuantity('1e3')", true],
  ["isQuantity('1,5') || isQuantity('1GB')", false],
  ["quantity('1Gi').isGreaterThan(quantity('1G'))", true],
  ["quantity('500m').isLessThan(quantity('1'))", true],
  ["quantity('1').compareTo(quantity('1000m'))", 0n],
  ["quantity('1') == quantity('1000m')", true],
  ["quantity('-1').sign()", -1n],
  ["quantity('50k').asInteger()", 50000n],
  ["quantity('50m').isInteger()", false],
  ["quantity('1500m').asApproximateFloat()", 1.5],
  ["quantity('1').add(quantity('500m')) == quantity('1500m')", true],
  ["quantity('1').sub(2).sign()", -1n],
  ["!format.dns1123Label().validate('a-b').hasValue()", true],
  ["format.dns1123Label().validate('A').hasValue()", true],
  ["format.dns1035Label().validate('1a').hasValue()", true],
  ["format.dns1123Subdomain().validate('a.b').hasValue()", false],
  ["format.labelValue().validate('-').hasValue()", true],
  ['optional.none().orValue(3) + optional.of(4).value()', 7n],
  ['[1, 2, 2].isSorted() && ![2, 1].isSorted()', true],
  ['[3, 1, 2].min() + [3, 1, 2].max()', 4n],
  ["'a/b'.split('/')[0]", 'a'],
])('%s is %s', (expression, expected) => {
  expect(value(expression)).toEqual(expected);
});

test.each([
  ["ip('10.0.0.1').family() == 4", 'the function family and ip'],
  ["cidr('10.0.0.0/8').containsIP('10.0.0.1')", 'the function cidr and containsIP'],
  ['self.?name.hasValue()', 'syntax that this library does not read'],
])('%s is for the API server alone', (expression, reason) => {
  expect(value(expression)).toBe(reason);
});

test('what has no value is an error, as on the API server', () => {
  expect(value("{'a': 1}['b'] == 1")).toMatch(/^error: /);
  expect(value("quantity('x').sign()")).toMatch(/^error: /);
  expect(value('[].min()')).toMatch(/^error: /);
});
