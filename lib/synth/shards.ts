import { identityOf, isKind } from '../model/identity.js';
import type { ObjectModel } from '../model/cluster-model.js';
import { normalizeObject } from '../yaml/normalize.js';
import type { JsonObject } from '../yaml/normalize.js';
import type { Draft } from './draft.js';

/** True for the groups of what Flux's own controllers reconcile. */
export function isFluxGroup(group: string): boolean {
  return /(^|\.)toolkit\.fluxcd\.io$|^source\.extensions\.fluxcd\.io$/.test(group);
}

/**
 * Gives the HelmCharts that helm-controller makes the shard of their source: source-controller reads the source's
 * artifact from its own disk, so both must be of one shard, which need not be that of the release. Where others make
 * the source, it is taken to be of the release's shard.
 *
 * @see https://fluxcd.io/flux/installation/configuration/sharding/#assign-resources-to-shards
 */
export function shardCharts(layers: readonly Draft[], key: string): void {
  if (!layers.some((l) => l.objects.some(({ object }) => labelsOf(object)[key] !== undefined))) return;
  const sources = new Map(
    layers.flatMap((l) => l.objects.map(({ object }) => [keyOf(l.target, identityOf(object)), object] as const)),
  );
  for (const layer of layers) layer.objects = layer.objects.map((o) => withChartShard(o, layer.target, sources, key));
}

function withChartShard(
  model: ObjectModel,
  target: string,
  sources: ReadonlyMap<string, JsonObject>,
  key: string,
): ObjectModel {
  const { object } = model;
  if (!isKind(object, 'helm.toolkit.fluxcd.io', 'HelmRelease')) return model;
  const spec = object.spec as JsonObject | undefined;
  const chart = spec?.chart as { metadata?: JsonObject; spec?: { sourceRef?: Reference } } | undefined;
  const ref = chart?.spec?.sourceRef;
  if (!ref) return model;
  const source = sources.get(keyOf(target, { namespace: identityOf(object).namespace, ...ref }));
  const shard = labelsOf(source ?? object)[key];
  if (shard === undefined) return model;
  const metadata = { ...chart.metadata, labels: { [key]: shard, ...(chart.metadata?.labels as JsonObject) } };
  return { ...model, object: normalizeObject({ ...object, spec: { ...spec, chart: { ...chart, metadata } } }) };
}

interface Reference {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

function keyOf(target: string, { kind, namespace, name }: Reference): string {
  return [target, kind, namespace ?? '', name].join('\n');
}

function labelsOf(object: JsonObject): Record<string, string> {
  return ((object.metadata as JsonObject | undefined)?.labels ?? {}) as Record<string, string>;
}
