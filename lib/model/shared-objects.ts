import type { JsonObject } from '../yaml/normalize.js';
import { identityOf, kindKey, nameKey } from './identity.js';
import type { Identity } from './identity.js';
import { referencesOf } from './references.js';
import type { Reference } from './references.js';

/** What is known of an object from one cluster to the next. */
export interface ObjectFacts {
  readonly identity: Identity;
  /** `group/Kind`. */
  readonly kindKey: string;
  /** See {@link nameKey}. */
  readonly nameKey: string;
  references?: readonly Reference[];
  /** Its YAML. */
  text?: string;
  /** Under which circumstances it was judged, and nothing is wrong with it by itself. */
  fineIn?: string;
}

/**
 * Objects that several clusters have, each there once: what is found out about one of them holds for all clusters. Nobody
 * may change them.
 */
export class SharedObjects {
  /** @param isComplete whether all objects that several clusters have come to be in it, so that others need not be known */
  constructor(readonly isComplete = false) {}

  private readonly facts = new Map<JsonObject, ObjectFacts>();

  add(object: JsonObject): void {
    const identity = identityOf(object);
    this.facts.set(object, { identity, kindKey: kindKey(identity), nameKey: nameKey(identity) });
  }

  /** Undefined for an object that is not shared. */
  factsOf(object: JsonObject): ObjectFacts | undefined {
    return this.facts.get(object);
  }

  referencesOf(object: JsonObject): readonly Reference[] {
    const facts = this.facts.get(object);
    return facts ? (facts.references ??= referencesOf(object)) : referencesOf(object);
  }
}
