import type { TokenUser } from './apiserver/auth/bearer-token.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Event } from '../base/event.ts';
import type { Simulation } from '../base/simulation.ts';
import type { ImageSpec } from '../shared/images/image-schema.ts';
import type { RsaSignatures } from '../base/jose/interface.ts';
import type { ClusterPki } from './kubeadm/pki/cluster-pki.ts';
import type { ControllerManagerView } from './controller/controller-manager/manager-views.ts';
import type { EtcdMemberFaults, EtcdMemberView } from './etcd/view/interface.ts';
import type { MachineFaults } from './faults/machine-faults.ts';
import type { EtcdGateway } from './gateway/etcd-interface.ts';
import type { ConnectHandlers, Gateway, MachineConnection } from './gateway/interface.ts';
import type { Machine } from './machine/interface.ts';
import type { MachineStore } from './machine/local-state.ts';
import type { Address, NetworkControl } from './network/interface.ts';
import type { TopologySpec } from './topology/interface.ts';

export type ComponentKind =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'container-runtime'
  | 'kube-proxy'
  | 'cni'
  | 'load-balancer'
  | 'storage-driver';

/**
 * `running`; `starting` (its unit is being started, or its static Pod's container is not up yet); `stopped`
 * by somebody; `failed` (it ended by itself and is not coming back, or is backing off); `machine-off`.
 */
export type ComponentHealth = 'running' | 'starting' | 'stopped' | 'failed' | 'machine-off';

/** One component of the cluster as the diagram and the checks see it. */
export interface ComponentStatus {
  /** `<machine>/<name>`, the form used in the causal log. */
  readonly actor: string;
  readonly machine: string;
  /** Process name, e.g. `kube-scheduler`, `containerd`. */
  readonly name: string;
  readonly kind: ComponentKind;
  readonly startedBy: 'unit' | 'static-pod';
  readonly health: ComponentHealth;
  readonly pid?: number;
  /** Virtual milliseconds since the Unix epoch; set while it runs. */
  readonly startedAt?: number;
  /** Why it failed, in one line. */
  readonly message?: string;
}

/** Where the output of a command goes, and where its input comes from. Text, not lines. */
export interface CommandIo {
  stdout(text: string): void;
  stderr(text: string): void;
  /** All of standard input; undefined where the caller has none. */
  readonly stdin?: string;
  /** Default `/root`. */
  readonly cwd?: string;
  readonly terminal?: CommandTerminal;
}

/** The terminal that a command writes to. */
export interface CommandTerminal {
  readonly size: { readonly columns: number; readonly rows: number };
  /** The command reads what is typed: keys from now on, or one line. */
  want(what: 'keys' | 'line'): void;
}

/** What is typed: keys (bytes as Latin-1), a line without its newline (null: the end), or the terminal's new size. */
export type CommandInput =
  | { readonly keys: string }
  | { readonly line: string | null }
  | { readonly columns: number; readonly rows: number };

/** A command running on a machine. */
export interface CommandHandle {
  /** Exit code; 255 when the machine could not be reached, 128 + signal number when it was killed. */
  readonly done: Promise<number>;
  /** Ctrl-C. */
  interrupt(): void;
  /** Somebody typed. */
  typed(input: CommandInput): void;
}

/** What a cluster keeps between runs of the app. The host implements it over its database. */
export interface ClusterStorage<EtcdBackend = unknown> {
  /**
   * A disk of an etcd member, by name: that of the machine, with a number when it is not the machine's first
   * (`cp-1#2`). Opened at every start of the member.
   */
  etcdBackend(disk: string): EtcdBackend;
  /** Files, containers, units and power switch of a machine. */
  machineStore(machine: string): MachineStore;
}

export interface ClusterOptions<EtcdBackend = unknown> {
  readonly simulation: Simulation;
  readonly topology: TopologySpec;
  readonly storage: ClusterStorage<EtcdBackend>;
  /** True when `storage` holds an earlier run: machines go on where they were frozen, nothing boots anew. */
  readonly resume: boolean;
  /** e.g. `v1.34.9` */
  readonly kubernetesVersion: string;
  /** Installed on the machines of a new cluster. */
  readonly pki: ClusterPki;
  /** What signs and checks service account tokens. */
  readonly rsa: RsaSignatures;
  /** Bearer tokens every API server knows, as `--token-auth-file` would give them. */
  readonly tokens?: ReadonlyMap<string, TokenUser>;
  /** Images that can be pulled beside those of every cluster. */
  readonly images?: readonly ImageSpec[];
}

