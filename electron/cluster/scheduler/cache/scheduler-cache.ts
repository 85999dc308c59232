import type { Clock } from '../../../base/clock.ts';
import type { Node, Pod } from '../../api/types.ts';
import { NodeInfo } from '../framework/node-info.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { podInfo, podKey } from '../framework/pod-info.ts';
import { PodKinds } from '../framework/pod-kinds.ts';
import { nodeOrder, zoneKey } from './node-order.ts';

interface PodState {
  info: PodInfo;
  node: string;
  assumed: boolean;
  /** Set once its binding was accepted: from then on it may expire. */
  deadline: number | undefined;
}

/** All nodes at one moment: lists and nodes hold until the next snapshot is taken, so only for one cycle. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[];
  readonly byName: ReadonlyMap<string, NodeInfo>;
  /** All Pods on them. */
  readonly kinds: PodKinds;
  /** Changes with every change of a node, not with those of Pods. */
  readonly nodesVersion: number;
}

export const emptySnapshot: Snapshot = {
  nodes: [],
  byName: new Map(),
  kinds: new PodKinds(),
  nodesVersion: 0,
};

/** A change of a node, to be made again to the snapshot's copy of it. */
type Change = (node: NodeInfo) => void;

/**
 * Nodes and the Pods on them, including Pods assumed to be there because their binding is under way. A new
 * snapshot repeats only what changed since the last one, so that it costs the same on a full node. Models pkg/scheduler/backend/cache (v1.34).
 */
export class SchedulerCache {
  readonly #clock: Clock;
  /** Milliseconds an assumed Pod is kept after its binding without being seen; 0, as upstream: forever. */
  readonly #ttl: number;
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #pods = new Map<string, PodState>();
  /** Nodes of the Pods whose binding has not been seen yet. */
  readonly #assumed = new Map<string, string>();
  readonly #changes = new Map<string, Change[]>();
  #order: NodeInfo[] = [];
  #byName = new Map<string, NodeInfo>();
  #kinds = new PodKinds();
  #nodesVersion = 0;
  #structureChanged = false;
  /** How many nodes have an image. */
  readonly #imageNodes = new Map<string, number>();

  constructor(clock: Clock, ttl = 0) {
    this.#clock = clock;
    this.#ttl = ttl;
  }

  get nodeCount(): number {
    return this.#order.length;
  }

  get imageNodes(): ReadonlyMap<string, number> {
    return this.#imageNodes;
  }

  /** Node by Pod, for Pods whose binding has not been seen yet. */
  get assumed(): ReadonlyMap<string, string> {
    return this.#assumed;
  }

  isAssumed(key: string): boolean {
    return this.#assumed.has(key);
  }

  /** The Pod as the cache has it. */
  getPod(key: string): PodInfo | undefined {
    return this.#pods.get(key)?.info;
  }

  assume(info: PodInfo, node: string): void {
    if (this.#pods.has(info.key)) throw new Error(`pod ${info.key} is in the cache, so can't be assumed`);
    this.#put({ info, node, assumed: true, deadline: undefined });
  }

  /** The binding was accepted. */
  finishBinding(key: string): void {
    const state = this.#pods.get(key);
    if (state?.assumed === true && this.#ttl > 0) state.deadline = this.#clock.now() + this.#ttl;
  }

  /** The binding failed: the Pod is not there after all. */
  forget(key: string): void {
    if (this.#pods.get(key)?.assumed === true) this.#remove(key);
  }

  /** A Pod was seen on a node (again, or changed). Confirms an assumed one. */
  setPod(pod: Pod): void {
    const info = podInfo(pod);
    this.#remove(info.key);
    this.#put({ info, node: pod.spec?.nodeName ?? '', assumed: false, deadline: undefined });
  }

  removePod(pod: Pod): void {
    this.#remove(podKey(pod));
  }

  setNode(node: Node): void {
    const name = node.metadata?.name ?? '';
    const info = this.#nodeInfo(name);
    if (info.node === undefined || zoneKey(info.node) !== zoneKey(node)) this.#structureChanged = true;
    this.#replaceNode(info, node);
    this.#changed(name, (copy) => copy.setNode(node));
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info === undefined) return;
    this.#replaceNode(info, undefined);
    if (info.pods.size === 0) this.#nodes.delete(name);
    this.#structureChanged = true;
  }

  /** Lets go of assumed Pods that were never seen. */
  expire(): readonly PodInfo[] {
    const now = this.#clock.now();
    const gone: PodInfo[] = [];
    for (const [key, state] of this.#pods) {
      if (!state.assumed || state.deadline === undefined || state.deadline > now) continue;
      gone.push(state.info);
      this.#remove(key);
    }
    return gone;
  }

  snapshot(): Snapshot {
    if (this.#structureChanged) {
      this.#structureChanged = false;
      const known = nodeOrder([...this.#nodes.values()].filter((info) => info.node !== undefined));
      this.#order = known.map((info) => {
        const old = this.#byName.get(info.name);
        return old?.generation === info.generation ? old : info.clone();
      });
      this.#byName = new Map(this.#order.map((info) => [info.name, info]));
      this.#kinds = PodKinds.of(this.#order);
    } else {
      for (const [name, changes] of this.#changes) {
        const copy = this.#byName.get(name);
        const info = this.#nodes.get(name);
        if (copy === undefined || info === undefined) continue;
        for (const change of changes) change(copy);
        copy.generation = info.generation;
      }
    }
    this.#changes.clear();
    return {
      nodes: this.#order,
      byName: this.#byName,
      kinds: this.#kinds,
      nodesVersion: this.#nodesVersion,
    };
  }

  #replaceNode(info: NodeInfo, node: Node | undefined): void {
    for (const name of info.images.keys()) this.#imageNodes.set(name, (this.#imageNodes.get(name) ?? 1) - 1);
    this.#nodesVersion += 1;
    info.setNode(node);
    for (const name of info.images.keys()) this.#imageNodes.set(name, (this.#imageNodes.get(name) ?? 0) + 1);
  }

  #put(state: PodState): void {
    this.#pods.set(state.info.key, state);
    if (state.assumed) this.#assumed.set(state.info.key, state.node);
    this.#nodeInfo(state.node).addPod(state.info);
    this.#changed(state.node, (copy) => {
      copy.addPod(state.info);
      this.#kinds.add(state.info, copy);
    });
  }

  #remove(key: string): void {
    const state = this.#pods.get(key);
    if (state === undefined) return;
    this.#pods.delete(key);
    this.#assumed.delete(key);
    const node = this.#nodes.get(state.node);
    if (node === undefined) return;
    node.removePod(key);
    if (node.node === undefined && node.pods.size === 0) this.#nodes.delete(state.node);
    this.#changed(state.node, (copy) => {
      copy.removePod(key);
      this.#kinds.remove(state.info, copy);
    });
  }

  #changed(name: string, change: Change): void {
    const changes = this.#changes.get(name);
    if (changes === undefined) this.#changes.set(name, [change]);
    else changes.push(change);
  }

  #nodeInfo(name: string): NodeInfo {
    let info = this.#nodes.get(name);
    if (info === undefined) {
      info = new NodeInfo(name);
      this.#nodes.set(name, info);
    }
    return info;
  }
}
