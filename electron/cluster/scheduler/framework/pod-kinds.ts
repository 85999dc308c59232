import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/** Pods that are the same to every selector and ask the same of other Pods: a cluster has many Pods and few kinds. */
export interface PodKind {
  /** One of them. */
  readonly sample: PodInfo;
  /** How many there are on each node; no node has none. */
  readonly nodes: ReadonlyMap<NodeInfo, number>;
}

/** Told of a Pod that came to a node (1) or left it (-1). */
export type PodWatcher = (pod: PodInfo, node: NodeInfo, amount: 1 | -1) => void;

/** Pods on nodes by kind, kept up to date Pod by Pod, so that counting matching Pods looks at kinds instead of Pods. */
export class PodKinds {
  readonly #kinds = new Map<string, { readonly sample: PodInfo; readonly nodes: Map<NodeInfo, number> }>();

  readonly #watchers = new Set<PodWatcher>();

  /** Counted anew from all Pods of these nodes. */
  static of(nodes: readonly NodeInfo[]): PodKinds {
    const kinds = new PodKinds();
    for (const node of nodes) for (const pod of node.pods.values()) kinds.add(pod, node);
    return kinds;
  }

  values(): Iterable<PodKind> {
    return this.#kinds.values();
  }

  /** Has every later change told of. */
  watch(watcher: PodWatcher): void {
    this.#watchers.add(watcher);
  }

  add(pod: PodInfo, node: NodeInfo): void {
    let kind = this.#kinds.get(pod.kind);
    if (kind === undefined) this.#kinds.set(pod.kind, (kind = { sample: pod, nodes: new Map() }));
    kind.nodes.set(node, (kind.nodes.get(node) ?? 0) + 1);
    for (const watcher of this.#watchers) watcher(pod, node, 1);
  }

  remove(pod: PodInfo, node: NodeInfo): void {
    const kind = this.#kinds.get(pod.kind);
    const count = kind?.nodes.get(node);
    if (kind === undefined || count === undefined) return;
    if (count > 1) kind.nodes.set(node, count - 1);
    else kind.nodes.delete(node);
    if (kind.nodes.size === 0) this.#kinds.delete(pod.kind);
    for (const watcher of this.#watchers) watcher(pod, node, -1);
  }
}
