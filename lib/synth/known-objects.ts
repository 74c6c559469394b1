import type { IConstruct } from 'constructs';
import { Known, onceEach } from '../yaml/known.js';
import type { Resolve } from '../yaml/known.js';
import { normalizeObject } from '../yaml/normalize.js';
import type { JsonObject } from '../yaml/normalize.js';

/** So many different objects of a place are kept: clusters of some regions or environments differ from each other. */
const MOST_OF_A_PLACE = 4;
/** As many places as a few large clusters have. What nobody asks for while so many are asked for is forgotten. */
const MOST_PLACES = 20_000;

/**
 * The objects of the units that a run builds, each there once: most objects of a fleet are the same on many clusters, and
 * stand in the same place. Who knows an object need not look into it again. Nobody may change them.
 */
export class KnownObjects {
  private recent = new Map<string, KnownPlace>();
  private older: ReadonlyMap<string, KnownPlace> = new Map();

  /** A place of a unit: the path of a construct below it. */
  at(path: string): KnownPlace {
    let place = this.recent.get(path);
    if (place) return place;
    place = this.older.get(path) ?? new KnownPlace();
    if (this.recent.size === MOST_PLACES) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(path, place);
    return place;
  }
}

/** A place whose objects differ so often, one after the other, is one of those where they always do. */
const MOST_MISSES = 8;

/** What stood in a place of the units before, and may stand there again. */
export class KnownPlace {
  private objects: Known[] = [];
  private misses = 0;

  /** As `normalizeObject`, but an object that is equal to one from before is that very one. */
  normalize(value: object, resolve?: Resolve): JsonObject {
    if (this.misses === MOST_MISSES) return normalizeObject(value, resolve);
    const resolveOnce = resolve && onceEach(resolve);
    const before = this.find(value, resolveOnce);
    if (before) return before;
    const object = normalizeObject(value, resolveOnce);
    return this.find(object) ?? this.add(object);
  }

  private find(value: object, resolve?: Resolve): JsonObject | undefined {
    for (let i = 0; i < this.objects.length; i++) {
      const known = this.objects[i]!;
      if (!known.isOf(value, resolve)) continue;
      this.misses = 0;
      return known.object;
    }
    return undefined;
  }

  private add(object: JsonObject): JsonObject {
    this.misses++;
    if (this.objects.length === MOST_OF_A_PLACE) this.objects.shift();
    this.objects.push(new Known(object));
    if (this.misses === MOST_MISSES) this.objects = [];
    return object;
  }
}

/** The known objects of one unit, by the paths of constructs in the whole tree. */
export class UnitObjects {
  private readonly prefix: number;

  constructor(
    private readonly objects: KnownObjects,
    { node }: IConstruct,
  ) {
    this.prefix = node.path.length;
  }

  at(path: string): KnownPlace {
    return this.objects.at(path.slice(this.prefix));
  }
}
