import type { Disposable } from '../base/disposable.ts';
import type { CausalRecord } from '../base/causal-record.ts';
import type { KubeObject } from '../cluster/api/types.ts';
import type { LocalizedText } from '../shared/contract/text.ts';

/** A change of one object. */
export interface ObjectChange {
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: KubeObject | undefined;
  readonly previous: KubeObject | undefined;
}

/** A command line of the learner's console that has finished. */
export interface CommandEntry {
  readonly line: string;
  readonly exit: number;
  /** Virtual milliseconds since the Unix epoch. */
  readonly time: number;
}

/** A key of etcd with its present value, as text. */
export interface EtcdKey {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** Decimal; `0` without a lease. */
  readonly lease: string;
}

export interface EtcdMemberState {
  readonly name: string;
  readonly machine: string;
  readonly running: boolean;
  readonly leader: boolean;
  readonly learner: boolean;
  readonly term: number;
  readonly index: number;
  readonly applied: number;
  /** Bytes. */
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  readonly alarms: readonly string[];
}

export interface EtcdState {
  /** Hexadecimal, as etcdctl prints it. */
  readonly clusterId: string;
  /** A leader that a majority of voters follows. */
  readonly quorum: boolean;
  /** The leader's name; empty without one. */
  readonly leader: string;
  readonly term: number;
  readonly revision: number;
  /** 0 before the first compaction. */
  readonly compactRevision: number;
  readonly members: readonly EtcdMemberState[];
}

/** etcd from outside: looking sends no message. */
export interface EtcdView {
  state(): EtcdState;
  get(key: string): EtcdKey | undefined;
  /** In the order of the keys. */
  list(prefix: string): readonly EtcdKey[];
  /** A key, a member or the agreement has changed. */
  onDidChange(listener: () => void): Disposable;
}

/** What the scheduler's framework says of a Pod as the cluster is now, the Pod itself left out. */
export interface PlacementView {
  /** Nodes on which every filter lets it pass. */
  readonly fits: readonly string[];
  /** Those of them with the best total. */
  readonly best: readonly string[];
  /** Why the others do not fit. */
  readonly refusals: ReadonlyMap<string, string>;
}

/** A container as its runtime keeps it. */
export interface SeenContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly name: string;
  readonly running: boolean;
}

export interface LogLine {
  /** Virtual milliseconds since the Unix epoch. */
  readonly time: number;
  readonly text: string;
}

/** A machine from outside. */
export interface MachineView {
  readonly powered: boolean;
  /** `active`, `inactive`, `failed` or `activating`; undefined when there is no such unit. */
  unit(name: string): string | undefined;
  /** Somebody listens at a Unix socket. */
  listens(socket: string): boolean;
  containers(): readonly SeenContainer[];
  hasImage(name: string): boolean;
  /** Of a unit, oldest first; empty when there is none. */
  journal(unit: string): readonly LogLine[];
  isRunning(process: string): boolean;
  /** Text of a file; for a folder its entries, one a line; undefined when it is not there. */
  read(path: string): string | undefined;
}

/**
 * A cluster as a grader sees it. A simulated cluster implements all of it; one behind a kubeconfig has
 * objects only.
 */
export interface ClusterView {
  list(apiVersion: string, kind: string, namespace?: string): readonly KubeObject[];
  onDidChange(listener: (change: ObjectChange) => void): Disposable;
  /** Newest record id plus one; undefined where there is no causal log. */
  nextRecord(): number | undefined;
  records(from: number): Iterable<CausalRecord>;
  record(id: number): CausalRecord | undefined;
  /** Undefined where etcd cannot be seen. */
  readonly etcd: EtcdView | undefined;
  /** Undefined where a cycle cannot be done again. */
  placement(pod: KubeObject): PlacementView | undefined;
  /** Virtual milliseconds since the Unix epoch. */
  now(): number;
  /** What is kept of the logs of a Pod's containers, or of one of them; empty where they cannot be read. */
  containerLog(pod: KubeObject, container?: string): readonly LogLine[];
  /** Undefined where machines cannot be seen, or there is none of that name. */
  machine(name: string): MachineView | undefined;
  /** A machine, a process or a file has changed. */
  onDidChangeMachines(listener: () => void): Disposable;
}

/** What a check finds. `expected` and `actual` are for the learner, in both languages. */
export interface CheckResult {
  /** 0 to 1. */
  readonly credit: number;
  readonly expected: LocalizedText;
  readonly actual: LocalizedText;
}

/** What a check may look at. */
export interface CheckContext {
  readonly cluster: ClusterView;
  /** Commands since the step began. */
  readonly commands: readonly CommandEntry[];
}

/**
 * One running check. It is told what happens from the start of its step on, and asked for a result whenever
 * something it depends on has changed. `state` is JSON: it survives a restart of the app.
 */
export interface Check {
  /** True when the change matters: the result is to be asked for again. */
  onChange?(change: ObjectChange, context: CheckContext): boolean;
  /** Something about etcd has changed; true when the result may differ. */
  onEtcd?(context: CheckContext): boolean;
  /** True when machines matter: one of them has changed. */
  onMachines?(): boolean;
  /** Looks at records from the last one seen on; true when the result may differ. */
  onRecords?(context: CheckContext): boolean;
  /** True when a command matters. */
  onCommand?(command: CommandEntry): boolean;
  evaluate(context: CheckContext): CheckResult;
  state?(): unknown;
}

/** Makes a check of its specification; `state` is what an earlier one kept. */
export type CheckFactory<S> = (spec: S, context: CheckContext, state: unknown) => Check;
