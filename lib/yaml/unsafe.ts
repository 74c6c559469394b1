/** Control characters beyond ASCII, the line breaks of YAML 1.1, and non-characters. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\ufffe\uffff]/;

/**
 * The first character of a text that kustomize would change or refuse, whatever the notation; undefined where all of it
 * survives.
 */
export function unsafeCharacter(text: string): string | undefined {
  return UNSAFE.exec(text)?.[0];
}
