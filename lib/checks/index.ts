import type { Finding } from '../finding.js';
import { whereIs } from '../model/cluster-model.js';
import type { Allowance, ClusterModel, FieldPath, LayerModel, ObjectModel } from '../model/cluster-model.js';
import { ClusterState } from '../model/cluster-state.js';
import { objectKey } from '../model/identity.js';
import type { SharedObjects } from '../model/shared-objects.js';
import { ACCIDENT } from './accident/index.js';
import { allowedRules } from './allowed-rules.js';
import { APPLY } from './apply/index.js';
import type { Judged } from './judged.js';
import type { Texts } from '../yaml/write.js';
import { uncheckedIn } from './shared/unchecked.js';
import type { Unchecked } from './shared/unchecked.js';
import { verdictsOf } from './shared/verdicts.js';
import { REACH } from './reach/index.js';
import { READY } from './ready/index.js';
import type { Rule, RuleFinding } from './rule.js';

/** The rules by what they prove, in the order in which their findings are told. */
export const RULE_GROUPS: Readonly<Record<string, readonly Rule[]>> = {
  'It will apply': APPLY,
  'It will become ready': READY,
  'Nobody reaches further than they may': REACH,
  'Nothing dies by accident': ACCIDENT,
};

/** Rules that are kept elsewhere and may be allowed: by the synth while it makes the model, and by other tools. */
const KEPT_ELSEWHERE = ['scope-unknown', 'kubeconform', 'flux-schema'];

const JUDGES = Object.values(RULE_GROUPS).flat();

/** The rules, in the order in which their findings are told. */
export const RULES: readonly Rule[] = rulesWith([]);

/** The rules, and those of a user behind them. */
export function rulesWith(own: readonly Rule[]): Rule[] {
  const all = [...JUDGES, ...own];
  return [...all, allowedRules([...all.map((r) => r.id), ...KEPT_ELSEWHERE])];
}

/** What is wrong with a cluster, and what would be if it were not allowed. */
export interface Verdict {
  readonly findings: readonly Finding[];
  readonly allowed: readonly AllowedFinding[];
  /** What nothing could check; worked out when it is asked for. */
  unchecked(): Unchecked;
}

/** A finding that is not told, because somebody gave a reason. */
export interface AllowedFinding extends Allowance {
  readonly on: ObjectModel | LayerModel;
  readonly what: string;
  readonly field?: FieldPath;
}

/** How a cluster is judged. */
export interface Judging {
  /** The day by which allowances count, `YYYY-MM-DD`: one that ended before it allows nothing. Default: today. */
  readonly today?: string;
  /** What is known from other clusters that were judged by the same rules, and the texts of this one's objects. */
  readonly known?: { readonly judged: Judged; readonly texts: Texts; readonly shared?: SharedObjects | undefined };
}

/** Judges a cluster by all rules. */
export function checkCluster(
  model: ClusterModel,
  rules: readonly Rule[] = RULES,
  { today = utcDay(), known }: Judging = {},
): Verdict {
  const cluster = new ClusterState(model, known?.shared);
  known?.judged.spare(cluster, known.texts);
  const findings: Finding[] = [];
  const allowed: AllowedFinding[] = [];
  const told = new Set<ObjectModel | LayerModel>();
  for (const rule of rules) {
    for (const found of rule.check(cluster)) {
      told.add(found.on);
      const allowances = allowancesFor(rule, found.on);
      const valid = allowances.find((a) => a.until === undefined || a.until >= today);
      if (valid) allowed.push({ ...valid, on: found.on, what: found.what, field: found.field });
      else findings.push(findingOf(rule, found, allowances[0], cluster));
    }
  }
  if (known) {
    for (const { on } of verdictsOf(cluster)) told.add(on);
    known.judged.remember(cluster, known.texts, told);
  }
  return { findings, allowed, unchecked: () => uncheckedIn(cluster) };
}

function allowancesFor({ id }: Rule, on: ObjectModel | LayerModel): Allowance[] {
  const all = on.allowed.filter((a) => a.rule === id);
  if (all.every((a) => a.object === undefined)) return all;
  // Of a layer its Kustomization is the object.
  const { object } = 'objects' in on ? (on.kustomization ?? {}) : on;
  const key = object && objectKey(object);
  return all.filter((a) => a.object === undefined || a.object === key);
}

function findingOf(
  { id, severity }: Rule,
  { on, field, ...said }: RuleFinding,
  ended: Allowance | undefined,
  { name, partial }: ClusterState,
): Finding {
  const given = ended && [said.given, `allowed until ${ended.until}: ${ended.reason}`].filter((g) => g !== undefined);
  return {
    rule: id,
    ...(severity !== undefined && severity !== 'error' && { severity }),
    ...said,
    ...(given && { given: given.join('\n') }),
    ...(!partial && { cluster: name }),
    where: whereIs(on, field),
  };
}

function utcDay(): string {
  return new Date().toISOString().slice(0, 10);
}
