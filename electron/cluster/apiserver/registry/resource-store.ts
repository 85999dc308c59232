import type { Context } from '../../../base/context.ts';
import type { KindStrategy } from '../../api/strategy.ts';
import type { KubeList, KubeObject } from '../../api/types.ts';
import { typeOf } from '../../api/scheme.ts';
import type { GroupResource } from '../../apimachinery/gvk.ts';
import { apiVersionOf } from '../../apimachinery/gvk.ts';
import { FieldManager } from '../../apimachinery/managed-fields/field-manager.ts';
import { newAlreadyExists, newBadRequest, newResourceExpired } from '../../apimachinery/status.ts';
import type { AdmissionChain } from '../admission/admission-chain.ts';
import { decodeContinue, encodeContinue } from '../storage/continue-token.ts';
import type { EtcdStore } from '../storage/etcd-store.ts';
import type { Predicate } from '../storage/predicate.ts';
import { StorageError } from '../storage/storage-error.ts';
import { storageKey } from '../storage/storage-prefix.ts';
import type { WatchCache } from '../storage/watch-cache.ts';
import type { LeaseManager } from '../storage/lease-manager.ts';
import type { ListRequest } from './request-options.ts';
import { resetFieldsOf } from './reset-fields.ts';
import type { ResourceHooks } from './resource-hooks.ts';
import { storageToStatus } from './storage-to-status.ts';

export interface ResourceStoreOptions {
  readonly strategy: KindStrategy;
  readonly store: EtcdStore;
  /** Shared by all served versions of what is stored. */
  readonly cache: WatchCache;
  readonly prefix: string;
  readonly admission: AdmissionChain;
  readonly context: Context;
  readonly hooks: ResourceHooks;
  /** Set when objects live only so long (events). */
  readonly leases: LeaseManager | undefined;
}

const EXPIRED_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

/** One served resource: what is needed to read it, and what the writers need. Models registry.Store (v1.34). */
export class ResourceStore {
  readonly strategy: KindStrategy;
  readonly resource: GroupResource;
  readonly apiVersion: string;
  readonly store: EtcdStore;
  readonly cache: WatchCache;
  readonly admission: AdmissionChain;
  readonly context: Context;
  readonly hooks: ResourceHooks;
  readonly leases: LeaseManager | undefined;
  readonly #prefix: string;
  readonly #served = new WeakMap<KubeObject, KubeObject>();
  readonly #fieldManagers = new Map<string, FieldManager>();

  constructor(options: ResourceStoreOptions) {
    this.strategy = options.strategy;
    this.resource = { group: options.strategy.gvk.group, resource: options.strategy.resource };
    this.apiVersion = apiVersionOf(options.strategy.gvk);
    this.store = options.store;
    this.cache = options.cache;
    this.admission = options.admission;
    this.context = options.context;
    this.hooks = options.hooks;
    this.leases = options.leases;
    this.#prefix = options.prefix;
  }

  key(namespace: string, name: string): string {
    return storageKey(this.#prefix, namespace, name);
  }

  /** Who records field owners for writes through a door: '' for the object itself, else a subresource. */
  fieldManager(subresource: string): FieldManager {
    let manager = this.#fieldManagers.get(subresource);
    if (manager === undefined) {
      const resetFields = resetFieldsOf(this.strategy, subresource);
      manager = new FieldManager({
        gvk: this.strategy.gvk,
        type: typeOf(this.strategy),
        subresource,
        resetFields,
      });
      this.#fieldManagers.set(subresource, manager);
    }
    return manager;
  }

  get prefix(): string {
    return this.#prefix;
  }

  /** A stored object as this resource serves it. */
  fromStorage(object: KubeObject): KubeObject {
    const { storage } = this.strategy;
    if (storage === undefined) return object;
    let served = this.#served.get(object);
    if (served === undefined) {
      served = storage.fromStorage(object);
      this.#served.set(object, served);
    }
    return served;
  }

  toStorage(object: KubeObject): KubeObject {
    return this.strategy.storage?.toStorage(object) ?? object;
  }

  /** `resourceVersion` 0 may be answered from memory, anything else by etcd. @throws StatusError */
  async get(namespace: string, name: string, resourceVersion = ''): Promise<KubeObject> {
    const key = this.key(namespace, name);
    try {
      if (resourceVersion === '0' && (await this.cache.tryStart())) {
        const cached = this.cache.get(key);
        if (cached === undefined) throw new StorageError('key-not-found', key);
        return this.fromStorage(cached);
      }
      const stored = await this.store.get(key);
      const wanted = parseRevision(resourceVersion);
      // etcd answers with the present: it can only be too old when the caller is ahead of all of us.
      if (wanted > stored.revision) await this.#assertReached(wanted);
      return this.fromStorage(stored.object);
    } catch (error) {
      throw storageToStatus(error, this.resource, name);
    }
  }

  /** @throws StatusError */
  async list(predicate: Predicate, request: ListRequest): Promise<KubeList> {
    try {
      return await this.#list(predicate, request);
    } catch (error) {
      throw storageToStatus(error, this.resource, '');
    }
  }

  async #list(predicate: Predicate, request: ListRequest): Promise<KubeList> {
    const { resourceVersion, resourceVersionMatch, limit, continueToken } = request;
    const fromCache =
      continueToken === '' &&
      resourceVersion !== '' &&
      resourceVersionMatch !== 'Exact' &&
      (limit === 0 || resourceVersion === '0');
    if (fromCache) {
      await this.cache.start();
      await this.cache.waitUntilFresh(parseRevision(resourceVersion));
      return this.#toList(this.cache.list(predicate), { resourceVersion: String(this.cache.revision) });
    }
    if (
      predicate.name !== undefined &&
      predicate.namespace !== '' &&
      continueToken === '' &&
      resourceVersion === ''
    ) {
      return this.#listOne(predicate, predicate.name);
    }
    return this.#listFromEtcd(predicate, request);
  }

