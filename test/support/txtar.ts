/** A file of a txtar archive. */
export interface TxtarFile {
  readonly name: string;
  readonly text: string;
}

/** Go's form of small trees as one text: a comment, then `-- path --` before each file. */
export interface Txtar {
  readonly comment: string;
  readonly files: readonly TxtarFile[];
}

const MARKER = /^-- (.+) --$/;

/** Reads an archive. */
export function parseTxtar(text: string): Txtar {
  const files: { name: string; lines: string[] }[] = [];
  const comment: string[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const name = MARKER.exec(line)?.[1]?.trim();
    if (name !== undefined) files.push({ name, lines: [] });
    else (files.at(-1)?.lines ?? comment).push(line);
  }
  return {
    comment: textOf(comment),
    files: files.map(({ name, lines }) => ({ name, text: textOf(lines) })),
  };
}

/** Writes an archive. */
export function formatTxtar({ comment, files }: Txtar): string {
  return comment + files.map(({ name, text }) => `-- ${name} --\n${text}`).join('');
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
