import type { Context } from '../../base/context.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import type { NetworkAccess } from '../network/interface.ts';

export type MachineRole = 'control-plane' | 'worker' | 'outside';

/** What a topology says of a machine. */
export interface MachineSpec {
  readonly name: string;
  readonly role: MachineRole;
  /** Primary address, e.g. `10.0.0.10`. */
  readonly ip: string;
  readonly os: 'linux' | 'windows';
  /** `topology.kubernetes.io/zone`; undefined where there are no zones. */
  readonly zone?: string;
  readonly region?: string;
  /** Logical cores, memory and disk in bytes. */
  readonly cpus: number;
  readonly memory: number;
  readonly disk: number;
  /** False for machines of a managed control plane: they run no kubelet and never appear as Nodes. */
  readonly isNode: boolean;
}

/** A machine's files: absolute path to text. Kept across power-off; persisted by the host. */
export interface FileSystem {
  /** @throws Error `open <path>: no such file or directory` */
  read(path: string): string;
  exists(path: string): boolean;
  write(path: string, text: string): void;
  /** A file in memory (tmpfs): `text` makes its content when somebody first reads it; gone with the power, and not kept by the host. */
  provide(path: string, text: () => string): void;
  isFolder(path: string): boolean;
  /** Makes a folder that stays when it is empty; one in memory goes with the power. @throws Error `mkdir <path>: file exists` */
  makeFolder(path: string, medium?: 'disk' | 'memory'): void;
  /** Removes a file, or a folder with all below it. @throws Error `remove <path>: no such file or directory` */
  remove(path: string): void;
  rename(from: string, to: string): void;
  /** Names directly below a folder, sorted; a folder's name ends in `/`. Empty when there is none. */
  list(folder: string): readonly string[];
  /** Fires with the path of whatever was written or removed below `folder`, as an event of its own (inotify). */
  watch(folder: string, changed: (path: string) => void): Disposable;
}

/** Node-local state other than files (containers, images, units), by key; JSON-safe; survives power-off. */
export interface LocalState {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  delete(key: string): void;
  keys(prefix: string): readonly string[];
}

/** How a process ended. `signal` is set when it was killed. */
export interface ExitStatus {
  readonly code: number;
  readonly signal?: 'SIGTERM' | 'SIGKILL';
  /** For a crash: what went wrong, in one line. */
  readonly message?: string;
}

/** What a running program sees of the world. */
export interface ProcessContext extends Context {
  readonly pid: number;
  readonly machine: MachineSpec;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: FileSystem;
  readonly state: LocalState;
  readonly net: NetworkAccess;
  /** Address of this process where it differs from the machine's (a Pod's IP). */
  readonly ip: string;
  stdout(line: string): void;
  stderr(line: string): void;
  /**
   * Runs async work that belongs to this process. If it rejects, that is a bug: the process crashes with
   * exit code 2 and the message on stderr. Use it instead of a floating promise.
   */
  go(work: () => Promise<void>): void;
  /** Registered handlers run on SIGTERM; a program without one ends at once. */
  onTerminate(handler: () => void): void;
}

/** A simulated program. The process ends with the code it resolves to; it may never resolve. */
export type Program = (process: ProcessContext) => Promise<number>;

export interface ProcessOptions {
  /** Name shown in the diagram and the log, e.g. `kube-scheduler`. Unique per machine for components. */
  readonly name: string;
  readonly program: Program;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A Pod's IP; default the machine's. */
  readonly ip?: string;
}

/** A process from outside: what the container runtime, systemd and the fault verbs hold. */
export interface Process {
  readonly pid: number;
  readonly name: string;
  /** `<machine>/<name>` */
  readonly actor: string;
  readonly argv: readonly string[];
  /** Virtual milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly exit: ExitStatus | undefined;
  readonly onDidExit: Event<ExitStatus>;
  /** Newest lines of stdout and stderr, bounded. */
  readonly onDidWrite: Event<{
    readonly stream: 'stdout' | 'stderr';
    readonly line: string;
    readonly time: number;
  }>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** A machine: a power switch, files, local state, processes. */
export interface Machine {
  readonly spec: MachineSpec;
  readonly powered: boolean;
  readonly files: FileSystem;
  readonly state: LocalState;
  readonly processes: readonly Process[];
  readonly onDidChange: Event<void>;
  /** @throws Error when the machine is off. */
  spawn(options: ProcessOptions): Process;
  /** Every process dies at once; connections of others to it time out. */
  powerOff(): void;
  /** Starts what boots: the enabled systemd units. */
  powerOn(): void;
  readonly units: UnitManager;
}

/** A systemd service. */
export interface Unit {
  /** Without `.service`, e.g. `kubelet`. */
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly active: 'active' | 'inactive' | 'failed' | 'activating';
  readonly process: Process | undefined;
}

export interface UnitDefinition {
  readonly name: string;
  readonly description: string;
  readonly program: Program;
  readonly argv: readonly string[];
  /** `always`: started again `restartSeconds` after it ended by itself. */
  readonly restart: 'always' | 'no';
  readonly restartSeconds: number;
}

/** systemctl's verbs. Whether a unit is enabled and was stopped by hand survives power-off and restart of the app. */
export interface UnitManager {
  define(unit: UnitDefinition): void;
  readonly list: readonly Unit[];
  get(name: string): Unit | undefined;
  /** @throws Error `Unit x.service could not be found.` */
  start(name: string): void;
  stop(name: string): void;
  restart(name: string): void;
  /** @throws Error as above. */
  enable(name: string, enabled: boolean): void;
  /** Lines of `journalctl -u name`, newest last, bounded. */
  journal(name: string): readonly { readonly time: number; readonly line: string }[];
}
