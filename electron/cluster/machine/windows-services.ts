import type { Disposable } from '../../base/disposable.ts';
import type {
  ExitStatus,
  JournalEntry,
  Process,
  Unit,
  UnitDefinition,
  UnitExit,
  UnitManager,
} from './interface.ts';
import { SERVICE_CONTROL_MANAGER } from './interface.ts';
import { UnitJournal } from './journal.ts';
import type { UnitHost } from './units.ts';

const ERROR = 3;
const INFO = 6;

interface StoredService {
  readonly enabled: boolean;
  /** Running, or meant to be, when the machine was last seen. */
  readonly wanted: boolean;
  readonly masked?: boolean;
}

interface Entry {
  readonly definition: UnitDefinition;
  readonly journal: UnitJournal;
  process: Process | undefined;
  pendingRestart: Disposable | undefined;
  failed: boolean;
  since: number | undefined;
  last: UnitExit | undefined;
  /** How often it ended by itself since it was last started by somebody. */
  ends: number;
}

/**
 * The Service Control Manager of Windows, as far as services are started, stopped and watched. A service that is `enabled` starts by
 * itself (Automatic), else by hand (Manual); `masked` is Disabled. Without `restart` one that ends stays stopped.
 */
export class WindowsServices implements UnitManager {
  readonly #host: UnitHost;
  readonly #entries = new Map<string, Entry>();

  constructor(host: UnitHost) {
    this.#host = host;
  }

  get list(): readonly Unit[] {
    return [...this.#entries.values()].map((entry) => this.#view(entry));
  }

  define(unit: UnitDefinition): void {
    const fresh = { process: undefined, pendingRestart: undefined, failed: false, since: undefined };
    this.#entries.set(unit.name, {
      definition: unit,
      journal: new UnitJournal(),
      last: undefined,
      ends: 0,
      ...fresh,
    });
    if (this.#host.state.get(`unit:${unit.name}`) === undefined)
      this.#store(unit.name, { enabled: true, wanted: true });
  }

  get(name: string): Unit | undefined {
    const entry = this.#entries.get(name);
    return entry === undefined ? undefined : this.#view(entry);
  }

  /** What a service runs is in the registry, not in files: there is nothing to read again. */
  reload(): void {
    this.#host.changed();
  }

  start(name: string): void {
    const entry = this.#find(name);
    if (this.#storedOf(name).masked === true)
      throw new Error(`Cannot start service ${name} on computer '.'.`);
    for (const other of entry.definition.dependsOn ?? [])
      if (this.#entries.get(other)?.process === undefined) this.start(other);
    this.#store(name, { ...this.#storedOf(name), wanted: true });
    entry.ends = 0;
    if (entry.process === undefined) this.#launch(entry);
  }

  stop(name: string): void {
    const entry = this.#find(name);
    this.#store(name, { ...this.#storedOf(name), wanted: false });
    entry.pendingRestart?.dispose();
    entry.pendingRestart = undefined;
    entry.failed = false;
    entry.process?.kill('SIGTERM');
    this.#host.changed();
  }

  restart(name: string): void {
    const { process } = this.#find(name);
    this.stop(name);
    if (process === undefined) this.start(name);
    else process.onDidExit(() => this.#host.context.clock.setTimeout(() => this.start(name), 0));
  }

  reset(name: string): void {
    this.#find(name).failed = false;
  }

  enable(name: string, enabled: boolean): void {
    this.#find(name);
    this.#store(name, { ...this.#storedOf(name), enabled });
  }

  mask(name: string, masked: boolean): void {
    this.#find(name);
    this.#store(name, { ...this.#storedOf(name), masked });
  }

  journal(name: string): readonly JournalEntry[] {
    return this.#find(name).journal.entries;
  }

  /** At power-on: what starts by itself. When the app resumes a machine: what was running. */
  boot(resume: boolean): void {
    for (const [name] of this.#entries) {
      const { wanted, enabled, masked } = this.#storedOf(name);
      if (masked !== true && (resume ? wanted : enabled)) this.start(name);
    }
  }

  /** The machine lost power. */
  halt(): void {
    for (const entry of this.#entries.values()) {
      entry.pendingRestart?.dispose();
      entry.pendingRestart = undefined;
      entry.process = undefined;
    }
  }

  #launch(entry: Entry): void {
    const { name, program, argv, description } = entry.definition;
    entry.pendingRestart?.dispose();
    entry.pendingRestart = undefined;
    entry.failed = false;
    const process = this.#host.spawn({ name, program, argv });
    entry.process = process;
    entry.since = this.#host.now();
    this.#write(entry, `The ${description} service entered the running state.`);
    process.onDidWrite(({ line }) => this.#write(entry, line, INFO, name, process.pid));
    process.onDidExit((status) => {
      if (entry.process === process) this.#ended(entry, process, status);
    });
    this.#host.changed();
  }

  #ended(entry: Entry, process: Process, status: ExitStatus): void {
    const { name, description, restart, restartSeconds } = entry.definition;
    entry.process = undefined;
    entry.since = this.#host.now();
    entry.last = {
      pid: process.pid,
      code: status.signal === undefined ? 'exited' : 'killed',
      status: String(status.code),
      startedAt: process.startedAt,
    };
    if (!this.#storedOf(name).wanted) {
      this.#write(entry, `The ${description} service entered the stopped state.`);
      this.#host.changed();
      return;
    }
    entry.ends += 1;
    entry.failed = true;
    this.#write(
      entry,
      `The ${description} service terminated unexpectedly.  It has done this ${entry.ends} time(s).`,
      ERROR,
    );
    if (restart === 'always')
      entry.pendingRestart = this.#host.context.clock.setTimeout(
        () => this.#launch(entry),
        restartSeconds * 1000,
      );
    this.#host.changed();
  }

  #view(entry: Entry): Unit {
    const { definition, process, pendingRestart, failed, since, last } = entry;
    const { enabled, masked = false } = this.#storedOf(definition.name);
    return {
      name: definition.name,
      description: definition.description,
      enabled,
      masked,
      active:
        process !== undefined
          ? 'active'
          : pendingRestart !== undefined
            ? 'activating'
            : failed
              ? 'failed'
              : 'inactive',
      result: failed ? 'exit-code' : 'success',
      process,
      since,
      last,
      file: undefined,
      changedOnDisk: false,
    };
  }

  #write(
    entry: Entry,
    message: string,
    priority = INFO,
    identifier = SERVICE_CONTROL_MANAGER,
    pid = 4,
  ): void {
    entry.journal.add({ time: this.#host.now(), identifier, pid, message, priority });
  }

  #find(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`Cannot find any service with service name '${name}'.`);
    return entry;
  }

  #storedOf(name: string): StoredService {
    const stored = this.#host.state.get(`unit:${name}`) as StoredService | undefined;
    return stored ?? { enabled: false, wanted: false };
  }

  #store(name: string, service: StoredService): void {
    this.#host.state.set(`unit:${name}`, service);
  }
}
