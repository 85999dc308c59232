import type { KubeObject } from '../../api/types.ts';
import type { KeyValue } from '../../etcd/client/interface.ts';
import { decodeObject } from './object-codec.ts';

interface Entry {
  readonly revision: number;
  readonly object: KubeObject;
}

/**
 * The newest decoded object of each key, so that what this server wrote or read once is not parsed again,
 * and every reader, watcher and update shares the same immutable value.
 */
export class DecodeCache {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** The newest object known of `key`; may be out of date. */
  newest(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  put(key: string, revision: number, object: KubeObject): void {
    const known = this.#entries.get(key);
    if (known === undefined || known.revision < revision) this.#entries.set(key, { revision, object });
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  /** The object of a key-value, parsed only when this revision of it was never seen. @throws StorageError */
  decode(kv: KeyValue): KubeObject {
    const known = this.#entries.get(kv.key);
    if (known !== undefined && known.revision === kv.modRevision) return known.object;
    const object = decodeObject(kv);
    if (known === undefined || known.revision < kv.modRevision) {
      this.#entries.set(kv.key, { revision: kv.modRevision, object });
    }
    return object;
  }
}
