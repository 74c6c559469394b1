/** Control characters beyond ASCII, non-characters, and the line breaks of YAML 1.1 at the end of a text of several lines. */
const UNSAFE = /[\u007f-\u009f\ufffe\uffff]|(?<=\n[^]*)[\u2028\u2029]$/;

/**
 * The first character of a text that kustomize would change or refuse, whatever the notation; undefined where all of it
 * survives.
 */
export function unsafeCharacter(text: string): string | undefined {
  return UNSAFE.exec(text)?.[0];
}
