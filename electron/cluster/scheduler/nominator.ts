import type { PodInfo } from './framework/pod-info.ts';

/** Pods that wait for a place that is being made for them. Models pkg/scheduler/backend/queue/nominator.go (v1.34). */
export class Nominator {
  readonly #nodes = new Map<string, Map<string, PodInfo>>();
  readonly #nodeOf = new Map<string, string>();

  set(pod: PodInfo, node: string): void {
    this.delete(pod.key);
    if (node === '') return;
    const pods = this.#nodes.get(node) ?? new Map<string, PodInfo>();
    this.#nodes.set(node, pods);
    pods.set(pod.key, pod);
    this.#nodeOf.set(pod.key, node);
  }

  delete(key: string): void {
    const node = this.#nodeOf.get(key);
    if (node === undefined) return;
    this.#nodeOf.delete(key);
    const pods = this.#nodes.get(node);
    pods?.delete(key);
    if (pods?.size === 0) this.#nodes.delete(node);
  }

  /** Node by Pod. */
  get all(): ReadonlyMap<string, string> {
    return this.#nodeOf;
  }

  nodeOf(key: string): string | undefined {
    return this.#nodeOf.get(key);
  }

  on(node: string): Iterable<PodInfo> {
    return this.#nodes.get(node)?.values() ?? [];
  }
}
