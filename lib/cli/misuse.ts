import { FleetError } from '../finding.js';

/** What a command says where it is not used as it should be. */
export type Misuse = (what: string, expected: string, given: string, fix?: string) => FleetError;

/** The errors of a command, told under a rule. */
export function misuseOf(rule: string): Misuse {
  return (what, expected, given, fix) =>
    new FleetError({ rule, what, expected, given, ...(fix !== undefined && { fix }) });
}
