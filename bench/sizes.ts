/** How large the fleet is: clusters, and components and tenants on each. */
export interface BenchSize {
  readonly clusters: number;
  readonly components: number;
  readonly tenants: number;
}

/** The sizes that are measured: a first fleet, a company's, an estate. */
export const SIZES = {
  small: { clusters: 2, components: 2, tenants: 2 },
  medium: { clusters: 20, components: 10, tenants: 50 },
  large: { clusters: 100, components: 20, tenants: 200 },
} as const satisfies Record<string, BenchSize>;

export type SizeName = keyof typeof SIZES;

/** A size as arguments of a script. */
export function sizeArguments({ clusters, components, tenants }: BenchSize): string[] {
  return [clusters, components, tenants].map(String);
}

/** The size that `sizeArguments` gave. */
export function sizeFrom(args: readonly string[]): BenchSize {
  const [clusters, components, tenants] = args.map(Number);
  if (clusters === undefined || components === undefined || tenants === undefined)
    throw new Error(`clusters, components and tenants are needed, not "${args.join(' ')}"`);
  return { clusters, components, tenants };
}

/** `100 clusters × 20 components × 200 tenants`, for people. */
export function sizeText({ clusters, components, tenants }: BenchSize): string {
  return [plural(clusters, 'cluster'), plural(components, 'component'), plural(tenants, 'tenant')].join(' × ');
}

/** `1 cluster`, `2 clusters`. */
export function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
