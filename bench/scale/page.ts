/** The tables of a page by name: each stands between `<!-- figures: NAME -->` and `<!-- end -->`. */
export function tablesOf(page: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...page.matchAll(PLACE)].map(([, name, text]) => [name!, text!.trim()]));
}

/** The page with other tables; a name without a place on the page, or a place without a table, is an error. */
export function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  const places = Object.keys(tablesOf(page)).sort().join();
  const names = Object.keys(tables).sort().join();
  if (places !== names) throw new Error(`the page has places for the tables ${places}, and there are ${names}`);
  return page.replace(PLACE, (_, name: string) => `<!-- figures: ${name} -->\n\n${tables[name]!}\n\n<!-- end -->`);
}

const PLACE = /<!-- figures: (\w+) -->\n([^]*?)<!-- end -->/g;
