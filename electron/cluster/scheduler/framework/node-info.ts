import type { Labels } from '../../apimachinery/labels.ts';
import type { Node, Taint } from '../../api/types.ts';
import type { HostPort, PodInfo } from './pod-info.ts';
import type { Resource } from './resource.ts';
import { addResource, cloneResource, emptyResource, readResourceList } from './resource.ts';

let generations = 0;
const noImages: ReadonlyMap<string, number> = new Map();

/** How many Pods of a node, none of them being deleted, are of one namespace and have the same labels. */
export interface PodGroup {
  readonly namespace: string;
  readonly labels: Labels | undefined;
  readonly count: number;
}

/**
 * A node with the Pods on it and their sums. The cache changes its own copy; a snapshot holds clones, which
 * nobody changes. Models framework.NodeInfo (v1.34).
 */
export class NodeInfo {
  readonly name: string;
  /** Undefined while Pods are known of a node that is not. */
  node: Node | undefined;
  readonly pods: Map<string, PodInfo>;
  /** The Pods again, by what selectors see of them: a node has many Pods and few kinds. */
  readonly podGroups: Map<string, PodGroup>;
  readonly requested: Resource;
  /** CPU and memory with stand-ins for missing requests. */
  readonly nonZero: { milliCpu: number; memory: number };
  allocatable: Resource;
  /** Undefined for none. */
  taints: readonly Taint[] | undefined;
  /** Bytes by image name. */
  images: ReadonlyMap<string, number>;
  readonly hostPorts: Map<string, HostPort>;
  /** Grows with every change of any node. Ordering only: its values mean nothing. */
  generation: number;

  constructor(name: string, from?: NodeInfo) {
    this.name = name;
    this.node = from?.node;
    this.pods = new Map(from?.pods);
    this.podGroups = new Map(from?.podGroups);
    this.requested = from === undefined ? emptyResource() : cloneResource(from.requested);
    this.nonZero = from === undefined ? { milliCpu: 0, memory: 0 } : { ...from.nonZero };
    this.allocatable = from?.allocatable ?? emptyResource();
    this.taints = from?.taints;
    this.images = from?.images ?? noImages;
    this.hostPorts = new Map(from?.hostPorts);
    this.generation = from?.generation ?? (generations += 1);
  }

  clone(): NodeInfo {
    return new NodeInfo(this.name, this);
  }

  setNode(node: Node | undefined): void {
    this.node = node;
    this.allocatable = readResourceList(
      node?.status?.allocatable as Readonly<Record<string, string>> | undefined,
    );
    const taints = node?.spec?.taints;
    this.taints = taints === undefined || taints.length === 0 ? undefined : taints;
    const images = node?.status?.images ?? [];
    this.images =
      images.length === 0
        ? noImages
        : new Map(
            images.flatMap(({ names = [], sizeBytes = 0 }) =>
              names.map((name) => [name, sizeBytes] as const),
            ),
          );
    this.#changed();
  }

  addPod(info: PodInfo): void {
    this.pods.set(info.key, info);
    this.#count(info, 1);
    for (const port of info.hostPorts) this.hostPorts.set(portKey(port), port);
    this.#changed();
  }

  removePod(key: string): void {
    const info = this.pods.get(key);
    if (info === undefined) return;
    this.pods.delete(key);
    this.#count(info, -1);
    for (const port of info.hostPorts) this.hostPorts.delete(portKey(port));
    this.#changed();
  }

  #count(info: PodInfo, sign: 1 | -1): void {
    if (info.group !== undefined) this.#countGroup(info.group, info, sign);
    addResource(this.requested, info.requests, sign);
    this.nonZero.milliCpu += sign * info.nonZero.milliCpu;
    this.nonZero.memory += sign * info.nonZero.memory;
  }

  #countGroup(group: string, { pod: { metadata } }: PodInfo, sign: 1 | -1): void {
    const before = this.podGroups.get(group);
    const count = (before?.count ?? 0) + sign;
    if (count === 0) this.podGroups.delete(group);
    else {
      this.podGroups.set(group, { namespace: metadata?.namespace ?? '', labels: metadata?.labels, count });
    }
  }

  #changed(): void {
    this.generation = generations += 1;
  }
}

function portKey(port: HostPort): string {
  return `${port.ip}/${port.protocol}/${port.port}`;
}
