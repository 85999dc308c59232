import type { ByteString } from '../../../base/byte-string.ts';
import type { KubeObject } from '../../api/types.ts';
import type { KeyValue } from '../../etcd/client/interface.ts';
import { decodeObject, withResourceVersion } from './object-codec.ts';

interface Entry {
  readonly revision: number;
  readonly object: KubeObject;
}

interface Written {
  readonly value: ByteString;
  readonly object: KubeObject;
}

/**
 * The newest decoded object of each key, so that what this server wrote or read once is not parsed again,
 * and every reader, watcher and update shares the same immutable value.
 */
export class DecodeCache {
  readonly #entries = new Map<string, Entry>();
  /** What is on its way to etcd: the watch may tell of a write before the write itself is answered. */
  readonly #underWay = new Map<string, Written>();

  get size(): number {
    return this.#entries.size;
  }

  /** The newest object known of `key`; may be out of date. */
  newest(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** `object` is about to be written as `value`. */
  expect(key: string, value: ByteString, object: KubeObject): void {
    this.#underWay.set(key, { value, object });
  }

  /** That write is over, well or badly. */
  settle(key: string, value: ByteString): void {
    if (this.#underWay.get(key)?.value === value) this.#underWay.delete(key);
  }

  /** The object written at `revision`, as everybody shares it. */
  written(key: string, revision: number, object: KubeObject): KubeObject {
    const known = this.#entries.get(key);
    if (known !== undefined && known.revision === revision) return known.object;
    const made = withResourceVersion(object, revision);
    this.#put(key, revision, made);
    return made;
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  /** The object of a key-value, parsed only when this revision of it was never seen. @throws StorageError */
  decode(kv: KeyValue): KubeObject {
    const known = this.#entries.get(kv.key);
    if (known !== undefined && known.revision === kv.modRevision) return known.object;
    const written = this.#underWay.get(kv.key);
    const object =
      written !== undefined && written.value === kv.value
        ? withResourceVersion(written.object, kv.modRevision)
        : decodeObject(kv);
    this.#put(kv.key, kv.modRevision, object);
    return object;
  }

  #put(key: string, revision: number, object: KubeObject): void {
    const known = this.#entries.get(key);
    if (known === undefined || known.revision < revision) this.#entries.set(key, { revision, object });
  }
}
