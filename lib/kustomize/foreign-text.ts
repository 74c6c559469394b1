import type { FieldPath } from '../model/cluster-model.js';
import type { JsonObject, JsonValue } from '../yaml/normalize.js';

/** The first line of a script. */
export const SHEBANG = /^#!\s*\//;

/** What a text is that is not for Flux; undefined where nothing says so. */
export function foreignText(object: JsonObject, field: FieldPath, name: string | undefined): string | undefined {
  if (name !== undefined && /^\d/.test(name)) return 'a script';
  const text = at(object, field);
  if (typeof text !== 'string') return undefined;
  if (SHEBANG.test(text) || isShell(text)) return 'a script';
  const file = String(field.at(-1));
  if (/\.json$/.test(file) && /"(?:panels|templating)"/.test(text)) return 'a dashboard';
  if (/\.(?:sh|bash|zsh|py|js|lua|pl|rb)$/.test(file)) return 'a script';
  if (/(?:^|\s)(?:server|location|upstream|http|events)\s[^{}\n]*\{/.test(text)) return 'a server’s configuration';
  if (name !== undefined && hasEnvironment(object, name))
    return 'what a container runs, which has it in its environment';
  return undefined;
}

/** Several lines with what only a shell has. */
function isShell(text: string): boolean {
  return /\n/.test(text) && /^\s*(?:set -[a-z]+|if \[|for \w+ in |while |done|fi|esac|echo )/m.test(text);
}

/** Whether a container of the object has the name among its environment. */
export function hasEnvironment(value: JsonValue, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => hasEnvironment(item, name));
  const env = Array.isArray(value.env) ? value.env : [];
  if (env.some((e) => typeof e === 'object' && e !== null && !Array.isArray(e) && e.name === name)) return true;
  return Object.values(value).some((part) => hasEnvironment(part, name));
}

function at(object: JsonValue, [step, ...rest]: FieldPath): JsonValue | undefined {
  if (step === undefined) return object;
  if (typeof object !== 'object' || object === null) return undefined;
  const part = (object as Record<string | number, JsonValue>)[step];
  return part === undefined ? undefined : at(part, rest);
}