  async #listOne(predicate: Predicate, name: string): Promise<KubeList> {
    const page = await this.store.getWithRevision(this.key(predicate.namespace, name));
    const items = page.object !== undefined && predicate.matches(page.object) ? [page.object] : [];
    return this.#toList(items, { resourceVersion: String(page.revision) });
  }

  async #listFromEtcd(predicate: Predicate, request: ListRequest): Promise<KubeList> {
    const { limit, continueToken, resourceVersion, resourceVersionMatch } = request;
    const prefix = predicate.namespace === '' ? this.#prefix : `${this.#prefix}${predicate.namespace}/`;
    let after: string | undefined;
    /** First key that the client has not got, relative to the prefix. */
    let continued: string | undefined;
    let revision = resourceVersionMatch === 'Exact' ? parseRevision(resourceVersion) : 0;
    if (continueToken !== '') {
      const token = decodeContinue(continueToken);
      // A token names the first key still to come; a range begins right behind the last one returned.
      continued = token.start;
      after = `${prefix}${continued.slice(0, -1)}`;
      revision = token.revision > 0 ? token.revision : 0;
    } else if (resourceVersion !== '' && resourceVersion !== '0' && revision === 0) {
      await this.#assertReached(parseRevision(resourceVersion));
    }
    const items: KubeObject[] = [];
    for (;;) {
      const page = await this.#page(prefix, after, limit, revision, continued);
      revision = page.revision;
      for (const [index, object] of page.items.entries()) {
        if (!predicate.matches(object)) continue;
        items.push(object);
        const behind = page.count - index - 1;
        if (items.length === limit && behind > 0) return this.#chunk(items, predicate, revision, behind);
      }
      after = page.lastKey;
      if (after === undefined) return this.#toList(items, { resourceVersion: String(revision) });
    }
  }

  #chunk(items: readonly KubeObject[], predicate: Predicate, revision: number, behind: number): KubeList {
    const { namespace = '', name = '' } = items[items.length - 1]?.metadata ?? {};
    const last = predicate.namespace === '' && namespace !== '' ? `${namespace}/${name}` : name;
    return this.#toList(items, {
      resourceVersion: String(revision),
      // The start is the first key that could follow the last one returned.
      continue: encodeContinue({ revision, start: `${last}\0` }),
      ...(predicate.everything ? { remainingItemCount: behind } : {}),
    });
  }

  async #page(
    prefix: string,
    after: string | undefined,
    limit: number,
    revision: number,
    continued: string | undefined,
  ) {
    try {
      return await this.store.list(prefix, { limit, revision, ...(after === undefined ? {} : { after }) });
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'too-old') throw error;
      if (continued === undefined)
        throw newResourceExpired('The resourceVersion for the provided list is too old.');
      throw newResourceExpired(EXPIRED_CONTINUE, encodeContinue({ revision: -1, start: continued }));
    }
  }

  async #assertReached(revision: number): Promise<void> {
    const { revision: current } = await this.store.count(this.#prefix);
    if (revision > current) {
      throw new StorageError('too-new', `Too large resource version: ${revision}, current: ${current}`);
    }
  }

  #toList(items: readonly KubeObject[], metadata: NonNullable<KubeList['metadata']>): KubeList {
    const { storage, listKind } = this.strategy;
    const served = storage === undefined ? items : items.map((item) => this.fromStorage(item));
    return { kind: listKind, apiVersion: this.apiVersion, metadata, items: served };
  }

  /** Another object of this name is there already. @throws StatusError */
  async assertAbsent(namespace: string, name: string): Promise<void> {
    const page = await this.store.getWithRevision(this.key(namespace, name));
    if (page.object !== undefined) throw newAlreadyExists(this.resource, name);
  }
}

/** '' and '0' are 0. @throws StatusError 400 for what is no number */
export function parseRevision(text: string): number {
  if (text === '') return 0;
  if (!/^\d+$/.test(text)) {
    throw newBadRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}
