import type { Context } from '../../base/context.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import type { NetworkAccess } from '../network/interface.ts';
import type { UnitFile } from './unit-file.ts';

export type MachineRole = 'control-plane' | 'worker' | 'outside';

/** Container runtimes that a machine may have; `mirantis`: Mirantis Container Runtime, Docker's engine under another name. */
export type RuntimeName = 'containerd' | 'cri-o' | 'docker' | 'mirantis';

/** What a topology says of a machine. */
export interface MachineSpec {
  readonly name: string;
  readonly role: MachineRole;
  /** Primary address, e.g. `10.0.0.10`. */
  readonly ip: string;
  readonly os: 'linux' | 'windows';
  /** Windows' build, e.g. `10.0.20348`. */
  readonly osVersion?: string;
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

/** What `ls -l` says of a file. Times in virtual milliseconds since the Unix epoch. */
export interface FileStat {
  readonly kind: 'file' | 'folder' | 'link';
  /** Bytes. */
  readonly size: number;
  /** Characters at the beginning that count as bytes and are not kept: what is read begins after them. */
  readonly elided?: number;
  /** Permission bits. */
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
  readonly modifiedAt: number;
}

/**
 * Files that are made when somebody looks (`/proc`), beside those that were written below the same folder. Paths are
 * relative to it; the folder itself is the empty one.
 */
export interface MountedFolder {
  /** Undefined where there is nothing. */
  stat(path: string): FileStat | undefined;
  /** Names directly below; a folder's ends in `/`. */
  list(path: string): readonly string[];
  read(path: string): string;
  readLink?(path: string): string | undefined;
}

/** A disk in the machine's mount table. */
export interface MountedDisk {
  /** e.g. `/dev/oracleoci/oraclevdb` */
  readonly device: string;
  readonly folder: string;
}

/** The disk that holds a machine's files. Bytes. */
export interface MachineDisk {
  readonly capacity: number;
  readonly used: number;
  /** Whole blocks of 4,096. */
  readonly available: number;
  readonly inodes: { readonly capacity: number; readonly used: number };
  /** What is on the disk beside files (images, layers of containers): so much from now on. */
  hold(what: string, bytes: number, inodes?: number): void;
  /** Bytes that `hold` said last; 0 for nothing. */
  held(what: string): number;
}

/** A machine's files: absolute path to text. Links are followed. Kept across power-off; persisted by the host. */
export interface FileSystem {
  /** @throws MachineFileError `open <path>: no such file or directory` */
  read(path: string): string;
  exists(path: string): boolean;
  /**
   * `mode` is that of a file which is new; others keep theirs.
   * @throws MachineFileError `write <path>: no space left on device`
   */
  write(path: string, text: string, mode?: number): void;
  /**
   * Writes at the end. Of a file that is longer than twice `keep` (characters) only the last lines are kept, about so many; all count as its
   * size. @throws MachineFileError as above
   */
  append(path: string, text: string, keep: number): void;
  /** A file of so many bytes without content. @throws MachineFileError as above */
  allocate(path: string, bytes: number): void;
  /** Undefined where there is nothing. */
  stat(path: string): FileStat | undefined;
  /** As `stat`, of a link itself. */
  lstat(path: string): FileStat | undefined;
  /** Makes a symbolic link. @throws MachineFileError `symlink <path>: file exists` */
  link(path: string, target: string): void;
  /** Where a link leads, as it was written; undefined for what is none. */
  readLink(path: string): string | undefined;
  /** The path with all links followed. */
  realPath(path: string): string;
  /** @throws MachineFileError `chmod <path>: no such file or directory` */
  chmod(path: string, mode: number): void;
  /** @throws MachineFileError as above */
  chown(path: string, owner: string, group: string): void;
  /** Sets the time. @throws MachineFileError as above */
  touch(path: string, time: number): void;
  /** A file in memory (tmpfs): `text` makes its content when somebody first reads it; gone with the power, and not kept by the host. */
  provide(path: string, text: () => string): void;
  isFolder(path: string): boolean;
  /** Makes a folder that stays when it is empty; one in memory goes with the power. @throws MachineFileError `mkdir <path>: file exists` */
  makeFolder(path: string, medium?: 'disk' | 'memory'): void;
  /** Removes a file, a link, or a folder with all below it. @throws MachineFileError `remove <path>: no such file or directory` */
  remove(path: string): void;
  /** Of a file, a link, or a folder with all below it. */
  rename(from: string, to: string): void;
  /** Names directly below a folder, sorted; a folder's name ends in `/`. Empty when there is none. */
  list(folder: string): readonly string[];
  /**
   * What is on a disk is seen in `folder`, which is made; several folders may show one disk. Lost with the power.
   * @throws Error `mount: <folder>: special device <device> does not exist.`
   */
  mount(device: string, folder: string): void;
  /** @throws Error `umount: <folder>: not mounted.` */
  unmount(folder: string): void;
  /** Sorted by folder. */
  mounts(): readonly MountedDisk[];
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

/** What the processes of one container have, as its cgroup counts it. Bytes; processor time in milliseconds of one core. */
export interface ControlGroup {
  /** Of its first process. */
  readonly pid: number;
  readonly command: string;
  readonly memory: number;
  /** 0: no limit. */
  readonly memoryLimit: number;
  readonly processes: number;
  /** Cores in use now. */
  readonly cores: number;
  /** Cores it may use; 0: no limit. */
  readonly coreLimit: number;
  readonly usedMs: number;
  readonly throttledMs: number;
  /** How gladly the kernel ends it when memory runs out: -1000 (never) to 1000. */
  readonly oomScoreAdjust: number;
  /** Ends all its processes (`OOMKilled`). */
  endForMemory(): void;
}

/** What a machine's kernel counts. */
export interface Kernel {
  /** By container id. */
  readonly groups: ReadonlyMap<string, ControlGroup>;
  /** Bytes: of containers together (`groups`), and of everything else. */
  readonly memory: {
    readonly capacity: number;
    readonly available: number;
    readonly groups: number;
    readonly system: number;
  };
  readonly processes: { readonly max: number; readonly running: number };
  /** Memory ran out, and a container ends for it. */
  readonly onDidRunOut: Event<{ readonly group: ControlGroup }>;
  add(id: string, group: ControlGroup): void;
  remove(id: string): void;
  /** A container holds something else than before: when it is too much for the machine, one ends. */
  memoryChanged(id: string): void;
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
  readonly kernel: Pick<Kernel, 'groups' | 'memory' | 'processes' | 'onDidRunOut'>;
  readonly disk: MachineDisk;
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
  /** Called when the machine is to be switched off (not when its power is cut), which waits for it. Models logind's delay locks. */
  inhibitShutdown(prepare: () => Promise<void>): Disposable;
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
  readonly disk: MachineDisk;
  /** Shows a folder of files that are made when somebody looks. */
  mount(path: string, folder: MountedFolder): void;
  readonly state: LocalState;
  readonly kernel: Kernel;
  readonly processes: readonly Process[];
  readonly onDidChange: Event<void>;
  /** What the machine's clock shows: virtual milliseconds since the Unix epoch, with what it is wrong by. */
  now(): number;
  /** Sets the clock. Timers are not moved by it. */
  setClock(time: number): void;
  /** Milliseconds that the clock is ahead (or, below zero, behind). */
  readonly clockSkew: number;
  /** When it was last switched on, by its own clock. */
  readonly bootedAt: number;
  /** Ports and Unix sockets on which its processes listen. */
  listeners(): readonly {
    readonly ip: string;
    readonly port: string;
    readonly protocol: string;
    readonly process: Process | undefined;
  }[];
  /** @throws Error when the machine is off. */
  spawn(options: ProcessOptions): Process;
  /** Resolves when everybody who holds back a shutdown is ready for it; `powerOff` follows. */
  prepareShutdown(): Promise<void>;
  /** Every process dies at once; connections of others to it time out. */
  powerOff(): void;
  /** Starts what boots: the enabled systemd units. */
  powerOn(): void;
  readonly units: UnitManager;
}

/** Who writes into the journal what becomes of a service of Windows. */
export const SERVICE_CONTROL_MANAGER = 'Service Control Manager';

/** One line of the journal. */
export interface JournalEntry {
  readonly time: number;
  /** Who wrote it, e.g. `kubelet` or `systemd`. */
  readonly identifier: string;
  readonly pid: number;
  readonly message: string;
  /** As syslog counts: 3 error, 4 warning, 5 notice, 6 informational. */
  readonly priority: number;
}

/** How the last process of a service ended. */
export interface UnitExit {
  readonly pid: number;
  /** `exited` or `killed`, and e.g. `1/FAILURE`, `9/KILL`. */
  readonly code: string;
  readonly status: string;
  readonly startedAt: number;
}

/** A systemd service, or one of Windows. */
export interface Unit {
  /** Without `.service`, e.g. `kubelet`. */
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly masked: boolean;
  readonly active: 'active' | 'inactive' | 'failed' | 'activating';
  /** `success`, `exit-code`, `signal`, `resources`. */
  readonly result: string;
  readonly process: Process | undefined;
  /** When it came into its state; undefined before it was ever started. */
  readonly since: number | undefined;
  readonly last: UnitExit | undefined;
  /** As it was loaded; undefined for a unit without files. */
  readonly file: UnitFile | undefined;
  /** Its files are others now than when they were loaded. */
  readonly changedOnDisk: boolean;
}

export interface UnitDefinition {
  readonly name: string;
  readonly description: string;
  readonly program: Program;
  /** What its file says to run where `files` is not given; `program` is what runs for the first word. */
  readonly argv: readonly string[];
  /** Whether its package is installed, and so its files and its program are there. Default: always. */
  readonly isInstalled?: () => boolean;
  /** `always`: started again `restartSeconds` after it ended by itself. */
  readonly restart: 'always' | 'no';
  readonly restartSeconds: number;
  /** What its package brings, by path: written once, taken away with the package. */
  readonly files?: Readonly<Record<string, string>>;
  /** Services of Windows that have to run before it. */
  readonly dependsOn?: readonly string[];
}

/** systemctl's verbs, which Windows' services have too (`machine/windows-services.ts`). Whether a unit is enabled and was stopped by hand survives power-off and restart of the app. */
export interface UnitManager {
  define(unit: UnitDefinition): void;
  readonly list: readonly Unit[];
  get(name: string): Unit | undefined;
  /** Reads all units' files again (`daemon-reload`), those of packages that came or went among them. */
  reload(): void;
  /** @throws Error `Unit x.service could not be found.`, `Unit x.service is masked.` */
  start(name: string): void;
  stop(name: string): void;
  restart(name: string): void;
  /** Forgets that it failed. */
  reset(name: string): void;
  /** @throws Error as above. */
  enable(name: string, enabled: boolean): void;
  /** @throws Error as above. */
  mask(name: string, masked: boolean): void;
  /** Entries of `journalctl -u name`, newest last, bounded. */
  journal(name: string): readonly JournalEntry[];
}
