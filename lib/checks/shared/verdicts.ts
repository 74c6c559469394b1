import type { CelVerdict } from '../../model/cel-rules.js';
import type { ObjectModel } from '../../model/cluster-model.js';
import type { ClusterState } from '../../model/cluster-state.js';
import { kindsIn } from '../../model/crd-kinds.js';
import type { SchemaProblem } from '../../model/schema.js';

/** What the schema of its kind says of an object; of most there is none. */
export interface ObjectVerdict extends CelVerdict {
  readonly on: ObjectModel;
  /** Fields that are not what the kind takes. Where there are some, the kind's rules are not asked. */
  readonly fields: readonly SchemaProblem[];
}

/** What schemas and their rules say of the cluster's objects, of Flux's own installation too. */
export function verdictsOf(cluster: ClusterState): readonly ObjectVerdict[] {
  return cluster.once('verdicts of schemas', () => {
    const verdicts: ObjectVerdict[] = [];
    const judge = (on: ObjectModel, target: string): void => {
      const kinds = kindsIn(cluster, target);
      const fields = kinds.validate(on.object);
      const rules = fields.length > 0 ? { problems: [], skipped: [] } : kinds.rules(on.object);
      if (fields.length + rules.problems.length + rules.skipped.length > 0) verdicts.push({ on, fields, ...rules });
    };
    for (const on of systemObjects(cluster)) judge(on, '');
    for (const { on, target } of cluster.unjudged) judge(on, target);
    return verdicts;
  });
}

/** The objects that install Flux, which stand in no layer. */
function systemObjects(cluster: ClusterState): ObjectModel[] {
  const root = cluster.layers[0]!;
  const objects = Object.values(cluster.system.files).flatMap((f) => ('objects' in f ? f.objects : []));
  return objects.map((object) => ({
    object,
    construct: root.construct,
    code: root.code,
    allowed: [],
    namespace: undefined,
  }));
}
