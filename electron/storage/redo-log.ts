import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { SqlValue } from '../base/sql-database.ts';

/** A write as it was asked for: running the same ones on the same database again gives the same database. */
export interface LoggedWrite {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** What a log belongs to: a workspace, and the state of its database that the log begins at. */
export interface RedoBase {
  /** Of the workspace; never changes. */
  readonly id: string;
  /** Grows with every commit of the database. */
  readonly generation: number;
}

interface Frame {
  /** Statements that no frame of this generation has named yet. */
  readonly sql: readonly string[];
  /** Number of the statement, counted over the generation, and its values. */
  readonly writes: readonly (readonly [number, ...unknown[]])[];
}

/** Length, checksum, generation, number of the frame, length of its JSON; 4 bytes each. */
const HEADER = 20;
/** Texts from this length on follow the JSON as they are: quoting them would cost more than the rest of a commit. */
const LONG = 64;
const NOT_ASCII = /[^\x00-\x7f]/;
/** The file grows by so many bytes at once: a sync of a file that keeps its size is cheaper. */
const STEP = 1024 * 1024;
const PAGE = 4096;
const ZEROES = Buffer.alloc(PAGE);

/**
 * Writes that are durable and not yet in the database file, in a file beside it. A commit is one frame and one sync of a
 * few KiB instead of a page for every table and index touched. Frames of one generation follow one another from the
 * beginning of the file; what comes behind them is of an earlier one, and no longer needed.
 */
export class RedoLog {
  readonly #path: string;
  #file: number | undefined;
  #size = 0;
  #base: RedoBase;
  #offset = 0;
  #frames = 0;
  #statements = new Map<string, number>();

  constructor(path: string, base: RedoBase) {
    this.#path = path;
    this.#base = base;
  }

  /** Bytes since the generation began. */
  get bytes(): number {
    return this.#offset;
  }

  /** Durable when it returns. @throws an error of the file system */
  append(writes: readonly LoggedWrite[]): void {
    const file = (this.#file ??= this.#open());
    const bytes = this.#bytesOf(writes);
    bytes.writeUInt32LE(bytes.length - HEADER, 0);
    bytes.writeUInt32LE(this.#base.generation, 8);
    bytes.writeUInt32LE(this.#frames, 12);
    bytes.writeUInt32LE(checksum(this.#base.id, bytes.subarray(8)), 4);
    const end = this.#offset + bytes.length;
    if (end > this.#size) {
      const size = Math.ceil(end / STEP) * STEP;
      // Page by page: written as one, Linux keeps it as one, and each sync would go over all of it.
      for (let at = this.#size; at < size; at += PAGE) writeAll(file, ZEROES, at);
      this.#size = size;
    }
    writeAll(file, bytes, this.#offset);
    fdatasyncSync(file);
    this.#offset = end;
    this.#frames += 1;
  }

  /** The database holds everything so far: the log begins anew. */
  begin(generation: number): void {
    this.#base = { ...this.#base, generation };
    this.#offset = 0;
    this.#frames = 0;
    this.#statements = new Map();
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** Closes it and removes the file: the database holds everything. */
  remove(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }

  #open(): number {
    const isNew = !existsSync(this.#path);
    const file = openSync(this.#path, isNew ? 'w+' : 'r+');
    this.#size = fstatSync(file).size;
    if (isNew) syncFolder(dirname(this.#path));
    return file;
  }

  /** A frame with only the length of its JSON in the header. */
  #bytesOf(writes: readonly LoggedWrite[]): Buffer {
    const texts = new LongTexts();
    const json = Buffer.from(JSON.stringify(this.#frame(writes, texts)));
    const bytes = Buffer.allocUnsafe(HEADER + json.length + texts.size);
    bytes.writeUInt32LE(json.length, 16);
    json.copy(bytes, HEADER);
    texts.write(bytes, HEADER + json.length);
    return bytes;
  }

  #frame(writes: readonly LoggedWrite[], texts: LongTexts): Frame {
    const sql: string[] = [];
    return {
      sql,
      writes: writes.map(({ sql: text, values }) => {
        let number = this.#statements.get(text);
        if (number === undefined) {
          number = this.#statements.size;
          this.#statements.set(text, number);
          sql.push(text);
        }
        return [number, ...values.map((value) => encode(value, texts))];
      }),
    };
  }
}

/** Texts that follow a frame's JSON, in UTF-8, one right after the other. */
class LongTexts {
  readonly #parts: (string | Buffer)[] = [];
  size = 0;

  /** Its length in bytes. */
  add(text: string): number {
    const part = NOT_ASCII.test(text) ? Buffer.from(text) : text;
    this.#parts.push(part);
    this.size += part.length;
    return part.length;
  }

  write(bytes: Buffer, from: number): void {
    let at = from;
    for (const part of this.#parts) {
      // ASCII is its own UTF-8, and copied as it is.
      at += typeof part === 'string' ? bytes.write(part, at, 'latin1') : part.copy(bytes, at);
    }
  }
}

/** What the log of that state holds, in order; nothing when the file is not there or belongs to another state. */
export function* readRedoLog(path: string, { id, generation }: RedoBase): Iterable<LoggedWrite> {
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  const statements: string[] = [];
  let offset = 0;
  for (let number = 0; offset + HEADER <= bytes.length; number += 1) {
    const end = offset + HEADER + bytes.readUInt32LE(offset);
    if (end > bytes.length || bytes.readUInt32LE(offset + 8) !== generation) return;
    if (bytes.readUInt32LE(offset + 12) !== number) return;
    if (checksum(id, bytes.subarray(offset + 8, end)) !== bytes.readUInt32LE(offset + 4)) return;
    const json = offset + HEADER + bytes.readUInt32LE(offset + 16);
    const frame = JSON.parse(bytes.toString('utf8', offset + HEADER, json)) as Frame;
    statements.push(...frame.sql);
    let at = json;
    const text = (length: number): string => bytes.toString('utf8', at, (at += length));
    for (const [statement, ...values] of frame.writes) {
      yield { sql: statements[statement] as string, values: values.map((value) => decode(value, text)) };
    }
    offset = end;
  }
}

function checksum(id: string, bytes: Uint8Array): number {
  return crc32(bytes, crc32(id));
}

/** JSON holds all but these: long texts, bytes, large integers, numbers that are no finite ones. */
function encode(value: SqlValue, texts: LongTexts): unknown {
  if (typeof value === 'string') return value.length < LONG ? value : { text: texts.add(value) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (typeof value === 'bigint') return { integer: String(value) };
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;
}

/** `text` gives the next of the long texts. */
function decode(value: unknown, text: (length: number) => string): SqlValue {
  if (value === null || typeof value !== 'object') return value as SqlValue;
  const [[kind, content] = ['', '']] = Object.entries(value as Record<string, string | number>);
  if (kind === 'text') return text(Number(content));
  if (kind === 'bytes') return Buffer.from(String(content), 'base64');
  return kind === 'integer' ? BigInt(content) : Number(content);
}

/** One call may write less than it was asked to. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}

/** A new name must be durable, too. Windows keeps names with the file. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
