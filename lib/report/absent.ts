/** So many sources that are not here are told by name; the rest is a number. */
const TOLD = 3;

/** A note for each source of which the content is not here. */
export function notesOfAbsent(absent: readonly string[]): string[] {
  return absent.map((source) => `the content of ${source} is not here, so what it brings is not judged`);
}

/** One note for all of them, for people. */
export function noteOfAbsent(absent: readonly string[]): string[] {
  if (absent.length < 2) return notesOfAbsent(absent);
  const told = absent.slice(0, TOLD).join(', ');
  const more = absent.length > TOLD ? ` and ${absent.length - TOLD} more` : '';
  return [
    `the content of ${absent.length} sources is not here, so what they bring is not judged: ${told}${more}; --source says where it lies`,
  ];
}
