import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { displayPath } from '../display-path.js';

/** What the package says of itself, and where it lies. */
export interface Package {
  readonly version: string;
  /** Its directory; undefined where it was bundled into another program. */
  readonly directory: string | undefined;
  /** Address of its sources, where it says one. */
  readonly address: string | undefined;
}

/** This package. Sources lie two directories below package.json, the compiled files three. */
export function ourPackage(): Package {
  for (const up of ['../../', '../../../']) {
    const directory = fileURLToPath(new URL(up, import.meta.url));
    const data = read(`${directory}package.json`);
    if (data?.name !== 'cdk8s-flux-fleet') continue;
    return { version: data.version ?? 'unknown', directory, address: addressOf(data) };
  }
  return { version: 'unknown', directory: undefined, address: undefined };
}

interface PackageFile {
  readonly name?: string;
  readonly version?: string;
  readonly homepage?: string;
  readonly repository?: string | { readonly url?: string };
}

function read(file: string): PackageFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PackageFile;
  } catch {
    return undefined;
  }
}

/** The address of the repository on GitHub, where there is one; else the homepage. */
export function addressOf({ homepage, repository }: PackageFile): string | undefined {
  const url = typeof repository === 'string' ? repository : repository?.url;
  for (const text of [url, homepage]) {
    const [, path] = /github\.com[/:]([^/]+\/[^/#]+?)(?:\.git)?(?:[/#].*)?$/.exec(text ?? '') ?? [];
    if (path !== undefined) return `https://github.com/${path}/blob/HEAD`;
  }
  return homepage?.replace(/\/?(#.*)?$/, '');
}

/** The page of a rule, as text and with its address; undefined where there is none. */
export function pageOf(rule: string, { directory, address }: Package): { text: string; uri?: string } | undefined {
  const path = `docs/rules/${rule}.md`;
  if (directory === undefined || !/^[a-z0-9-]+$/.test(rule) || !existsSync(directory + path)) return undefined;
  return {
    text: readFileSync(directory + path, 'utf8'),
    ...(address !== undefined && { uri: `${address}/${path}` }),
  };
}

/** Where people find the pages of rules. */
export function pagesPlace({ directory, address }: Package): string | undefined {
  if (address !== undefined) return `${address}/docs/rules/<rule>.md`;
  return directory === undefined ? undefined : `${displayPath(directory + 'docs/rules')}/<rule>.md`;
}
