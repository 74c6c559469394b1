import { bootstrapInstallation } from './bootstrap.js';
import type { FluxSettings } from './controllers.js';
import type { FluxInstallation } from './installation.js';
import { operatorInstallation } from './operator.js';
import type { OperatorSettings } from './operator.js';

/** How Flux gets onto a cluster. */
export const Flux = {
  /**
   * By `flux bootstrap`, from a Git repository. The two files that it commits stay its own; lockdown, flags and what the
   * fleet's source says beyond bootstrap's flags are patches beside them.
   *
   * @see https://fluxcd.io/flux/installation/bootstrap/
   */
  bootstrap: (settings: FluxSettings = {}): FluxInstallation => bootstrapInstallation(settings),

  /**
   * By the Flux Operator, from Git, OCI or a bucket: a FluxInstance, and a ResourceSet that upgrades the operator.
   *
   * @see https://fluxoperator.dev/docs/
   */
  operator: (settings: OperatorSettings = {}): FluxInstallation => operatorInstallation(settings),
} as const;
