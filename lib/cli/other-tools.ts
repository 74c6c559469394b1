import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Rule, RuleFinding } from '../checks/rule.js';
import { nameOf } from '../checks/rule.js';
import { FleetError } from '../finding.js';
import { groupBy } from '../group-by.js';
import type { FieldPath, ObjectModel } from '../model/cluster-model.js';
import { identityOf } from '../model/identity.js';
import { kindsIn } from '../model/crd-kinds.js';
import { pointerOf, segmentsOf } from '../model/schema.js';
import type { SchemaProblem } from '../model/schema.js';

/** What a tool says of one object of a file. */
interface Problem {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** The field, as a JSON pointer. */
  readonly pointer: string;
  readonly message: string;
}

interface Tool {
  readonly program: string;
  readonly args: readonly string[];
  readonly install: string;
  /** What it prints, as problems; throws where it could not judge. */
  readonly problems: (output: unknown) => Problem[];
}

const TOOLS: Readonly<Record<string, Tool>> = {
  kubeconform: {
    program: 'kubeconform',
    args: ['-output', 'json', '-ignore-missing-schemas', '-ignore-filename-pattern', 'flux-fleet\\.yaml$'],
    install: 'https://github.com/yannh/kubeconform#installation',
    problems: (output) => {
      const { resources = [] } = output as Kubeconform;
      return resources.flatMap(({ filename, version, kind, name, status, msg, validationErrors }) => {
        // Without a kind it was no object: the reader tells of those that matter.
        if (status === 'statusError' && kind !== '') throw couldNot('kubeconform', `${filename}: ${msg}`);
        const errors = validationErrors ?? (status === 'statusInvalid' ? [{ path: '', msg }] : []);
        return errors.map((e) => ({
          ...{ file: filename, apiVersion: version, kind, name },
          ...{ pointer: e.path, message: e.msg },
        }));
      });
    },
  },
  'flux-schema': {
    program: 'flux',
    args: ['schema', 'validate', '-o', 'json', '--skip-missing-schemas', '--skip-file', '.*'],
    install: 'https://fluxcd.io/flux/cli-plugins/flux-schema/',
    problems: (output) => {
      const results = (output as FluxSchema).report?.results ?? [];
      return results.flatMap(({ resource, source, status, reason, violations = [] }) => {
        if (status !== 'invalid' || !resource) return [];
        const text = violations.map((v) => v.message).join('; ');
        if (reason === 'schema-load-error') throw couldNot('flux schema', `${source}: ${text}`);
        const { apiVersion, kind, name = '' } = resource;
        return violations.map((v) => ({
          ...{ file: source, apiVersion, kind, name },
          ...{ pointer: v.path ?? '', message: v.message },
        }));
      });
    },
  },
};

interface Kubeconform {
  readonly resources?: readonly {
    readonly filename: string;
    readonly kind: string;
    readonly name: string;
    readonly version: string;
    readonly status: string;
    readonly msg: string;
    readonly validationErrors?: readonly { readonly path: string; readonly msg: string }[];
  }[];
}

interface FluxSchema {
  readonly report?: {
    readonly results?: readonly {
      readonly resource: { readonly apiVersion: string; readonly kind: string; readonly name?: string } | null;
      readonly source: string;
      readonly status: string;
      readonly reason?: string;
      readonly violations?: readonly { readonly path?: string; readonly message: string }[];
    }[];
  };
}

/** Names that `--with` takes. */
export const OTHER_TOOLS = Object.keys(TOOLS);

/**
 * Runs another tool on a directory, as a rule: it tells what the tool says of objects that Flux applies, except where a
 * schema of ours says the same. Words behind the tool's name are arguments for it.
 *
 * @param fileOf the absolute path of a file that an object names
 * @throws FleetError where the tool is unknown, is not installed or could not judge
 */
export function otherTool(command: string, directory: string, fileOf: (file: string) => string): Rule {
  const [name = '', ...more] = command.split(/\s+/).filter((word) => word !== '');
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name]! : undefined;
  if (!tool) {
    throw new FleetError({
      rule: 'unknown-tool',
      what: '--with names a tool that this command cannot call',
      expected: OTHER_TOOLS.join(', '),
      given: command,
    });
  }
  const problems = groupBy(run(name, tool, more, directory), keyOf);
  return {
    id: name,
    title: `What ${name} says of each object holds too.`,
    *check(cluster): Iterable<RuleFinding> {
      for (const { on, target } of cluster.objects) {
        if (on.file === undefined) continue;
        const { apiVersion, kind, name: objectName } = identityOf(on.unsubstituted ?? on.object);
        const here = problems.get(keyOf({ file: fileOf(on.file), apiVersion, kind, name: objectName })) ?? [];
        if (here.length > 0) yield* findingsOf(on, here, kindsIn(cluster, target).validate(on.object));
      }
    },
  };
}

function* findingsOf(
  on: ObjectModel,
  problems: readonly Problem[],
  told: readonly SchemaProblem[],
): Iterable<RuleFinding> {
  const ours = told.map((p) => p.pointer);
  for (const { pointer, message } of problems) {
    const field = segmentsOf(pointer, on.object);
    const text = pointerOf(field);
    // A missing or an unknown field is told by us at its own place, by others at the place around it.
    if (ours.some((p) => p === text || parentOf(p) === text)) continue;
    if (isVariable(on.unsubstituted, field)) continue;
    yield { on, field, what: `${text === '' ? nameOf(on) : `${text} of ${nameOf(on)}`}: ${message}` };
  }
}

function run(name: string, { program, args, install, problems }: Tool, more: readonly string[], at: string): Problem[] {
  const { stdout, stderr, error } = spawnSync(program, [...args, ...more, at], {
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
  });
  if (error && (error as NodeJS.ErrnoException).code === 'ENOENT') {
    throw new FleetError({
      rule: 'tool-missing',
      what: `--with ${name} needs ${program}, which is not in the PATH`,
      expected: `${program} to be installed`,
      given: 'nothing',
      fix: `see ${install}`,
    });
  }
  if (error) throw couldNot(name, error.message);
  let output: unknown;
  try {
    output = JSON.parse(stdout);
  } catch {
    throw couldNot(name, firstLine(stderr) ?? firstLine(stdout) ?? 'it printed nothing');
  }
  return problems(output).map((p) => ({ ...p, file: absolute(p.file) }));
}

function couldNot(name: string, said: string): FleetError {
  return new FleetError({
    rule: 'tool-failed',
    what: `${name} could not check the directory`,
    expected: 'its report as JSON',
    given: said,
  });
}

function firstLine(text: string): string | undefined {
  return text.split('\n').find((line) => line.trim() !== '');
}

function absolute(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

function keyOf({ file, apiVersion, kind, name }: Omit<Problem, 'pointer' | 'message'>): string {
  return [file, apiVersion, kind, name].join('\n');
}

/** The place around a field: `spec.ports` for `spec.ports[0]`. */
function parentOf(pointer: string): string {
  return pointer.replace(/(\[\d+\]|(?:^|\.)(?:[\w$-]+|"(?:[^"\\]|\\.)*"))$/, '');
}

/** Whether what stands there is a variable that Flux replaces. */
function isVariable(unsubstituted: unknown, field: FieldPath): boolean {
  const value = field.reduce<unknown>(
    (v, step) => (v as Record<string | number, unknown> | undefined)?.[step],
    unsubstituted,
  );
  return typeof value === 'string' && value.includes('${');
}