/** A running cluster as the host sees it. Everything here takes effect inside the simulation, in virtual time. */
export interface Cluster extends Disposable {
  readonly simulation: Simulation;
  readonly topology: TopologySpec;
  readonly kubernetesVersion: string;
  /** Those of the topology in its order, then the one from which learners come (`console`, role `outside`). */
  readonly machines: readonly Machine[];
  /** @throws Error `machine "x" not found` */
  machine(name: string): Machine;
  readonly network: NetworkControl;
  /** The way in for HTTP calls from outside the simulation. */
  readonly gateway: Gateway;
  /** Whether an API server, or the load balancer before them, takes connections. Looking sends no message. */
  isServing(): boolean;
  /** When that may have changed. */
  readonly onDidChangeServing: Event<void>;
  readonly etcdGateway: EtcdGateway;

  /** In a stable order: by machine as in the topology, then by kind. */
  components(): readonly ComponentStatus[];
  /** Members of etcd, by machine as in the topology; those that do not run among them. Looking sends no message. */
  etcdMembers(): readonly EtcdMemberView[];
  /** By machine as in the topology; those that do not run among them. Looking sends no message. */
  controllerManagers(): readonly ControllerManagerView[];
  /** Fires when a component, a machine or a link changed. */
  readonly onDidChange: Event<void>;
  /**
   * Every Node is Ready, no static Pod of the control plane is missing, controller manager and scheduler have
   * leaders, and Pods can be created in `default`. Seen on etcd's disk: asking sends no message.
   */
  isReady(): boolean;

  /** Runs a command on a machine, as `ssh <machine> <argv…>` does. One argument is taken as a command line. */
  exec(machine: string, argv: readonly string[], io: CommandIo): CommandHandle;
  /** Whether the machine has power, and the network between it and the console is whole. */
  isReachable(machine: string): boolean;

  /**
   * Dials `to` from a machine in the name of a program on it, e.g. `curl`, and lets in what it asks. @throws Error
   * `machine "x" not found`
   */
  connect(machine: string, program: string, to: Address, handlers: ConnectHandlers): MachineConnection;

  /** Static Pods: the manifest is moved out of (or back into) the manifest folder; units: systemctl. @throws Error when unknown */
  stopComponent(machine: string, name: string): void;
  startComponent(machine: string, name: string): void;
  restartComponent(machine: string, name: string): void;
  /** Kills the process (SIGKILL); whatever supervises it decides what follows. */
  killComponent(machine: string, name: string): void;
  powerOff(machine: string): void;
  powerOn(machine: string): void;
  cutLink(from: string, to: string): void;
  healLink(from: string, to: string): void;
  /** Adds so many virtual milliseconds to each message from one machine to another; 0 removes them. */
  delayLink(from: string, to: string, ms: number): void;
  /** What root can break and mend on a machine: disk, clock, the runtime's socket, units. */
  readonly machineFaults: MachineFaults;
  /** The disk of an etcd member: how long a sync takes, and whether there is room. @throws Error when there is no member */
  setEtcdFaults(machine: string, faults: Partial<EtcdMemberFaults>): void;
  /**
   * A running member's data changes by itself: the newest value of `key` (a byte string), or of the newest key. The
   * others do not have it. @throws Error when there is no member
   */
  corruptEtcdMember(machine: string, key?: string): void;
  /** What an operator does with etcdctl. A refusal becomes a record of the member. @throws Error when it does not run */
  defragmentEtcdMember(machine: string): void;
  /** Makes the member on `machine` the leader. @throws Error when it does not run, or nobody leads */
  moveEtcdLeader(machine: string): void;
  /** Writes the member's data into a file on its machine and returns the path. @throws Error when it does not run */
  snapshotEtcdMember(machine: string): string;
}
