import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { displayPath } from '../display-path.js';
import { readTextFile } from '../file.js';
import type { FileRef } from '../file.js';
import { parseMap } from '../yaml/read.js';
import { Manifest } from '../manifest.js';
import { clearKeys, isSopsEnvelope } from '../model/sops.js';

/** Props of {@link EncryptedSecret}. */
export interface EncryptedSecretProps {
  /**
   * The file, as `sops --encrypt` wrote it: one Secret with its name and namespace.
   *
   * A `URL` is relative to the module, a string to the working directory.
   */
  readonly file: FileRef;
}

/**
 * A `Secret` that SOPS encrypted. Its text is written as it is, byte for byte behind the first line, in a file of its
 * own, because the signature in it covers all of it. The layer's Kustomization needs `decryption`.
 *
 * @see https://fluxcd.io/flux/guides/mozilla-sops/
 */
export class EncryptedSecret extends Manifest {
  declare readonly kind: 'Secret';
  /** The file's text. */
  readonly verbatim: string;

  /** @throws FleetError for a file that cannot be read, is no Secret with name and namespace, or is not encrypted */
  constructor(scope: Construct, id: string, props: EncryptedSecretProps) {
    const { path, text } = readTextFile(props.file, 'encrypted secret');
    const file = displayPath(path);
    const object = parseMap(text, file);
    checkSopsSecret(new Args(scope, id), object, file);
    super(scope, id, object as never);
    this.verbatim = text;
  }
}

/** Checks that an object is a Secret all of whose values SOPS encrypted. */
export function checkSopsSecret(args: Args, object: Record<string, unknown>, file: string): void {
  const meta = (object.metadata ?? {}) as Record<string, unknown>;
  if (object.kind !== 'Secret' || typeof meta.name !== 'string' || typeof meta.namespace !== 'string') {
    args.fail(
      {
        rule: 'encrypted-secret',
        what: 'the file is no Secret with a name and a namespace',
        expected: 'kind: Secret, metadata.name and metadata.namespace',
        given: show({ kind: object.kind, name: meta.name, namespace: meta.namespace }),
        fix: String(object.kind).startsWith('ENC[')
          ? "encrypt only the values: sops --encrypt --encrypted-regex '^(data|stringData)$'"
          : 'write name and namespace into the Secret before encrypting it; nothing can be added afterwards',
      },
      file,
    );
  }
  const clear = clearKeys(object);
  if (!isSopsEnvelope(object.sops) || clear.length > 0) {
    args.fail(
      {
        rule: 'plaintext-secret',
        what: 'the Secret is not encrypted',
        expected: 'every value under data and stringData encrypted, and the sops envelope',
        given: isSopsEnvelope(object.sops) ? `in clear: ${clear.join(', ')}` : 'no sops envelope',
        fix: `sops --encrypt --in-place --encrypted-regex '^(data|stringData)$' ${file}`,
      },
      file,
    );
  }
}
