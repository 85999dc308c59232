import type { Context } from '../../base/context.ts';
import type { Disposable } from '../../base/disposable.ts';
import { expandArguments } from './unit-arguments.ts';
import type {
  FileSystem,
  LocalState,
  Process,
  ProcessOptions,
  Unit,
  UnitDefinition,
  UnitManager,
} from './interface.ts';

const JOURNAL_LINES = 2_000;

interface StoredUnit {
  readonly enabled: boolean;
  /** Running, or meant to be, when the machine was last seen. */
  readonly wanted: boolean;
}

interface UnitEntry {
  readonly definition: UnitDefinition;
  readonly journal: { time: number; line: string }[];
  process: Process | undefined;
  pendingRestart: Disposable | undefined;
  failed: boolean;
}

function isInstalled({ definition }: UnitEntry): boolean {
  return definition.isInstalled?.() !== false;
}

/** What units need of their machine. */
export interface UnitHost {
  readonly context: Context;
  readonly state: LocalState;
  readonly files: FileSystem;
  readonly machine: string;
  spawn(options: ProcessOptions): Process;
  changed(): void;
}

/** systemd in small: services that are started at boot, restarted when they end, and stopped by hand. */
export class SystemdUnits implements UnitManager {
  readonly #host: UnitHost;
  readonly #units = new Map<string, UnitEntry>();

  constructor(host: UnitHost) {
    this.#host = host;
  }

  get list(): readonly Unit[] {
    return [...this.#units.values()].filter(isInstalled).map((entry) => this.#view(entry));
  }

  define(unit: UnitDefinition): void {
    this.#units.set(unit.name, {
      definition: unit,
      journal: [],
      process: undefined,
      pendingRestart: undefined,
      failed: false,
    });
    if (this.#stored(unit.name) === undefined) this.#store(unit.name, { enabled: true, wanted: true });
  }

  get(name: string): Unit | undefined {
    const entry = this.#units.get(name);
    return entry === undefined || !isInstalled(entry) ? undefined : this.#view(entry);
  }

  start(name: string): void {
    const entry = this.#find(name);
    this.#store(name, { ...this.#storedOf(name), wanted: true });
    if (entry.process === undefined) this.#launch(entry);
  }

  stop(name: string): void {
    const entry = this.#find(name);
    this.#store(name, { ...this.#storedOf(name), wanted: false });
    entry.pendingRestart?.dispose();
    entry.pendingRestart = undefined;
    entry.failed = false;
    this.#write(entry, `Stopping ${name}.service - ${entry.definition.description}...`);
    entry.process?.kill('SIGTERM');
    this.#host.changed();
  }

  restart(name: string): void {
    const entry = this.#find(name);
    this.#store(name, { ...this.#storedOf(name), wanted: true });
    if (entry.process === undefined) {
      this.#launch(entry);
      return;
    }
    const { process } = entry;
    process.onDidExit(() => this.#host.context.clock.setTimeout(() => this.start(name), 0));
    this.stop(name);
  }

  enable(name: string, enabled: boolean): void {
    this.#find(name);
    this.#store(name, { ...this.#storedOf(name), enabled });
  }

  journal(name: string): readonly { readonly time: number; readonly line: string }[] {
    return this.#find(name).journal;
  }

  /** At power-on: what is enabled. When the app resumes a machine: what was running. */
  boot(resume: boolean): void {
    for (const entry of this.#units.values()) {
      if (!isInstalled(entry)) continue;
      const stored = this.#storedOf(entry.definition.name);
      if (resume ? stored.wanted : stored.enabled) this.start(entry.definition.name);
    }
  }

  /** The machine lost power: nothing restarts until it boots. */
  halt(): void {
    for (const entry of this.#units.values()) {
      entry.pendingRestart?.dispose();
      entry.pendingRestart = undefined;
      entry.process = undefined;
    }
  }

  #launch(entry: UnitEntry): void {
    const { definition } = entry;
    entry.pendingRestart?.dispose();
    entry.pendingRestart = undefined;
    entry.failed = false;
    const process = this.#host.spawn({
      name: definition.name,
      program: definition.program,
      argv: expandArguments(definition.argv, this.#host.files, definition.environmentFiles ?? []),
    });
    entry.process = process;
    this.#write(entry, `Started ${definition.name}.service - ${definition.description}.`);
    process.onDidWrite(({ line }) => this.#write(entry, line, definition.name, process.pid));
    process.onDidExit((status) => {
      if (entry.process !== process) return;
      entry.process = undefined;
      const { wanted } = this.#storedOf(definition.name);
      const clean = status.code === 0 || status.signal === 'SIGTERM';
      this.#write(
        entry,
        wanted
          ? `${definition.name}.service: Main process exited, code=${status.signal === undefined ? 'exited' : 'killed'}, status=${status.signal === undefined ? String(status.code) : '9/KILL'}`
          : `Stopped ${definition.name}.service - ${definition.description}.`,
      );
      if (wanted && definition.restart === 'always') {
        entry.pendingRestart = this.#host.context.clock.setTimeout(
          () => this.#launch(entry),
          definition.restartSeconds * 1000,
        );
      } else if (wanted) {
        entry.failed = !clean;
      }
      this.#host.changed();
    });
    this.#host.changed();
  }

  #view(entry: UnitEntry): Unit {
    const { definition, process, pendingRestart, failed } = entry;
    const idle = failed ? 'failed' : 'inactive';
    return {
      name: definition.name,
      description: definition.description,
      enabled: this.#storedOf(definition.name).enabled,
      active: process !== undefined ? 'active' : pendingRestart !== undefined ? 'activating' : idle,
      process,
    };
  }

  #write(entry: UnitEntry, text: string, from = 'systemd', pid = 1): void {
    const line = `${this.#host.machine} ${from}[${pid}]: ${text}`;
    entry.journal.push({ time: this.#host.context.clock.now(), line });
    if (entry.journal.length > JOURNAL_LINES) entry.journal.splice(0, entry.journal.length - JOURNAL_LINES);
  }

  #find(name: string): UnitEntry {
    const entry = this.#units.get(name);
    if (entry === undefined || !isInstalled(entry))
      throw new Error(`Unit ${name}.service could not be found.`);
    return entry;
  }

  #storedOf(name: string): StoredUnit {
    return this.#stored(name) ?? { enabled: true, wanted: true };
  }

  #stored(name: string): StoredUnit | undefined {
    return this.#host.state.get(`unit:${name}`) as StoredUnit | undefined;
  }

  #store(name: string, unit: StoredUnit): void {
    this.#host.state.set(`unit:${name}`, unit);
  }
}
