import type { Context } from '../../base/context.ts';
import type { Disposable } from '../../base/disposable.ts';
import type {
  ExitStatus,
  FileSystem,
  JournalEntry,
  LocalState,
  Process,
  ProcessOptions,
  Unit,
  UnitDefinition,
  UnitExit,
  UnitManager,
} from './interface.ts';
import { UnitJournal } from './journal.ts';
import { isInstalled, matchPackage } from './unit-package.ts';
import type { UnitFile } from './unit-file.ts';
import { environmentOf, execWords, readUnitFile, unitFileNames } from './unit-file.ts';

const ADMIN = '/etc/systemd/system';
const ERROR = 3;
const WARNING = 4;
const NOTICE = 5;
const INFO = 6;

interface StoredUnit {
  readonly enabled: boolean;
  /** Running, or meant to be, when the machine was last seen. */
  readonly wanted: boolean;
}

interface UnitEntry {
  readonly name: string;
  /** Undefined for a unit that somebody wrote: what its program does is not known. */
  readonly definition: UnitDefinition | undefined;
  readonly journal: UnitJournal;
  file: UnitFile | 'masked' | undefined;
  process: Process | undefined;
  pendingRestart: Disposable | undefined;
  result: string;
  since: number | undefined;
  last: UnitExit | undefined;
  restarts: number;
}

/** A unit is there by its files; one that still runs stays until it has ended. */
function isThere({ file, process }: UnitEntry): boolean {
  return file !== undefined || process !== undefined;
}

/** What units need of their machine. */
export interface UnitHost {
  readonly context: Context;
  readonly state: LocalState;
  readonly files: FileSystem;
  /** What the machine's clock shows. */
  now(): number;
  spawn(options: ProcessOptions): Process;
  changed(): void;
}

/** systemd in small: services by their files, started at boot, restarted when they end, stopped by hand. */
export class SystemdUnits implements UnitManager {
  readonly #host: UnitHost;
  readonly #units = new Map<string, UnitEntry>();

  constructor(host: UnitHost) {
    this.#host = host;
  }

