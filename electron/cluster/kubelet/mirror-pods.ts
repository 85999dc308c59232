import type { Node, Pod } from '../api/types.ts';
import { isAlreadyExists, isNotFound } from '../client/api-errors.ts';
import type { ComponentContext } from '../client/component-context.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { CONFIG_HASH, CONFIG_MIRROR, metaOf } from './pod-accessors.ts';

const RETRY = 2_000;

/** `namespace/name` */
function keyOf(pod: Pod): string {
  const { namespace, name } = metaOf(pod);
  return `${namespace}/${name}`;
}

/** Keeps one Pod in the API for each static Pod of this node. Models pkg/kubelet/pod/mirror_client.go (v1.34). */
export class MirrorPods {
  readonly #context: ComponentContext;
  readonly #client: ApiClient;
  readonly #nodeName: string;
  readonly #wanted = new Map<string, Pod>();
  readonly #mirrors = new Map<string, Pod>();
  readonly #busy = new Set<string>();
  #synced = false;

  constructor(context: ComponentContext, client: ApiClient, nodeName: string) {
    this.#context = context;
    this.#client = client;
    this.#nodeName = nodeName;
  }

  /** The mirror of a static Pod, when it is in the API. */
  mirrorOf(pod: Pod): Pod | undefined {
    const mirror = this.#mirrors.get(keyOf(pod));
    return mirror?.metadata?.annotations?.[CONFIG_MIRROR] === pod.metadata?.annotations?.[CONFIG_HASH]
      ? mirror
      : undefined;
  }

  /** The static Pod that a mirror stands for. */
  staticPodOf(mirror: Pod): Pod | undefined {
    return this.#wanted.get(keyOf(mirror));
  }

  want(pod: Pod): void {
    this.#wanted.set(keyOf(pod), pod);
    this.#reconcile(keyOf(pod));
  }

  unwant(pod: Pod): void {
    const key = keyOf(pod);
    if (this.#wanted.get(key)?.metadata?.uid === pod.metadata?.uid) this.#wanted.delete(key);
    this.#reconcile(key);
  }

  /** A mirror was seen in the API, or is gone from it. */
  observe(mirror: Pod, present: boolean): void {
    const key = keyOf(mirror);
    if (present) this.#mirrors.set(key, mirror);
    else this.#mirrors.delete(key);
    this.#reconcile(key);
  }

  /** All Pods of this node have been seen once: only now may one be missed. */
  synced(): void {
    this.#synced = true;
    for (const key of new Set([...this.#wanted.keys(), ...this.#mirrors.keys()])) this.#reconcile(key);
  }

  #reconcile(key: string): void {
    if (!this.#synced || this.#busy.has(key) || this.#settled(key)) return;
    this.#busy.add(key);
    this.#context.go(() => this.#work(key));
  }

  #settled(key: string): boolean {
    const wanted = this.#wanted.get(key);
    const mirror = this.#mirrors.get(key);
    if (wanted === undefined || mirror === undefined) return wanted === undefined && mirror === undefined;
    return this.mirrorOf(wanted) !== undefined && mirror.metadata?.deletionTimestamp === undefined;
  }

  async #work(key: string): Promise<void> {
    while (!this.#settled(key)) {
      try {
        await this.#step(this.#wanted.get(key), this.#mirrors.get(key), key);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#context.log.error('Failed creating a mirror pod', { pod: key, err: message });
        await this.#context.clock.sleep(RETRY);
      }
    }
    this.#busy.delete(key);
  }

  async #step(wanted: Pod | undefined, mirror: Pod | undefined, key: string): Promise<void> {
    if (mirror !== undefined) {
      // It is another manifest's, somebody deleted it, or the static Pod is gone: it has to go at once.
      const { name, namespace, uid } = metaOf(mirror);
      try {
        await this.#client
          .resource<Pod>(resourceTypes.pods, namespace)
          .delete(name, { gracePeriodSeconds: 0, preconditions: { uid } });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      if (this.#mirrors.get(key)?.metadata?.uid === uid) this.#mirrors.delete(key);
      return;
    }
    if (wanted === undefined) return;
    const { name, namespace, annotations, labels } = metaOf(wanted);
    const node = await this.#client.resource<Node>(resourceTypes.nodes).get(this.#nodeName);
    const hash = annotations?.[CONFIG_HASH] ?? '';
    const copy: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        ...(labels === undefined ? {} : { labels }),
        annotations: { ...annotations, [CONFIG_MIRROR]: hash },
        ownerReferences: [
          {
            apiVersion: 'v1',
            kind: 'Node',
            name: this.#nodeName,
            uid: node.metadata?.uid ?? '',
            controller: true,
          },
        ],
      },
      spec: wanted.spec,
    };
    try {
      const made = await this.#client.resource<Pod>(resourceTypes.pods, namespace).create(copy);
      this.#mirrors.set(key, made);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      this.#mirrors.set(key, await this.#client.resource<Pod>(resourceTypes.pods, namespace).get(name));
    }
  }
}
