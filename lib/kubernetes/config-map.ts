import type { Construct } from 'constructs';
import { Args, show } from '../argument.js';
import { readBinaryFile } from '../file.js';
import type { FileRef } from '../file.js';
import { Manifest, objectMeta } from '../manifest.js';
import { unsafeCharacter } from '../yaml/unsafe.js';
import type { NamespacedObjectMeta } from '../manifest.js';
import type { ConfigMapRef, ExternalObject } from '../reference.js';

/** Props of {@link ConfigMap}. */
export interface ConfigMapProps extends NamespacedObjectMeta {
  /** Text by key. */
  readonly data?: Readonly<Record<string, string>>;
  /**
   * Files by key; their bytes are kept. One that is no UTF-8 text goes into `binaryData`.
   *
   * A `URL` is relative to the module (`new URL('./x.json', import.meta.url)`), a string to the working directory.
   */
  readonly files?: Readonly<Record<string, FileRef>>;
  /** Whether the API server refuses changes. */
  readonly immutable?: boolean;
}

/** A `ConfigMap`, from text and from files. */
export class ConfigMap extends Manifest {
  declare readonly kind: 'ConfigMap';

  /**
   * A ConfigMap that others make; it is declared, never emitted.
   *
   * @param keys the keys of it that are read
   */
  static fromName(name: string, keys?: readonly string[]): ConfigMapRef & ExternalObject {
    return { kind: 'ConfigMap', name, ...(keys && { keys }) };
  }

  /** @throws FleetError for a file that cannot be read, and for a key that is given twice */
  constructor(scope: Construct, id: string, props: ConfigMapProps = {}) {
    const args = new Args(scope, id);
    const data = new Map(Object.entries(props.data ?? {}));
    const binaryData = new Map<string, string>();
    for (const [key, file] of Object.entries(props.files ?? {})) {
      if (data.has(key)) args.fail({ rule: 'duplicate-key', what: `the key ${show(key)} has both data and a file` });
      const { bytes } = readBinaryFile(file, `file for the key ${show(key)}`);
      const text = asText(bytes);
      if (text === undefined) binaryData.set(key, Buffer.from(bytes).toString('base64'));
      else data.set(key, text);
    }
    super(scope, id, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: objectMeta(scope, id, 'ConfigMap', props),
      ...(props.immutable !== undefined && { immutable: props.immutable }),
      ...(data.size > 0 && { data: Object.fromEntries(data) }),
      ...(binaryData.size > 0 && { binaryData: Object.fromEntries(binaryData) }),
    });
  }
}

/** The bytes as text, where writing the text gives the same bytes again. */
function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') || unsafeCharacter(text) !== undefined ? undefined : text;
  } catch {
    return undefined;
  }
}
