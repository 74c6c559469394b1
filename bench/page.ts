import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const BEGIN = '<!-- bench: written by npm run bench -->';
const END = '<!-- bench: end -->';

/**
 * Puts a report between the marks of a page.
 *
 * @throws Error where the marks are not there
 */
export function embed(page: string, report: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page has no place for a report: "${BEGIN}", and then "${END}"`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${report}\n\n${page.slice(end)}`;
}

/** Writes a report into a page, formatted as all pages are. */
export async function writePage(file: string, report: string): Promise<void> {
  const text = embed(readFileSync(file, 'utf8'), report);
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
}
