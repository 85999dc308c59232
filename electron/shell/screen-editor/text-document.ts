import { FsError } from '../errors.ts';
import type { ShellFs } from '../interface.ts';
import type { Cursor } from './interface.ts';

const MAX_UNDO = 1000;

interface Snapshot {
  readonly lines: readonly string[];
  readonly cursor: Cursor;
}

/**
 * A file as lines. What is no UTF-8, or has a NUL, is taken as bytes, a character each, and written back so: nothing that
 * was not edited changes.
 */
export class TextDocument {
  path: string;
  /** As the person typed it; empty without a file. */
  name: string;
  lines: string[] = [''];
  modified = false;
  binary = false;
  /** The file was not there when it was opened. */
  isNew = false;
  /** The last line of the file had no newline. */
  noEndOfLine = false;
  readonly #fs: ShellFs;
  #undo: Snapshot[] = [];
  #redo: Snapshot[] = [];

  constructor(fs: ShellFs, path: string, name: string) {
    this.#fs = fs;
    this.path = path;
    this.name = name;
  }

  /** @throws FsError for a folder, and for what cannot be read */
  async load(): Promise<{ readonly lines: number; readonly bytes: number }> {
    if (this.name === '') return { lines: 0, bytes: 0 };
    let bytes: Uint8Array;
    try {
      bytes = await this.#fs.readFile(this.path);
    } catch (error) {
      if (!(error instanceof FsError) || error.code !== 'ENOENT') throw error;
      this.isNew = true;
      return { lines: 0, bytes: 0 };
    }
    const text = this.#decode(bytes);
    this.noEndOfLine = text !== '' && !text.endsWith('\n');
    this.lines = (this.noEndOfLine || text === '' ? text : text.slice(0, -1)).split('\n');
    return { lines: text === '' ? 0 : this.lines.length, bytes: bytes.length };
  }

  /** Bytes of the text as it would be written. */
  encode(lines: readonly string[] = this.lines): Uint8Array {
    const keepsOpenEnd = this.binary && this.noEndOfLine;
    const empty = lines.length === 1 && lines[0] === '';
    const text = empty ? '' : lines.join('\n') + (keepsOpenEnd ? '' : '\n');
    return this.binary ? Buffer.from(text, 'latin1') : new TextEncoder().encode(text);
  }

  /** @throws FsError */
  async save(path = this.path, lines: readonly string[] = this.lines): Promise<number> {
    const bytes = this.encode(lines);
    await this.#fs.writeFile(path, bytes);
    if (path === this.path && lines === this.lines) {
      this.modified = false;
      this.isNew = false;
    }
    return bytes.length;
  }

  /** Another file of the same file system. */
  sibling(path: string, name: string): TextDocument {
    return new TextDocument(this.#fs, path, name);
  }

  exists(path: string): Promise<boolean> {
    return this.#fs.exists(path);
  }

  /** Before a change: what it can be undone to. */
  remember(cursor: Cursor): void {
    this.#undo.push({ lines: [...this.lines], cursor: { ...cursor } });
    if (this.#undo.length > MAX_UNDO) this.#undo.shift();
    this.#redo = [];
  }

  /** Where the cursor goes; undefined at the oldest, or newest, state. */
  undo(cursor: Cursor): Cursor | undefined {
    return this.#travel(this.#undo, this.#redo, cursor);
  }

  redo(cursor: Cursor): Cursor | undefined {
    return this.#travel(this.#redo, this.#undo, cursor);
  }

  #travel(from: Snapshot[], to: Snapshot[], cursor: Cursor): Cursor | undefined {
    const snapshot = from.pop();
    if (snapshot === undefined) return undefined;
    to.push({ lines: [...this.lines], cursor: { ...cursor } });
    this.lines = [...snapshot.lines];
    this.modified = true;
    return { ...snapshot.cursor };
  }

  #decode(bytes: Uint8Array): string {
    if (!bytes.includes(0)) {
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch {
        // Not UTF-8: bytes.
      }
    }
    this.binary = true;
    return Buffer.from(bytes).toString('latin1');
  }
}
