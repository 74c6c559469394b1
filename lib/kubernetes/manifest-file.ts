import { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { displayPath } from '../display-path.js';
import { readTextFile } from '../file.js';
import type { FileRef } from '../file.js';
import { parseDocuments } from '../yaml/read.js';
import { Manifest } from '../manifest.js';

/** Props of {@link ManifestFile}. */
export interface ManifestFileProps {
  /**
   * The file: one or more YAML documents. A `URL` is relative to the module, a string to the working directory.
   */
  readonly file: FileRef;
}

/**
 * The objects of a YAML file that was written by hand or by others, as objects of the layer. Read as YAML 1.2: `on`
 * stays a word, and a number that Kubernetes would read otherwise (`0644`) is refused.
 */
export class ManifestFile extends Construct {
  /** The objects, in the order of the file. */
  readonly objects: readonly Manifest[];

  /** @throws FleetError for a file that cannot be read, is no YAML, or holds something that is no object */
  constructor(scope: Construct, id: string, props: ManifestFileProps) {
    super(scope, id);
    const { path, text } = readTextFile(props.file, 'manifest file');
    const file = displayPath(path);
    const documents = parseDocuments(text, file).flatMap(expandList);
    const args = new Args(scope, id);
    if (documents.length === 0) {
      args.fail({ rule: 'empty-file', what: 'the manifest file holds no object' }, file);
    }
    this.objects = documents.map(({ value, line }, i) => {
      const at = `${file}:${line}`;
      const object = checkObject(args, value, at);
      if ('sops' in object) {
        args.fail(
          {
            rule: 'encrypted-secret',
            what: 'the manifest file holds a Secret that SOPS encrypted',
            expected: 'encrypted Secrets in files of their own: their signature covers the text',
            fix: 'use new EncryptedSecret(layer, id, { file })',
          },
          at,
        );
      }
      const made = new Manifest(this, `${i}-${object.kind}-${object.metadata.name}`.replaceAll('/', '-'), object);
      made.node.addMetadata('flux-fleet:file', at);
      return made;
    });
  }
}

interface Document {
  readonly value: unknown;
  readonly line: number;
}

/** The items of a `List`, as kubectl prints them; anything else stays as it is. */
function expandList(document: Document): Document[] {
  const { value, line } = document;
  const items = (value as { kind?: unknown; items?: unknown } | null)?.items;
  const isList =
    typeof value === 'object' && value !== null && String((value as { kind?: unknown }).kind).endsWith('List');
  return isList && Array.isArray(items) ? items.map((item) => ({ value: item as unknown, line })) : [document];
}

function checkObject(
  args: Args,
  value: unknown,
  at: string,
): { apiVersion: string; kind: string; metadata: { name: string } } {
  const object = value as { apiVersion?: unknown; kind?: unknown; metadata?: { name?: unknown } } | null;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const fields = { apiVersion: object?.apiVersion, kind: object?.kind, 'metadata.name': object?.metadata?.name };
  const missing = Object.entries(fields).find(([, v]) => typeof v !== 'string');
  if (!isObject || missing) {
    const [field, given] = missing ?? [];
    args.fail(
      {
        rule: isObject && field === 'metadata.name' ? 'object-without-name' : 'not-an-object',
        what: 'a document of the manifest file is no Kubernetes object',
        expected: 'a map with apiVersion, kind and metadata.name',
        given: isObject ? `${field} is ${show(given)}` : show(value),
      },
      at,
    );
  }
  return object as { apiVersion: string; kind: string; metadata: { name: string } };
}
