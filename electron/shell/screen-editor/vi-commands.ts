import { FsError } from '../errors.ts';
import { resolvePath } from '../fs/resolve-path.ts';
import type { Cursor } from './interface.ts';
import type { TextDocument } from './text-document.ts';
import { firstNonBlank } from './vi-motions.ts';
import { viPattern } from './vi-search.ts';

/** What a line that began with `:` did. */
export interface ExOutcome {
  readonly message?: string;
  readonly cursor?: Cursor;
  /** The editor ends with this code. */
  readonly done?: number;
  /** `:set nu`, `:set nonu`. */
  readonly numbers?: boolean;
  /** Text that was yanked or deleted, in whole lines. */
  readonly register?: readonly string[];
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly given: boolean;
}

/** `"file" 3L, 20B` */
export function fileMessage(
  document: TextDocument,
  name: string,
  lines: number,
  bytes: number,
  end = '',
): string {
  const marks = [
    document.isNew ? '[New]' : '',
    document.binary ? '[binary]' : '',
    document.noEndOfLine ? '[noeol]' : '',
  ];
  return [`"${name}"`, ...marks.filter((mark) => mark !== ''), `${lines}L, ${bytes}B${end}`].join(' ');
}

/** Runs what stands behind `:`. Models the ex commands w, q, x, wq, e, r, d, y, s, set and line numbers. */
export async function runEx(
  line: string,
  document: TextDocument,
  cursor: Cursor,
  cwd: string,
): Promise<ExOutcome> {
  const parsed = /^\s*((?:%|[\d.$]+(?:,[\d.$]+)?)?)\s*(.*)$/.exec(line);
  const range = rangeOf(parsed?.[1] ?? '', document.lines.length, cursor.row);
  const rest = parsed?.[2] ?? '';
  if (range === undefined) return { message: 'E16: Invalid range' };
  if (rest === '') return range.given ? { cursor: startOf(document, range.last) } : {};
  const substitution = /^s([^\w\s\\"|])(.*)$/.exec(rest);
  if (substitution !== null)
    return substitute(document, cursor, range, substitution[1] ?? '/', substitution[2] ?? '');
  const [, name = '', bang = '', argument = ''] = /^([a-z]+|=)(!?)\s*(.*?)\s*$/.exec(rest) ?? [];
  const force = bang === '!';
  switch (name) {
    case 'w':
    case 'write':
      return write(document, argument, range, force, cwd);
    case 'wq':
    case 'x':
    case 'xit':
    case 'exit': {
      if (name !== 'wq' && !document.modified) return { done: 0 };
      const written = await write(document, argument, range, force, cwd);
      return /^E\d/.test(written.message ?? '') ? written : { done: 0 };
    }
    case 'q':
    case 'quit':
    case 'qa':
      return document.modified && !force
        ? { message: 'E37: No write since last change (add ! to override)' }
        : { done: 0 };
    case 'cq':
      return { done: 1 };
    case 'e':
    case 'edit':
      return edit(document, argument, force, cwd);
    case 'r':
    case 'read':
      return read(document, cursor, argument, cwd);
    case 'd':
    case 'delete':
      return deleteLines(document, cursor, range);
    case 'y':
    case 'yank':
      return { register: document.lines.slice(range.first, range.last + 1) };
    case 'se':
    case 'set':
      return set(argument);
    case 'noh':
    case 'nohlsearch':
    case 'syntax':
      return {};
    case '=':
      return { message: String(document.lines.length) };
    default:
      return { message: `E492: Not an editor command: ${line.trim()}` };
  }
}

function startOf(document: TextDocument, row: number): Cursor {
  return { row, column: firstNonBlank(document.lines[row] ?? '') };
}

function rangeOf(text: string, lines: number, current: number): Range | undefined {
  if (text === '') return { first: current, last: current, given: false };
  if (text === '%') return { first: 0, last: lines - 1, given: true };
  const rows = text
    .split(',')
    .map((part) => (part === '.' ? current : part === '$' ? lines - 1 : Number(part) - 1));
  if (rows.some(Number.isNaN)) return undefined;
  const [first = 0, last = first] = rows.map((row) => Math.max(0, row));
  if (text.includes(',') && (first > last || last >= lines)) return undefined;
  return { first: Math.min(first, lines - 1), last: Math.min(last, lines - 1), given: true };
}

async function write(
  document: TextDocument,
  argument: string,
  range: Range,
  force: boolean,
  cwd: string,
): Promise<ExOutcome> {
  if (argument === '' && document.name === '') return { message: 'E32: No file name' };
  const other = argument !== '' && resolvePath(cwd, argument) !== document.path;
  const path = argument === '' ? document.path : resolvePath(cwd, argument);
  const name = argument === '' ? document.name : argument;
  try {
    if (other && document.name !== '' && !force && (await document.exists(path)))
      return { message: 'E13: File exists (add ! to override)' };
    if (document.name === '') {
      document.name = name;
      document.path = path;
    }
    const lines = range.given ? document.lines.slice(range.first, range.last + 1) : document.lines;
    const message = (bytes: number, isNew: boolean): string =>
      `"${name}"${isNew ? ' [New]' : ''} ${bytes === 0 ? 0 : lines.length}L, ${bytes}B written`;
    const isNew = !(await document.exists(path));
    return { message: message(await document.save(path, lines), isNew) };
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return {
      message:
        error.code === 'ENOSPC'
          ? 'E514: Write error (file system full?)'
          : `"${name}" E212: Can't open file for writing`,
    };
  }
}

async function edit(
  document: TextDocument,
  argument: string,
  force: boolean,
  cwd: string,
): Promise<ExOutcome> {
  if (document.modified && !force) return { message: 'E37: No write since last change (add ! to override)' };
  if (argument !== '') {
    document.name = argument;
    document.path = resolvePath(cwd, argument);
  }
  document.lines = [''];
  document.binary = document.isNew = document.noEndOfLine = false;
  const { lines, bytes } = await document.load();
  document.modified = false;
  return { message: fileMessage(document, document.name, lines, bytes), cursor: { row: 0, column: 0 } };
}

async function read(
  document: TextDocument,
  cursor: Cursor,
  argument: string,
  cwd: string,
): Promise<ExOutcome> {
  if (argument === '') return { message: 'E32: No file name' };
  const source = document.sibling(resolvePath(cwd, argument), argument);
  const { lines, bytes } = await source.load();
  if (source.isNew) return { message: `E484: Can't open file ${argument}` };
  document.remember(cursor);
  document.lines.splice(cursor.row + 1, 0, ...source.lines);
  document.modified = true;
  return { message: fileMessage(source, argument, lines, bytes), cursor: startOf(document, cursor.row + 1) };
}

function deleteLines(document: TextDocument, cursor: Cursor, range: Range): ExOutcome {
  document.remember(cursor);
  const register = document.lines.splice(range.first, range.last - range.first + 1);
  if (document.lines.length === 0) document.lines.push('');
  document.modified = true;
  return { register, cursor: startOf(document, Math.min(range.first, document.lines.length - 1)) };
}

function set(argument: string): ExOutcome {
  if (/^(nu|number)$/.test(argument)) return { numbers: true };
  if (/^no(nu|number)$/.test(argument)) return { numbers: false };
  if (
    /^(no)?(paste|hls|hlsearch|ic|ignorecase|ai|autoindent|et|expandtab|list|wrap)$|^(ts|tabstop|sw|shiftwidth|sts)=\d+$/.test(
      argument,
    )
  )
    return { message: `leme: ":set ${argument}" has no effect here` };
  return { message: `E518: Unknown option: ${argument}` };
}

function substitute(
  document: TextDocument,
  cursor: Cursor,
  range: Range,
  mark: string,
  text: string,
): ExOutcome {
  const parts: string[] = [''];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\' && text[at + 1] === mark) parts[parts.length - 1] += text[(at += 1)] ?? '';
    else if (char === '\\') parts[parts.length - 1] += char + (text[(at += 1)] ?? '');
    else if (char === mark) parts.push('');
    else parts[parts.length - 1] += char;
  }
  const [from = '', to = '', flags = ''] = parts;
  let pattern: RegExp;
  try {
    pattern = viPattern(from, `${flags.includes('g') ? 'g' : ''}${flags.includes('i') ? 'i' : ''}`);
  } catch {
    return { message: `E486: Pattern not found: ${from}` };
  }
  const replacement = to
    .replace(/\$/g, '$$$$')
    .replace(/\\(\d)|\\(.)|&/g, (_all, group?: string, plain?: string) =>
      group !== undefined ? `$${group}` : (plain ?? '$&'),
    );
  let last = -1;
  let changed = 0;
  const lines = [...document.lines];
  for (let row = range.first; row <= range.last; row += 1) {
    const before = lines[row] ?? '';
    if (before.search(pattern) < 0) continue;
    lines[row] = before.replace(pattern, replacement);
    last = row;
    changed += 1;
  }
  if (last < 0) return { message: `E486: Pattern not found: ${from}` };
  document.remember(cursor);
  document.lines = lines;
  document.modified = true;
  return {
    cursor: startOf(document, last),
    ...(changed > 2 ? { message: `${changed} substitutions on ${changed} lines` } : {}),
  };
}