  get list(): readonly Unit[] {
    return [...this.#units.values()].filter(isThere).map((entry) => this.#view(entry));
  }

  define(unit: UnitDefinition): void {
    matchPackage(unit, this.#host);
    this.#units.set(unit.name, this.#entry(unit.name, unit));
    if (this.#stored(unit.name) === undefined) this.#store(unit.name, { enabled: true, wanted: true });
  }

  get(name: string): Unit | undefined {
    const entry = this.#units.get(name);
    return entry === undefined || !isThere(entry) ? undefined : this.#view(entry);
  }

  reload(): void {
    for (const entry of this.#units.values()) {
      if (entry.definition !== undefined) matchPackage(entry.definition, this.#host);
      entry.file = readUnitFile(this.#host.files, entry.name);
    }
    for (const name of unitFileNames(this.#host.files))
      if (!this.#units.has(name)) this.#units.set(name, this.#entry(name, undefined));
    for (const [name, entry] of this.#units)
      if (entry.definition === undefined && entry.file === undefined && entry.process === undefined)
        this.#units.delete(name);
    this.#host.changed();
  }

  start(name: string): void {
    const entry = this.#startable(name);
    this.#store(name, { ...this.#storedOf(name), wanted: true });
    if (entry.process === undefined) this.#launch(entry);
  }

  stop(name: string): void {
    const entry = this.#find(name);
    this.#store(name, { ...this.#storedOf(name), wanted: false });
    if (entry.pendingRestart !== undefined) this.#write(entry, `Stopped ${this.#title(entry)}.`);
    entry.pendingRestart?.dispose();
    entry.pendingRestart = undefined;
    entry.result = 'success';
    if (entry.process !== undefined) this.#write(entry, `Stopping ${this.#title(entry)}...`);
    entry.process?.kill('SIGTERM');
    this.#host.changed();
  }

  restart(name: string): void {
    const entry = this.#startable(name);
    this.#store(name, { ...this.#storedOf(name), wanted: true });
    if (entry.process === undefined) {
      this.#launch(entry);
      return;
    }
    const { process } = entry;
    process.onDidExit(() =>
      this.#host.context.clock.setTimeout(() => {
        if (typeof entry.file === 'object') this.start(name);
      }, 0),
    );
    this.stop(name);
  }

  reset(name: string): void {
    this.#find(name).result = 'success';
  }

  enable(name: string, enabled: boolean): void {
    this.#find(name);
    this.#store(name, { ...this.#storedOf(name), enabled });
  }

  mask(name: string, masked: boolean): void {
    const entry = this.#find(name);
    const { files } = this.#host;
    const path = `${ADMIN}/${name}.service`;
    if (masked && files.lstat(path) === undefined) files.link(path, '/dev/null');
    if (!masked && files.readLink(path) === '/dev/null') files.remove(path);
    entry.file = readUnitFile(files, name);
  }

  journal(name: string): readonly JournalEntry[] {
    return this.#find(name).journal.entries;
  }

  /** At power-on: what is enabled. When the app resumes a machine: what was running. */
  boot(resume: boolean): void {
    this.reload();
    for (const entry of this.#units.values()) {
      const stored = this.#storedOf(entry.name);
      if (typeof entry.file !== 'object') continue;
      if (resume ? stored.wanted : stored.enabled) this.start(entry.name);
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

  #entry(name: string, definition: UnitDefinition | undefined): UnitEntry {
    return {
      name,
      definition,
      journal: new UnitJournal(),
      file: readUnitFile(this.#host.files, name),
      process: undefined,
      pendingRestart: undefined,
      result: 'success',
      since: undefined,
      last: undefined,
      restarts: 0,
    };
  }

  /** What runs, by the files as they were loaded. @throws Error with systemd's text */
  #commandOf(file: UnitFile): readonly string[] {
    return execWords(file.execStart, environmentOf(file, this.#host.files));
  }

  #launch(entry: UnitEntry): void {
    const { definition, name, file } = entry;
    entry.pendingRestart?.dispose();
    entry.pendingRestart = undefined;
    if (typeof file !== 'object') return;
    entry.result = 'success';
    let argv: readonly string[];
    try {
      argv = this.#commandOf(file);
    } catch (error) {
      this.#write(
        entry,
        `${name}.service: ${error instanceof Error ? error.message : String(error)}`,
        WARNING,
      );
      this.#write(entry, `${name}.service: Failed to run 'start' task: No such file or directory`, WARNING);
      this.#failed(entry, 'resources');
      return;
    }
    const [executable = ''] = argv;
    const known =
      definition !== undefined &&
      isInstalled(definition) &&
      baseName(executable) === baseName(definition.argv[0] ?? '');
    const process = this.#host.spawn({
      name,
      // What is not there cannot be executed: 203, as systemd's own child ends with.
      program: known ? definition.program : () => Promise.resolve(203),
      argv,
    });
    entry.process = process;
    entry.since = this.#host.now();
    this.#write(entry, `Started ${this.#title(entry)}.`);
    if (!known)
      this.#write(
        entry,
        `${name}.service: Failed at step EXEC spawning ${executable}: No such file or directory`,
        ERROR,
      );
    process.onDidWrite(({ line }) => this.#write(entry, line, INFO, baseName(executable), process.pid));
    process.onDidExit((status) => {
      if (entry.process === process) this.#ended(entry, process, status);
    });
    this.#host.changed();
  }

  #ended(entry: UnitEntry, process: Process, status: ExitStatus): void {
    entry.process = undefined;
    entry.last = exitOf(process, status);
    const { wanted } = this.#storedOf(entry.name);
    const clean = status.code === 0 || status.signal === 'SIGTERM';
    if (!wanted) {
      this.#write(entry, `${entry.name}.service: Deactivated successfully.`);
      this.#write(entry, `Stopped ${this.#title(entry)}.`);
      entry.since = this.#host.now();
      entry.restarts = 0;
      this.#host.changed();
      return;
    }
    const { code, status: text } = entry.last;
    this.#write(
      entry,
      `${entry.name}.service: Main process exited, code=${code}, status=${text}`,
      clean ? INFO : NOTICE,
    );
    this.#failed(entry, clean ? 'success' : status.signal === undefined ? 'exit-code' : 'signal');
  }

  /** It is not as it should be: again after a while, or failed. */
  #failed(entry: UnitEntry, result: string): void {
    entry.result = result;
    entry.since = this.#host.now();
    if (result === 'success') this.#write(entry, `${entry.name}.service: Deactivated successfully.`);
    else this.#write(entry, `${entry.name}.service: Failed with result '${result}'.`, WARNING);
    const file = typeof entry.file === 'object' ? entry.file : undefined;
    const restart = file?.restart;
    if (restart === 'always' || (restart === 'on-failure' && result !== 'success')) {
      const seconds = file?.restartSeconds ?? 0.1;
      entry.pendingRestart = this.#host.context.clock.setTimeout(() => {
        entry.restarts += 1;
        this.#write(
          entry,
          `${entry.name}.service: Scheduled restart job, restart counter is at ${entry.restarts}.`,
        );
        this.#launch(entry);
      }, seconds * 1000);
    }
    this.#host.changed();
  }

