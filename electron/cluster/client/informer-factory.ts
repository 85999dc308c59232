import type { Disposable } from '../../base/disposable.ts';
import type { KubeObject } from '../api/types.ts';
import type { ComponentContext } from './component-context.ts';
import type { ApiClient, ListOptions } from './interface.ts';
import type { ResourceType } from './resource-type.ts';
import { groupResource, resourceClient } from './resource-type.ts';
import { SharedInformer } from './shared-informer.ts';

/** Narrows what an informer sees; informers with different selectors are different caches. */
export interface InformerOptions {
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** One informer per resource (and selector) in a process. Models client-go informers/factory.go (v1.34). */
export class InformerFactory implements Disposable {
  readonly #context: ComponentContext;
  readonly #client: ApiClient;
  readonly #informers = new Map<string, SharedInformer<KubeObject>>();
  #started = false;

  constructor(context: ComponentContext, client: ApiClient) {
    this.#context = context;
    this.#client = client;
  }

  /** The informer of a resource; starts at once when the factory has been started. */
  informer<T extends KubeObject>(type: ResourceType<T>, options: InformerOptions = {}): SharedInformer<T> {
    const { namespace, fieldSelector, labelSelector } = options;
    const key = [
      groupResource(type),
      type.version,
      namespace ?? '',
      fieldSelector ?? '',
      labelSelector ?? '',
    ].join('|');
    const present = this.#informers.get(key);
    if (present !== undefined) return present as unknown as SharedInformer<T>;
    const selector: Pick<ListOptions, 'fieldSelector' | 'labelSelector'> = {
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    };
    const client = resourceClient(this.#client, type, namespace);
    const informer = new SharedInformer<T>(this.#context, `*${type.version}.${type.kind}`, client, selector);
    this.#informers.set(key, informer as unknown as SharedInformer<KubeObject>);
    if (this.#started) informer.start();
    return informer;
  }

  /** Stops the informers of a resource that is no more; whoever asks again gets a new one. */
  forget(type: ResourceType): void {
    const prefix = `${groupResource(type)}|${type.version}|`;
    for (const [key, informer] of [...this.#informers]) {
      if (!key.startsWith(prefix)) continue;
      informer.dispose();
      this.#informers.delete(key);
    }
  }

  start(): void {
    this.#started = true;
    for (const informer of this.#informers.values()) informer.start();
  }

  /** Resolves when every informer known now has its first list. */
  async waitForCacheSync(): Promise<void> {
    for (const informer of [...this.#informers.values()]) await informer.whenSynced();
  }

  dispose(): void {
    for (const informer of this.#informers.values()) informer.dispose();
    this.#informers.clear();
  }
}
