import type { KubeObject, Pod } from '../../api/types.ts';
import { buildPredicate } from '../endpoints/predicate.ts';
import type { ServedResources } from '../endpoints/served-resource.ts';
import type { EtcdStore } from '../storage/etcd-store.ts';
import type { Predicate } from '../storage/predicate.ts';
import { StorageError } from '../storage/storage-error.ts';
import { storageKey, storagePrefix } from '../storage/storage-prefix.ts';
import type { WatchCache } from '../storage/watch-cache.ts';

const NONE: readonly KubeObject[] = [];

/** Objects for the server's own use: admission, authorization, tokens. From memory wherever that will do. */
export class KnownObjects {
  readonly #served: ServedResources;
  readonly #store: EtcdStore;

  constructor(served: ServedResources, store: EtcdStore) {
    this.#served = served;
    this.#store = store;
  }

  /** One object, and (if `live`) from etcd itself when it is not in memory. */
  async find(
    resource: string,
    namespace: string,
    name: string,
    live: boolean,
    group = '',
  ): Promise<KubeObject | undefined> {
    const served = this.#served.find(group, 'v1', resource);
    if (served === undefined) return undefined;
    const { cache } = served.store;
    const key = storageKey(storagePrefix(group, resource), namespace, name);
    const usable = cache.ready || (await cache.tryStart());
    const cached = usable ? cache.get(key) : undefined;
    if (cached !== undefined || (usable && !live)) return cached;
    try {
      return (await this.#store.get(key)).object;
    } catch (error) {
      if (error instanceof StorageError && error.code === 'key-not-found') return undefined;
      throw error;
    }
  }

  /** All objects of a resource; none while etcd cannot be asked. */
  async list(resource: string, group: string): Promise<readonly KubeObject[]> {
    const served = this.#served.find(group, 'v1', resource);
    const cache = await usable(served?.store.cache);
    if (served === undefined || cache === undefined || cache.size === 0) return NONE;
    return cache.list(buildPredicate(served.strategy, '', '', ''));
  }

  /** The objects of a core resource in a namespace; none while etcd cannot be asked. */
  async inNamespace(resource: string, namespace: string): Promise<readonly KubeObject[]> {
    const cache = await usable(this.#served.find('', 'v1', resource)?.store.cache);
    return cache === undefined || cache.size === 0 ? NONE : cache.list(inNamespace(namespace));
  }

  /** The same, each as this server last saw or wrote it: its own writes are in it before their watch events come. */
  async newestInNamespace(resource: string, namespace: string): Promise<readonly KubeObject[]> {
    const objects = await this.inNamespace(resource, namespace);
    if (objects.length === 0) return objects;
    const prefix = storagePrefix('', resource);
    return objects.map(
      (object) => this.#store.peek(storageKey(prefix, namespace, object.metadata?.name ?? '')) ?? object,
    );
  }

  /** Whether a Pod bound to the node passes `test`; false while etcd cannot be asked. */
  async somePodOn(node: string, test: (pod: Pod) => boolean): Promise<boolean> {
    const cache = await usable(this.#served.find('', 'v1', 'pods')?.store.cache);
    return cache?.some(onNode(node), (pod) => test(pod as Pod)) ?? false;
  }
}

async function usable(cache: WatchCache | undefined): Promise<WatchCache | undefined> {
  return cache !== undefined && (cache.ready || (await cache.tryStart())) ? cache : undefined;
}

function inNamespace(namespace: string): Predicate {
  return {
    namespace,
    name: undefined,
    required: { 'metadata.namespace': namespace },
    matches: ({ metadata }) => metadata?.namespace === namespace,
    everything: true,
  };
}

function onNode(node: string): Predicate {
  return {
    namespace: '',
    name: undefined,
    required: { 'spec.nodeName': node },
    matches: (pod) => (pod as Pod).spec?.nodeName === node,
    everything: false,
  };
}
