import type { UnitManager } from '../machine/interface.ts';

/** A point in time: virtual milliseconds since the Unix epoch. */
export class PsDate {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** An object with properties in their order. `view` names how it is shown when nobody says how. */
export class PsObject {
  readonly view: string;
  readonly values: Readonly<Record<string, PsValue>>;

  constructor(view: string, values: Readonly<Record<string, PsValue>>) {
    this.view = view;
    this.values = values;
  }
}

/** Lines that Format-Table and its kin made: nothing can be asked of them any more. */
export class PsFormatted {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type PsValue = string | number | boolean | null | PsDate | PsObject | PsFormatted | readonly PsValue[];

/** What a command could not do, in the words and categories of PowerShell. Ends only the command, not the line, unless thrown. */
export class PsError extends Error {
  /** e.g. `ObjectNotFound`, `InvalidArgument`. */
  readonly category: string;
  /** What it is about, with its type: `C:\x:String`; empty for none. */
  readonly target: string;
  /** e.g. `ItemNotFoundException`. */
  readonly exception: string;
  /** e.g. `PathNotFound,Microsoft.PowerShell.Commands.GetContentCommand`. */
  readonly id: string;

  constructor(message: string, category: string, target: string, exception: string, id: string) {
    super(message);
    this.category = category;
    this.target = target;
    this.exception = exception;
    this.id = id;
  }
}

export interface WindowsFileInfo {
  readonly kind: 'file' | 'folder';
  /** Bytes. */
  readonly size: number;
  /** Undefined where it is not known. */
  readonly modifiedAt: number | undefined;
}

/** Files of a Windows machine or container, under their paths without the drive: `/var/log` is `C:\var\log`. Failures are thrown as Error. */
export interface WindowsFiles {
  stat(path: string): WindowsFileInfo | undefined;
  /** Names directly below, without a mark for folders. */
  list(path: string): readonly string[];
  read(path: string): string;
  write(path: string, text: string): void;
  makeFolder(path: string): void;
  remove(path: string): void;
  rename(from: string, to: string): void;
  /** Calls back when something was written to a file; what it returns ends that. */
  watch(path: string, changed: () => void): () => void;
}

export interface WindowsProcess {
  readonly pid: number;
  /** Without `.exe`. */
  readonly name: string;
  readonly startedAt: number;
  kill(): void;
}

export interface NativeIo {
  /** Standard input, where the command is in a pipe. */
  readonly stdin: string;
  /** The current folder, e.g. `/k`. */
  readonly cwd: string;
  out(text: string): void;
  err(text: string): void;
  /** Resolves on Ctrl-C. */
  readonly interrupted: Promise<void>;
}

/** A program (`.exe`). Resolves to its exit code. */
export type NativeProgram = (args: readonly string[], io: NativeIo) => Promise<number> | number;

/** What PowerShell and cmd see of the Windows that they run on. */
export interface WindowsHost {
  readonly computerName: string;
  /** e.g. `win-1\administrator`, `user manager\containeradministrator`. */
  readonly user: string;
  /** The user's folder, e.g. `/Users/Administrator`. */
  readonly home: string;
  /** e.g. `10.0.20348`. */
  readonly osVersion: string;
  readonly ip: string;
  readonly memory: { readonly total: number; readonly available: number };
  readonly processors: number;
  readonly bootedAt: number;
  readonly files: WindowsFiles;
  readonly environment: ReadonlyMap<string, string>;
  now(): number;
  sleep(ms: number): Promise<void>;
  processes(): readonly WindowsProcess[];
  /** Absent in a container. */
  readonly services?: UnitManager;
  /** Absent in a container. */
  power?(action: 'restart' | 'stop'): Promise<void>;
  /** By name without `.exe`, lower case. */
  readonly programs: ReadonlyMap<string, NativeProgram>;
}

/** Where a session writes; lines end with a newline. */
export interface ShellIo {
  out(text: string): void;
  err(text: string): void;
  /** Columns of the terminal; 120 where there is none. */
  readonly width: number;
}
