import type { Clock } from '../../../base/clock.ts';
import type { FileSystem } from '../../machine/interface.ts';
import type { AuditEvent } from './interface.ts';

/** Where events go. */
export interface AuditSink {
  write(event: AuditEvent): void;
  /** Writes what is still held back. */
  flush(): void;
}

export interface AuditLogOptions {
  readonly clock: Clock;
  readonly files: FileSystem;
  readonly path: string;
  /** Megabytes at which a file is put aside; 0 for the usual. */
  readonly maxSize: number;
  /** Files that are kept aside; 0 for the usual. */
  readonly maxBackup: number;
}

/** A machine keeps a file as one text that is written whole, so that it has to stay small. */
const LARGEST = 256 * 1024;
/** Upstream keeps all where nobody says how many. */
const MOST_BACKUPS = 10;
/** Virtual milliseconds that events are collected before they are written. */
const HELD_BACK = 200;

/**
 * An audit log file, one event a line. A full one is put aside under the time of that moment.
 * Models the log backend (audit/plugins/log) with lumberjack as its writer.
 */
export class AuditLog implements AuditSink {
  readonly #options: AuditLogOptions;
  readonly #limit: number;
  readonly #backups: number;
  #text: string;
  #pending = '';

  constructor(options: AuditLogOptions) {
    this.#options = options;
    const { files, path, maxSize, maxBackup } = options;
    this.#limit = maxSize > 0 ? Math.min(maxSize * 1024 * 1024, LARGEST) : LARGEST;
    this.#backups = maxBackup > 0 ? Math.min(maxBackup, MOST_BACKUPS) : MOST_BACKUPS;
    this.#text = files.exists(path) ? files.read(path) : '';
    files.write(path, this.#text);
  }

  write(event: AuditEvent): void {
    if (this.#pending === '') this.#options.clock.setTimeout(() => this.flush(), HELD_BACK);
    this.#pending += `${JSON.stringify(event)}\n`;
    if (this.#pending.length > this.#limit) this.flush();
  }

  flush(): void {
    if (this.#pending === '') return;
    const { files, path } = this.#options;
    if (this.#text !== '' && this.#text.length + this.#pending.length > this.#limit) this.#putAside();
    this.#text += this.#pending;
    this.#pending = '';
    files.write(path, this.#text);
  }

  /** `audit.log` becomes `audit-2026-11-23T22-00-00.000.log`. */
  #putAside(): void {
    const { files, path, clock } = this.#options;
    const slash = path.lastIndexOf('/');
    const folder = path.slice(0, slash + 1);
    const dot = path.lastIndexOf('.');
    const [stem, extension] =
      dot > slash ? [path.slice(slash + 1, dot), path.slice(dot)] : [path.slice(slash + 1), ''];
    const time = new Date(Math.floor(clock.now())).toISOString().slice(0, -1).replaceAll(':', '-');
    if (files.exists(path)) files.rename(path, `${folder}${stem}-${time}${extension}`);
    this.#text = '';
    const old = files
      .list(folder)
      .filter(
        (name) => name.startsWith(`${stem}-`) && name.endsWith(extension) && /\d{4}-\d\d-\d\dT/.test(name),
      );
    for (const name of old.slice(0, Math.max(old.length - this.#backups, 0))) files.remove(folder + name);
  }
}

/** `--audit-log-path=-`: lines of standard output. */
export class AuditOutput implements AuditSink {
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  write(event: AuditEvent): void {
    this.#print(JSON.stringify(event));
  }

  flush(): void {
    // Nothing is held back.
  }
}
