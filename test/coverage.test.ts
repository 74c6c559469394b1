import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');

/** A row of the tables: a feature, what gives it, and what shows that. */
interface Row {
  readonly number: number;
  readonly level: string;
  readonly api: string;
  readonly shownBy: string;
}

const ROWS: readonly Row[] = read('docs/coverage.md')
  .split('\n')
  .filter((line) => /^\| *\d+ *\|/.test(line))
  .map((line) => line.slice(1, -1).split('|'))
  .map((cells) => cells.map((cell) => cell.trim()))
  .map(([number, , level, api, shownBy, ...more]) => {
    if (shownBy === undefined || more.length > 0) throw new Error(`row ${number} does not have five cells`);
    return { number: Number(number), level: level!, api: api!, shownBy };
  });

const WITHOUT_API = /^(decided against|not yet|open): \S/;

test('each feature has one row', () => {
  expect(ROWS.map((row) => row.number)).toEqual(Array.from({ length: 194 }, (_, i) => i + 1));
});

test('each feature has a level', () => {
  expect(ROWS.filter((row) => !/^[MDXAN]$/.test(row.level))).toEqual([]);
});

test('what is there in one of the systems has an API that something shows, or says why not', () => {
  const bare = ROWS.filter((row) => !WITHOUT_API.test(row.api) && (row.api === '' || evidenceOf(row).length === 0));
  expect(bare).toEqual([]);
  expect(ROWS.filter((row) => 'MDX'.includes(row.level) && row.api.startsWith('open:'))).toEqual([]);
});

test('what a row is shown by can be read', () => {
  const format = /^`[^`]+`(: ".+?")?(; `[^`]+`(: ".+?")?)*$/;
  expect(ROWS.filter((row) => row.shownBy !== '–' && !format.test(row.shownBy))).toEqual([]);
});

test('each test that is named is there, under that very name', () => {
  const named = ROWS.flatMap(evidenceOf).filter(({ path }) => path.endsWith('.test.ts'));
  expect(named.length).toBeGreaterThan(150);
  expect(named.filter(({ path, name }) => name === undefined || !testsOf(path).has(name))).toEqual([]);
});

test('each example that is named is there', () => {
  const named = ROWS.flatMap(evidenceOf).filter(({ name }) => name === undefined);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ path }) => !/^(examples|apps)\//.test(path) || !existsSync(join(ROOT, path)))).toEqual([]);
});

test('each rule that is named has a page', () => {
  const rules = ROWS.flatMap(({ api }) => [...api.matchAll(/\]\(rules\/([^)]*)\)/g)].map((m) => m[1]!));
  expect(rules.length).toBeGreaterThan(10);
  expect(rules.filter((page) => !existsSync(join(ROOT, 'docs/rules', page)))).toEqual([]);
});

test('each command that is named is one', () => {
  const commands = ROWS.flatMap(({ api }) => [...api.matchAll(/`flux-fleet (\w+)/g)].map((m) => m[1]!));
  const known = [...read('lib/cli/main.ts').matchAll(/\.command\('(\w+)'\)/g)].map((m) => m[1]!);
  expect(commands.length).toBeGreaterThan(0);
  expect(commands.filter((command) => !known.includes(command))).toEqual([]);
});

test('each export that is named is one, with the props and functions that are named', () => {
  const named = ROWS.flatMap(({ number, api }) =>
    [...api.matchAll(/`([A-Z]\w*(?:\.\w+)*|[a-z]\w*\(\))[^`]*`/g)].map((m) => ({ number, name: m[1]! })),
  );
  expect(named.length).toBeGreaterThan(150);
  const api = apiOf('lib/index.ts');
  expect(named.filter(({ name }) => !api.has(name))).toEqual([]);
  expect(['Tenant.rol', 'Tenent', 'GitRef.brunch', 'variables()'].filter((name) => api.has(name))).toEqual([]);
}, 60_000);

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The tests and examples that show a row. */
function evidenceOf({ shownBy }: Row): { path: string; name: string | undefined }[] {
  const each = [...shownBy.matchAll(/`([^`]+)`(?:: "(.+?)"(?=; `|$))?/g)];
  return each.map(([, path, name]) => ({ path: path!, name }));
}

const tests = new Map<string, Set<string>>();

/** The names of the tests of a file, as the source has them: those of tables with `%s` and the like. */
function testsOf(path: string): Set<string> {
  let names = tests.get(path);
  if (!names) {
    const text = existsSync(join(ROOT, path)) ? read(path) : '';
    const calls = text.matchAll(/\(\s*(?:'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"),\s*(?:async )?\(/g);
    names = new Set([...calls].map(([, single, double]) => (single ?? double!).replace(/\\(.)/g, '$1')));
    tests.set(path, names);
  }
  return names;
}

/** What a module exports: `Name`, `name()`, and `Name.member` for members of Name itself and of its props. */
function apiOf(path: string): { has(name: string): boolean } {
  const file = join(ROOT, path);
  const options = { skipLibCheck: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, strict: true };
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  const exported = new Map(checker.getExportsOfModule(module).map((s) => [s.name, s]));

  const typesOf = (name: string): ts.Type[] => {
    const alias = exported.get(name);
    if (!alias) return [];
    const symbol = alias.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(alias) : alias;
    const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0;
    return [checker.getDeclaredTypeOfSymbol(symbol), ...(isValue ? [checker.getTypeOfSymbol(symbol)] : [])];
  };
  const membersOf = (type: ts.Type): string[] =>
    type.isUnion() ? type.types.flatMap(membersOf) : checker.getPropertiesOfType(type).map((p) => p.name);

  return {
    has(name) {
      if (name.endsWith('()')) {
        return typesOf(name.slice(0, -2)).some((type) => type.getCallSignatures().length > 0);
      }
      const [owner, member, ...deeper] = name.split('.');
      if (!exported.has(owner!) || deeper.length > 0) return false;
      const types = [...typesOf(owner!), ...typesOf(`${owner}Props`)];
      return member === undefined || types.flatMap(membersOf).includes(member);
    },
  };
}