  #view(entry: UnitEntry): Unit {
    const { name, process, pendingRestart, result, since, last, file } = entry;
    const idle = result !== 'success' ? 'failed' : 'inactive';
    const loaded = typeof file === 'object' ? file : undefined;
    const isChanged = (): boolean => loaded !== undefined && this.#isChanged(loaded, name);
    return {
      name,
      description: this.#description(entry),
      enabled: this.#storedOf(name).enabled,
      masked: file === 'masked',
      active: process !== undefined ? 'active' : pendingRestart !== undefined ? 'activating' : idle,
      result,
      process,
      since,
      last,
      file: loaded,
      get changedOnDisk() {
        return isChanged();
      },
    };
  }

  #isChanged(loaded: UnitFile, name: string): boolean {
    const now = readUnitFile(this.#host.files, name);
    return typeof now !== 'object' || JSON.stringify(now.texts) !== JSON.stringify(loaded.texts);
  }

  #description(entry: UnitEntry): string {
    return (
      (typeof entry.file === 'object' ? entry.file.description : entry.definition?.description) ??
      `${entry.name}.service`
    );
  }

  #title(entry: UnitEntry): string {
    return `${entry.name}.service - ${this.#description(entry)}`;
  }

  #write(entry: UnitEntry, message: string, priority = INFO, identifier = 'systemd', pid = 1): void {
    entry.journal.add({ time: this.#host.now(), identifier, pid, message, priority });
  }

  #startable(name: string): UnitEntry {
    const entry = this.#find(name);
    if (entry.file === 'masked') throw new Error(`Unit ${name}.service is masked.`);
    if (entry.file === undefined) throw new Error(`Unit ${name}.service could not be found.`);
    return entry;
  }

  #find(name: string): UnitEntry {
    const entry = this.#units.get(name);
    if (entry === undefined || !isThere(entry)) throw new Error(`Unit ${name}.service could not be found.`);
    return entry;
  }

  #storedOf(name: string): StoredUnit {
    return this.#stored(name) ?? { enabled: false, wanted: false };
  }

  #stored(name: string): StoredUnit | undefined {
    return this.#host.state.get(`unit:${name}`) as StoredUnit | undefined;
  }

  #store(name: string, unit: StoredUnit): void {
    this.#host.state.set(`unit:${name}`, unit);
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const STATUS_NAMES: Readonly<Record<number, string>> = {
  0: 'SUCCESS',
  1: 'FAILURE',
  2: 'INVALIDARGUMENT',
  203: 'EXEC',
};

function exitOf(process: Process, status: ExitStatus): UnitExit {
  const killed = status.signal !== undefined;
  const text = killed
    ? status.signal === 'SIGKILL'
      ? '9/KILL'
      : '15/TERM'
    : `${status.code}/${STATUS_NAMES[status.code] ?? 'n/a'}`;
  return { pid: process.pid, code: killed ? 'killed' : 'exited', status: text, startedAt: process.startedAt };
}
