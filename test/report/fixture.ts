import type { Finding } from 'cdk8s-flux-fleet';
import { reportOf } from '../../lib/report/report.js';
import type { JudgedCluster, Report } from '../../lib/report/report.js';

/** A cluster without findings. */
export function cluster(name: string, findings: readonly Finding[] = []): JudgedCluster {
  return { name, path: `./clusters/${name}`, objects: 10, findings, allowed: [] };
}

/** A finding of a cluster in a file of its own. */
export function finding(rule: string, more: Partial<Finding> = {}): Finding {
  return { rule, what: `something of ${rule} is wrong`, expected: 'right', given: 'wrong', fix: 'mend it', ...more };
}

/** A report of clusters alone. */
export function report(...clusters: JudgedCluster[]): Report {
  return reportOf({ clusters, read: [], unchecked: {}, notes: [] });
}
