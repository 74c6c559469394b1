/** A column: its heading, and whether its cells are numbers, which stand at the right. */
export interface Column {
  readonly title: string;
  readonly number?: boolean;
}

/** A table for a terminal, in columns of equal width. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (columns[i]!.number === true ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(columns.map((c) => c.title)), line(widths.map((w) => '─'.repeat(w))), ...rows.map(line)].join('\n');
}

/** The same table in Markdown. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = columns.map((c) => (c.number === true ? '--:' : '---'));
  return [line(columns.map((c) => c.title)), line(rule), ...rows.map(line)].join('\n');
}
