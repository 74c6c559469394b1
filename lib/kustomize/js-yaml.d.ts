/** What is used of js-yaml, which brings no types. */
declare module 'js-yaml' {
  export interface TypeOptions {
    readonly kind: 'scalar' | 'mapping' | 'sequence';
    readonly resolve?: (data: unknown) => boolean;
    readonly construct?: (data: string) => unknown;
  }

  export class Type {
    constructor(tag: string, options: TypeOptions);
    resolve(data: unknown): boolean;
    construct(data: string): unknown;
  }

  export interface Schema {
    extend(definition: { readonly implicit?: readonly Type[]; readonly explicit?: readonly Type[] }): Schema;
  }

  export class YAMLException extends Error {
    readonly reason: string;
    readonly mark?: { readonly line: number; readonly column: number };
  }

  export const CORE_SCHEMA: Schema;
  export const types: Readonly<Record<'int' | 'merge', Type>>;
  export function load(text: string, options?: { readonly schema?: Schema }): unknown;
}
