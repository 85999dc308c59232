import type { Clock } from '../../../base/clock.ts';
import type { Rand } from '../../../base/rand.ts';
import type { ApiClient } from '../../client/interface.ts';
import type { PreemptionCandidate } from '../cycle-trace.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import type { EventRegistration } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { PodKinds } from './pod-kinds.ts';
import type { Status } from './status.ts';
import type { WaitingPod } from './waiting-pods.ts';

/** A plugin: a name, and any of the extension points below. Models k8s.io/kube-scheduler framework (v1.34). */
export interface Plugin {
  readonly name: string;
  /** Events that may make a Pod schedulable which this plugin refused. */
  readonly events?: readonly EventRegistration[];
}

export interface QueuedPod {
  readonly info: PodInfo;
  /** Virtual milliseconds at which it was (last) put into the queue. */
  readonly timestamp: number;
}

export interface QueueSortPlugin extends Plugin {
  less(a: QueuedPod, b: QueuedPod): boolean;
}

export interface PreEnqueuePlugin extends Plugin {
  preEnqueue(pod: PodInfo): Status | undefined;
}

/** Nodes that need be looked at; undefined stands for all. */
export interface PreFilterResult {
  readonly nodeNames?: ReadonlySet<string>;
}

export interface PreFilterPlugin extends Plugin {
  preFilter(
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
  ): PreFilterResult | Status | undefined;
}

/** Keeps what `preFilter` found up to date while Pods are added to and taken from a node in thought. */
export interface PreFilterExtensions {
  addPod(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): void;
  removePod(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): void;
}

export interface FilterPlugin extends Plugin {
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
}

/** Nominates a node, or says why nothing can be done. */
export interface PostFilterResult {
  readonly nominatedNodeName?: string;
  /** All nodes on which room could have been made, for the record. */
  readonly candidates?: readonly PreemptionCandidate[];
  readonly status: Status | undefined;
}

export interface PostFilterPlugin extends Plugin {
  postFilter(
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
    filtered: ReadonlyMap<string, Status>,
  ): PostFilterResult;
}

export interface PreScorePlugin extends Plugin {
  preScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined;
}

export interface ScorePlugin extends Plugin {
  /** Any integers, in the order of the nodes; between 0 and 100 after `normalize`. */
  score(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): number[];
  normalize?(state: CycleState, pod: PodInfo, scores: number[]): void;
}

export interface ReservePlugin extends Plugin {
  reserve(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined;
  unreserve(state: CycleState, pod: PodInfo, nodeName: string): void;
}

export interface PermitPlugin extends Plugin {
  /** `Wait` holds the Pod for at most `timeout` milliseconds. */
  permit(
    state: CycleState,
    pod: PodInfo,
    nodeName: string,
  ): { readonly status: Status | undefined; readonly timeout: number };
}

export interface PreBindPlugin extends Plugin {
  preBind(state: CycleState, pod: PodInfo, nodeName: string): Promise<Status | undefined>;
}

export interface BindPlugin extends Plugin {
  /** `Skip` passes the Pod on to the next bind plugin. */
  bind(state: CycleState, pod: PodInfo, nodeName: string): Promise<Status | undefined>;
}

export interface PostBindPlugin extends Plugin {
  postBind(state: CycleState, pod: PodInfo, nodeName: string): void;
}

/** What a plugin may use of the scheduler. */
export interface Handle {
  /** Nodes by image name that have it, and how many nodes there are. */
  images(): { readonly imageNodes: ReadonlyMap<string, number>; readonly nodeCount: number };
  readonly objects: ClusterObjects;
  /** All nodes of the running cycle. */
  nodes(): readonly NodeInfo[];
  /** Where it is kept from cycle to cycle: Pods on those nodes by kind, and a number that changes with every change of a node. */
  kept?(): { readonly kinds: PodKinds; readonly nodesVersion: number };
  readonly client: ApiClient;
  readonly rand: Rand;
  /** Version of kube-scheduler, e.g. `v1.34.9`, which it also is when nothing is said. */
  readonly release?: string;
  /** Absent where nothing is bound. */
  readonly clock?: Clock;
  /** Pods that wait for a permit, by `namespace/name`; for permit plugins to allow or reject. */
  readonly waitingPods?: ReadonlyMap<string, WaitingPod>;
  /** All filters of the profile on one node: the first refusal, or undefined. */
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
  /** Tells the plugins that `other` is now, in this state, on the node. */
  addPod(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): void;
  removePod(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): void;
  /** Has the victims deleted, so that `pod` may get their place on the node it is nominated to. */
  preempt(pod: PodInfo, nodeName: string, victims: readonly PodInfo[]): void;
}

/** Makes a plugin. `args` is its part of the configuration. */
export type PluginFactory = (args: unknown, handle: Handle) => Plugin;

export const maxNodeScore = 100;
