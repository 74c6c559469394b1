import type { IAlertSpec } from '@kubernetes-models/flux-cd/notification.toolkit.fluxcd.io/v1beta3';
import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { compact } from '../compact.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import { defaultNamespace } from '../scope.js';
import { SpecObject } from '../spec-object.js';
import { fluxObjectEntry } from './flux-object.js';
import type { FluxObjectRef } from './flux-object.js';
import type { ProviderRef } from './provider.js';

/** Props of {@link Alert}. */
export interface AlertProps extends NamespacedObjectMeta {
  /** Where the events are sent: a Provider of the same namespace. */
  readonly provider: ProviderRef;
  /**
   * The objects whose events are sent; a layer means its Kustomization in flux-system. Under lockdown all are of the
   * alert's own namespace.
   *
   * @see https://fluxcd.io/flux/components/notification/alerts/#event-sources
   */
  readonly eventSources: readonly FluxObjectRef[];
  /**
   * Whether only errors are sent, or everything.
   *
   * @default - Flux's, info: everything
   */
  readonly eventSeverity?: NonNullable<IAlertSpec['eventSeverity']>;
  /** Further fields of each event, such as the cluster's name. */
  readonly eventMetadata?: Readonly<Record<string, string>>;
  /** Regular expressions of Go; only messages that match one are sent. */
  readonly inclusionList?: readonly string[];
  /** Regular expressions of Go; messages that match one are not sent. */
  readonly exclusionList?: readonly string[];
  /** A sentence that is sent along; deprecated by Flux, which wants `eventMetadata.summary`. */
  readonly summary?: string;
  /**
   * Stops sending; written only when true, so that a `flux suspend` on the cluster is not undone.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/**
 * An `Alert` of notification.toolkit.fluxcd.io/v1beta3: events of which objects are sent to which provider.
 *
 * @see https://fluxcd.io/flux/components/notification/alerts/
 */
export class Alert extends SpecObject<Record<string, unknown>> {
  declare readonly kind: 'Alert';

  /** @throws FleetError without event sources, and for a provider of another namespace */
  constructor(scope: Construct, id: string, props: AlertProps) {
    const args = new Args(scope, id);
    const namespace = props.namespace ?? defaultNamespace(scope);
    checkProvider(args, props.provider, namespace);
    checkSources(args, props.eventSources);
    args.oneOf('eventSeverity', props.eventSeverity, ['info', 'error']);
    const { provider, eventSources, ...fields } = props;
    const sources = eventSources.map((on) => fluxObjectEntry(args, on, namespace));
    super(
      scope,
      id,
      'notification.toolkit.fluxcd.io/v1beta3',
      'Alert',
      compact({ ...fields, providerRef: { name: provider.name }, eventSources: sources.map((s) => s.entry) }),
      { refs: [provider, ...sources.flatMap((s) => s.refs)] },
    );
  }
}

function checkSources(args: Args, sources: readonly FluxObjectRef[]): void {
  if (sources.length > 0) return;
  args.fail({
    rule: 'alert-event-sources',
    what: 'this Alert has no event sources, so it would send nothing',
    expected: 'at least one object, or all of a kind',
    given: '[]',
    fix: "say such as { kind: 'Kustomization', name: '*' }",
  });
}

function checkProvider(args: Args, provider: ProviderRef, namespace: string | undefined): void {
  if (provider.namespace === undefined || provider.namespace === namespace) return;
  args.fail({
    rule: 'alert-provider',
    what: `the provider "${provider.name}" of this Alert stands in another namespace`,
    expected: `a Provider in ${namespace ?? 'the namespace of the Alert'}: Flux looks in no other`,
    given: show(provider.namespace),
    fix: 'put both into one namespace',
  });
}
