import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { figures } from './scale/figures.js';
import { withTables } from './scale/page.js';
import { tables } from './scale/tables.js';

// The figures of docs/scale.md, from what the library writes. They depend on nothing else, least of all on time.
const HELP = `npm run bench:scale [-- --json | --write]

  --json   the figures for machines
  --write  puts the tables into docs/scale.md`;

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, write: { type: 'boolean' }, help: { type: 'boolean' } },
});

if (values.help) {
  console.log(HELP);
} else {
  const all = figures((what) => console.error(`measuring ${what}`));
  const shown = tables(all);
  if (values.json) console.log(JSON.stringify(all, undefined, 2));
  else if (values.write) await writePage(shown);
  else console.log(Object.values(shown).join('\n\n'));
}

async function writePage(shown: Readonly<Record<string, string>>): Promise<void> {
  const path = join(import.meta.dirname, '../docs/scale.md');
  const text = withTables(readFileSync(path, 'utf8'), shown);
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
  console.error(`wrote ${path}`);
}
