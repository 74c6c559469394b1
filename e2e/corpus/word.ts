import type { Repository } from './repositories.js';

/** What Flux or the API server says of what a rule has found. */
export type Word = Condition | Content | Review | Log | Unheard;

/** A condition of an object on the cluster. */
export interface Condition {
  /** The object of which it is said: `Kind namespace/name`. */
  readonly of: string;
  /**
   * What must be in it: the name of the very thing, so that another failure cannot pass for it. A group `said` is all that the
   * page shows of it.
   */
  readonly says: RegExp;
  /** The object, `Kind/name`, without which the case is brought, because Flux stops at any that is refused. */
  readonly without?: string;
  /** Whether Flux says it only until what is missing has come. */
  readonly once?: true;
}

/**
 * What is in an object when all is ready, where nobody says anything: the value of a field as JSON, `nothing` where there is
 * none, or no such object.
 */
export interface Content {
  /** The object: `Kind namespace/name`, or `Kind name`. */
  readonly object: string;
  readonly field: readonly string[];
  readonly says: RegExp;
}

/** What the API server answers when it is asked what an account may do. */
export interface Review {
  /** The account: `namespace/name`. */
  readonly account: string;
  /** What it would do: a verb and a resource with its group, such as `delete deployments.apps`. */
  readonly does: string;
  /** Undefined for all namespaces. */
  readonly in?: string;
  readonly may: boolean;
  readonly says: RegExp;
}

/** What a controller logs, where no object says it. */
export interface Log {
  readonly log: 'notification-controller';
  readonly says: RegExp;
}

/** Nothing is said here of this one. */
export interface Unheard {
  readonly unheard: string;
}

/** What is said of a case, and what it takes to bring it on a cluster. */
export interface Said {
  /** A word for each line of what is found in the case. */
  readonly words: readonly Word[];
  /** What is not ready beside that, `Kind namespace/name`, and why it cannot be on this cluster. */
  readonly besides?: Readonly<Record<string, string>>;
  /** The files as they were before the commit that made the mistake. */
  readonly before?: (files: Readonly<Record<string, string>>) => Record<string, string>;
  /** The files as they are after the commit that brings it to light. */
  readonly after?: (files: Readonly<Record<string, string>>) => Record<string, string>;
  /** What somebody has made by hand, as the case tells: YAML. */
  readonly byHand?: string;
  /** CRDs that somebody has installed by hand, as the case tells, by name. */
  readonly provides?: readonly string[];
  /** Files of sources that the case leaves to others, `https://github.com/acme/<name>`, by name. */
  readonly sources?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Repositories of GitHub that kustomize fetches from, `owner/name`. */
  readonly repositories?: Readonly<Record<string, Repository>>;
  /** CRDs that charts of the case bring, by chart. */
  readonly charts?: Readonly<Record<string, readonly string[]>>;
}

/** What is said of cases, by name. */
export type SaidOf = Readonly<Record<string, Said>>;

/** A Kustomization in flux-system. */
export function layer(name: string): string {
  return `Kustomization flux-system/${name}`;
}

export const ROOT = layer('flux-system');
