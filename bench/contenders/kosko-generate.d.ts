/** What is used of @kosko/generate, whose types TypeScript does not find. */
declare module '@kosko/generate' {
  export interface Manifest {
    readonly path: string;
    readonly index: readonly number[];
    readonly data: unknown;
  }
  export interface Result {
    readonly manifests: readonly Manifest[];
  }
  export enum PrintFormat {
    YAML = 'yaml',
    JSON = 'json',
  }
  export function generate(options: {
    readonly path: string;
    readonly components: readonly string[];
    readonly extensions?: readonly string[];
    readonly validate?: boolean;
  }): Promise<Result>;
  export function print(
    result: Result,
    options: { readonly format: PrintFormat; readonly writer: { write(data: string): void } },
  ): void;
}
