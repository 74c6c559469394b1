import { Args, show } from './argument.js';
import { checkVariableName } from './flux/kustomization-options.js';
import { didYouMean } from './model/did-you-mean.js';

/** Facts of a cluster, by name: text, because Flux substitutes text. */
export type Variables = Readonly<Record<string, string>>;

/**
 * A variable that Flux substitutes on the cluster: `${NAME}`. The Kustomization that applies it needs `postBuild` or
 * `runtimeInfo`. A variable that is known at synth is `cluster.variables.NAME`.
 *
 * @param fallback value where the variable is not defined
 * @throws FleetError for a name that Flux cannot substitute
 */
export function variable(name: string, fallback?: string): string {
  checkVariableName(new Args(undefined), name);
  if (fallback?.includes('}') === true) {
    new Args(undefined).fail({
      rule: 'variable-fallback',
      what: `the fallback of the variable ${name} would end the expression early`,
      expected: 'text without "}"',
      given: show(fallback),
      fix: 'define the variable in postBuild.substitute instead',
    });
  }
  return fallback === undefined ? `\${${name}}` : `\${${name}:=${fallback}}`;
}

/** What the language, cdk8s and test runners ask every object for; no variables. */
const PROTOCOL = new Set(['toJSON', 'then', 'resolve', 'inspect', 'asymmetricMatch', 'nodeType', 'tagName', 'length']);

/**
 * The variables, where one that is not there is an error and not `undefined`, which would vanish from the YAML.
 */
export function strictVariables<V extends Variables>(args: Args, variables: V): V {
  for (const [name, value] of Object.entries(variables)) {
    checkVariableName(args, name);
    if (typeof value !== 'string') {
      args.fail({
        rule: 'variable-value',
        what: `the variable ${name} is no text`,
        expected: 'a string',
        given: show(value),
        fix: typeof value === 'object' ? undefined : `write "${String(value)}"`,
      });
    }
  }
  return new Proxy(
    { ...variables },
    {
      get(target, name) {
        if (typeof name === 'string' && !(name in target) && !PROTOCOL.has(name) && !/^[@$]/.test(name)) {
          const meant = didYouMean(name, Object.keys(target));
          args.fail({
            rule: 'unknown-variable',
            what: `the cluster has no variable ${name}`,
            expected: Object.keys(target).sort().join(', ') || 'none: the cluster has no variables',
            given: name,
            fix: meant === undefined ? 'add it to the cluster’s variables' : `write ${meant}`,
          });
        }
        return Reflect.get(target, name) as string;
      },
    },
  );
}
