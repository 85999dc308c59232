import type { ByteString } from '../../../base/byte-string.ts';
import type { KubeObject } from '../../api/types.ts';
import type {
  Compare,
  EtcdClient,
  KeyValue,
  RequestOp,
  TxnResponse,
  Uint64,
} from '../../etcd/client/interface.ts';
import { EtcdError } from '../../etcd/client/interface.ts';
import { prefixEnd } from '../../etcd/client/prefix.ts';
import type { DecodeCache } from './decode-cache.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { encodeObject, withResourceVersion } from './object-codec.ts';
import { StorageError } from './storage-error.ts';

/** One object as stored. */
export interface Stored {
  readonly object: KubeObject;
  readonly revision: number;
}

/** Makes the next object of the present one (undefined: there is none). Runs again when the present one was out of date. */
export type UpdateFunction = (current: KubeObject | undefined) => KubeObject | Promise<KubeObject>;

export interface ListPage {
  readonly items: readonly KubeObject[];
  /** Revision of the snapshot that was read. */
  readonly revision: number;
  /** Last key returned, when there are more; the next page starts right behind it. */
  readonly lastKey: string | undefined;
  /** Keys from the page's start on, this page included. */
  readonly count: number;
}

const unmodifiedSince = (key: ByteString, modRevision: number): Compare => ({
  target: 'MOD',
  modRevision,
  result: 'EQUAL',
  key,
});

/** etcd errors in the words of storage: compacted, future, or out of reach. */
function translate(error: unknown): unknown {
  if (!(error instanceof EtcdError)) return error;
  if (error.code === 'OutOfRange' && error.message.includes('compacted'))
    return new StorageError('too-old', error.message);
  if (error.code === 'OutOfRange' && error.message.includes('future'))
    return new StorageError('too-new', error.message);
  return new StorageError('unreachable', error.message);
}

function currentOf(response: TxnResponse): KeyValue | undefined {
  const first = response.responses[0];
  return first !== undefined && 'responseRange' in first ? first.responseRange.kvs[0] : undefined;
}

/**
 * Objects in etcd with optimistic concurrency: every write is a transaction on the key's mod revision.
 * Models apiserver/pkg/storage/etcd3 store (v1.34). All methods reject with StorageError, or with what the
 * given functions throw.
 */
export class EtcdStore {
  readonly #client: EtcdClient;
  readonly #cache: DecodeCache;

  constructor(client: EtcdClient, cache: DecodeCache) {
    this.#client = client;
    this.#cache = cache;
  }

  /** @throws StorageError `key-exists` */
  async create(key: string, object: KubeObject, lease?: Uint64): Promise<KubeObject> {
    const response = await this.#put(key, object, 0, lease);
    if (!response.succeeded) throw new StorageError('key-exists', `key exists: ${key}`);
    return this.#cache.written(key, response.header.revision, object);
  }

  /** @throws StorageError `key-not-found` */
  async get(key: string): Promise<Stored> {
    const stored = await this.#read(key);
    if (stored === undefined) throw new StorageError('key-not-found', `key not found: ${key}`);
    return stored;
  }

  /** The object as this server last saw it; may be out of date, and undefined though it exists. */
  peek(key: string): KubeObject | undefined {
    return this.#cache.newest(key)?.object;
  }

