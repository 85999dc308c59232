import type { PsValue } from './interface.ts';
import { PsDate, PsFormatted, PsObject } from './interface.ts';
import { textOf } from './values.ts';

interface Column {
  readonly title: string;
  /** Characters; undefined: as wide as what is in it. */
  readonly width?: number;
  readonly right?: boolean;
  readonly value: (object: PsObject) => string;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `11/27/2026  10:43 PM`, as a folder's listing has it. */
function writtenAt(value: PsValue | undefined): string {
  if (!(value instanceof PsDate)) return '';
  const date = new Date(value.ms);
  const hours = date.getUTCHours();
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  const time = `${hours % 12 === 0 ? 12 : hours % 12}:${two(date.getUTCMinutes())} ${hours < 12 ? 'AM' : 'PM'}`;
  return `${day.padStart(10)} ${time.padStart(9)}`;
}

const of =
  (name: string) =>
  ({ values }: PsObject): string =>
    textOf(values[name] ?? null);

/** How objects are shown when nobody says how; their columns have the widths of PowerShell 5.1. */
const VIEWS: Readonly<Record<string, readonly Column[]>> = {
  service: [
    { title: 'Status', width: 8, value: of('Status') },
    { title: 'Name', width: 18, value: of('Name') },
    { title: 'DisplayName', width: 38, value: of('DisplayName') },
  ],
  process: [
    { title: 'Id', width: 8, right: true, value: of('Id') },
    { title: 'StartTime', width: 24, value: of('StartTime') },
    { title: 'ProcessName', value: of('ProcessName') },
  ],
  file: [
    { title: 'Mode', width: 6, value: of('Mode') },
    {
      title: 'LastWriteTime',
      width: 25,
      right: true,
      value: ({ values }) => writtenAt(values['LastWriteTime']),
    },
    { title: 'Length', width: 14, right: true, value: of('Length') },
    { title: 'Name', value: of('Name') },
  ],
  event: [
    { title: 'TimeCreated', width: 24, value: of('TimeCreated') },
    { title: 'Id', width: 8, right: true, value: of('Id') },
    { title: 'LevelDisplayName', width: 16, value: of('LevelDisplayName') },
    { title: 'Message', value: of('Message') },
  ],
  path: [{ title: 'Path', value: of('Path') }],
};
/** Views that are lists of properties. */
const LISTS = new Set(['address', 'computer', 'list']);

function cut(text: string, width: number, right: boolean): string {
  const [line = ''] = text.split('\n');
  if (line.length <= width) return right ? line.padStart(width) : line.padEnd(width);
  return width <= 3 ? line.slice(0, width) : `${line.slice(0, width - 3)}...`;
}

function table(objects: readonly PsObject[], columns: readonly Column[], width: number): string {
  let left = width;
  const cells = columns.map((column) => objects.map((object) => column.value(object)));
  const widths = columns.map(({ title, width: fixed }, index) => {
    const longest = Math.max(title.length, ...(cells[index] ?? []).map((text) => text.split('\n')[0]?.length ?? 0));
    const own = Math.max(1, Math.min(fixed === undefined ? longest : Math.max(fixed, title.length), left));
    left -= own + 1;
    return own;
  }); // prettier-ignore
  const row = (texts: readonly string[], isRight: (at: number) => boolean): string =>
    texts.map((text, at) => cut(text, widths[at] ?? 0, isRight(at))).join(' ').trimEnd(); // prettier-ignore
  const isRight = (at: number): boolean => columns[at]?.right === true;
  const lines = [
    row(columns.map(({ title }) => title), isRight),
    row(columns.map(({ title }) => '-'.repeat(title.length)), isRight),
    ...objects.map((_, at) => row(cells.map((column) => column[at] ?? ''), isRight)),
  ]; // prettier-ignore
  return lines.map((line) => `${line}\n`).join('');
}

function list(object: PsObject, names: readonly string[]): string {
  const width = Math.max(...names.map((name) => name.length));
  return names
    .map((name) => `${name.padEnd(width)} : ${textOf(object.values[name] ?? null)}\n`)
    .join('');
} // prettier-ignore

function columnsOf(objects: readonly PsObject[], names: readonly string[] | undefined): readonly Column[] {
  const all = names ?? [...new Set(objects.flatMap(({ values }) => Object.keys(values)))];
  return all.map((name) => ({
    title: name,
    right: objects.every(({ values }) => typeof values[name] === 'number'),
    value: of(name),
  }));
}

/** Objects as Format-Table writes them. `names`: of their properties; undefined: as their view says. */
export function formatTable(objects: readonly PsObject[], names: readonly string[] | undefined, width: number): string {
  const [first] = objects;
  if (first === undefined) return '';
  const view = names === undefined ? VIEWS[first.view] : undefined;
  const body = table(objects, view ?? columnsOf(objects, names), width);
  if (names === undefined && first.view === 'file') {
    const folder = textOf(first.values['Directory'] ?? first.values['Parent'] ?? null);
    return `\n\n    Directory: ${folder}\n\n\n${body}\n\n`;
  }
  return `\n${body}\n\n`;
} // prettier-ignore

export function formatList(objects: readonly PsObject[], names: readonly string[] | undefined): string {
  if (objects.length === 0) return '';
  return `\n${objects.map((object) => `\n${list(object, names ?? Object.keys(object.values))}`).join('\n')}\n\n\n`;
}

/** Objects with more properties than this are shown as lists. */
const MOST_COLUMNS = 4;

function formatObjects(objects: readonly PsObject[], width: number): string {
  const [first] = objects;
  if (first === undefined) return '';
  const isList =
    LISTS.has(first.view) ||
    (VIEWS[first.view] === undefined && Object.keys(first.values).length > MOST_COLUMNS);
  if (isList) return formatList(objects, undefined);
  if (first.view !== 'file') return formatTable(objects, undefined, width);
  // Every folder has a table of its own.
  let text = '';
  for (let from = 0; from < objects.length;) {
    const folder = textOf(objects[from]?.values['Directory'] ?? null);
    let to = from;
    while (to < objects.length && textOf(objects[to]?.values['Directory'] ?? null) === folder) to += 1;
    text += formatTable(objects.slice(from, to), undefined, width);
    from = to;
  }
  return text;
}

/** Writes what comes out of a pipeline: text at once, objects of one kind together. */
export class PsWriter {
  readonly #out: (text: string) => void;
  readonly #width: number;
  #objects: PsObject[] = [];

  constructor(out: (text: string) => void, width: number) {
    this.#out = out;
    this.#width = width;
  }

  write(value: PsValue): void {
    if (value instanceof PsObject) {
      const sameKind = this.#objects[0]?.view === value.view;
      if (!sameKind) this.end();
      this.#objects.push(value);
      return;
    }
    this.end();
    if (value === null) return;
    if (value instanceof PsFormatted) this.#out(value.text);
    else if (value instanceof PsDate) this.#out(`\n${longDate(value)}\n\n\n`);
    else if (typeof value === 'object') for (const item of value) this.write(item);
    else this.#out(`${textOf(value)}\n`);
  }

  end(): void {
    const objects = this.#objects;
    this.#objects = [];
    if (objects.length > 0) this.#out(formatObjects(objects, this.#width));
  }
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
]; // prettier-ignore

function longDate(value: PsDate): string {
  const date = new Date(value.ms);
  const time = textOf(value).replace(/^\S+ /, '');
  return `${DAYS[date.getUTCDay()] ?? ''}, ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCDate()}, ${date.getUTCFullYear()} ${time}`;
}
