/**
 * Whether a text is a regular expression as Go reads it, as far as that can be told here: Go has flags such as (?i), and
 * groups such as (?P<name>…); it has no lookahead and no lookbehind.
 */
export function isGoPattern(text: unknown): boolean {
  if (typeof text !== 'string' || /\(\?<?[=!]/.test(text)) return false;
  try {
    return Boolean(new RegExp(text.replaceAll('(?P<', '(?<').replaceAll(/\(\?[imsU-]+:?/g, '(?:')));
  } catch {
    return false;
  }
}