  /** The object, or undefined, and the revision of etcd at which that was so. */
  async getWithRevision(
    key: string,
  ): Promise<{ readonly object: KubeObject | undefined; readonly revision: number }> {
    const response = await this.#call(() => this.#client.range({ key }));
    return { object: this.#decode(response.kvs[0], key)?.object, revision: response.header.revision };
  }

  /**
   * Reads, lets `update` make the next object, writes it unless somebody was faster, and then begins again.
   * Starts from what this server knows already, and asks etcd only when that proves stale.
   * @throws StorageError `key-not-found` when there is none and `ignoreNotFound` is not set
   */
  async guaranteedUpdate(
    key: string,
    update: UpdateFunction,
    options: { readonly ignoreNotFound?: boolean; readonly lease?: Uint64 } = {},
  ): Promise<{ readonly object: KubeObject; readonly created: boolean; readonly changed: boolean }> {
    let current: Stored | undefined = this.#cache.newest(key);
    let fresh = current === undefined;
    if (current === undefined) current = await this.#read(key);
    for (;;) {
      if (current === undefined && options.ignoreNotFound !== true) {
        throw new StorageError('key-not-found', `key not found: ${key}`);
      }
      let next: KubeObject;
      try {
        next = await update(current?.object);
      } catch (error) {
        // A verdict over something out of date may be wrong: only one over the present state counts.
        if (fresh) throw error;
        const present: Stored | undefined = await this.#read(key);
        if (present?.revision === current?.revision) throw error;
        current = present;
        fresh = true;
        continue;
      }
      if (current !== undefined && isSame(current.object, next)) {
        if (fresh) return { object: current.object, created: false, changed: false };
        const present: Stored | undefined = await this.#read(key);
        if (present?.revision === current.revision)
          return { object: current.object, created: false, changed: false };
        current = present;
        fresh = true;
        continue;
      }
      const response = await this.#put(key, next, current?.revision ?? 0, options.lease);
      if (response.succeeded) {
        const object = this.#cache.written(key, response.header.revision, next);
        return { object, created: current === undefined, changed: true };
      }
      current = this.#decode(currentOf(response), key);
      fresh = true;
    }
  }

  /**
   * Deletes once `validate` does not throw for the present object. Returns the object as it was, carrying
   * the revision of the deletion.
   * @throws StorageError `key-not-found`
   */
  async delete(key: string, validate: (current: KubeObject) => void | Promise<void>): Promise<KubeObject> {
    let current: Stored | undefined = this.#cache.newest(key);
    let fresh = current === undefined;
    if (current === undefined) current = await this.#read(key);
    for (;;) {
      if (current === undefined) throw new StorageError('key-not-found', `key not found: ${key}`);
      try {
        await validate(current.object);
      } catch (error) {
        if (fresh) throw error;
        const present: Stored | undefined = await this.#read(key);
        if (present?.revision === current.revision) throw error;
        current = present;
        fresh = true;
        continue;
      }
      const compare = [unmodifiedSince(key, current.revision)];
      const response = await this.#txn(
        compare,
        [{ requestDeleteRange: { key } }],
        [{ requestRange: { key } }],
      );
      if (response.succeeded) {
        this.#cache.forget(key);
        return withResourceVersion(current.object, response.header.revision);
      }
      current = this.#decode(currentOf(response), key);
      fresh = true;
    }
  }

  /** One page of the keys below `prefix`. `revision` 0 is the present. @throws StorageError `too-old`, `too-new` */
  async list(
    prefix: string,
    options: { readonly after?: string; readonly limit?: number; readonly revision?: number },
  ): Promise<ListPage> {
    const { after, limit = 0, revision = 0 } = options;
    const key = after === undefined ? prefix : `${after}\0`;
    const response = await this.#call(() =>
      this.#client.range({ key, rangeEnd: prefixEnd(prefix), limit, revision }),
    );
    const last = response.kvs[response.kvs.length - 1];
    return {
      items: response.kvs.map((kv) => this.#cache.decode(kv)),
      revision: revision === 0 ? response.header.revision : revision,
      lastKey: response.more ? last?.key : undefined,
      count: response.count,
    };
  }

  /** Number of keys below `prefix`, and the revision of etcd now. */
  async count(prefix: string): Promise<{ readonly count: number; readonly revision: number }> {
    const response = await this.#call(() =>
      this.#client.range({ key: prefix, rangeEnd: prefixEnd(prefix), countOnly: true }),
    );
    return { count: response.count, revision: response.header.revision };
  }

  async #read(key: string): Promise<Stored | undefined> {
    const response = await this.#call(() => this.#client.range({ key }));
    return this.#decode(response.kvs[0], key);
  }

  #decode(kv: KeyValue | undefined, key: string): Stored | undefined {
    if (kv !== undefined) return { object: this.#cache.decode(kv), revision: kv.modRevision };
    this.#cache.forget(key);
    return undefined;
  }

  /** Writes unless the key was touched since `revision` (0: it must not exist); otherwise reads what is there. */
  async #put(
    key: string,
    object: KubeObject,
    revision: number,
    lease: Uint64 | undefined,
  ): Promise<TxnResponse> {
    const value = encodeObject(object);
    const put: RequestOp = { requestPut: { key, value, ...(lease === undefined ? {} : { lease }) } };
    this.#cache.expect(key, value, object);
    try {
      const failure: RequestOp[] = revision === 0 ? [] : [{ requestRange: { key } }];
      return await this.#txn([unmodifiedSince(key, revision)], [put], failure);
    } finally {
      this.#cache.settle(key, value);
    }
  }

  #txn(
    compare: readonly Compare[],
    success: readonly RequestOp[],
    failure: readonly RequestOp[],
  ): Promise<TxnResponse> {
    return this.#call(() => this.#client.txn({ compare, success, failure }));
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw translate(error);
    }
  }
}

function isSame(current: KubeObject, next: KubeObject): boolean {
  if (current === next) return true;
  const before = current as Readonly<Record<string, unknown>>;
  const after = next as Readonly<Record<string, unknown>>;
  for (const field in { ...before, ...after })
    if (field !== 'metadata' && !deepEqual(before[field], after[field])) return false;
  const resourceVersion = current.metadata?.resourceVersion;
  return deepEqual(current.metadata ?? {}, { ...next.metadata, resourceVersion });
}
