import type { Cursor } from './interface.ts';
import { nextWord, wordBack, wordEnd } from './words.ts';

/** Where a motion leads. `linewise`: whole lines are meant; `inclusive`: the character there, too. */
export interface Motion {
  readonly to: Cursor;
  readonly linewise?: boolean;
  readonly inclusive?: boolean;
}

function repeat(times: number, from: Cursor, step: (from: Cursor) => Cursor): Cursor {
  let at = from;
  for (let turn = 0; turn < times; turn += 1) at = step(at);
  return at;
}

export function firstNonBlank(line: string): number {
  const at = line.search(/\S/);
  return at < 0 ? Math.max(0, line.length - 1) : at;
}

function onLine(lines: readonly string[], row: number): Motion {
  const clamped = Math.max(0, Math.min(row, lines.length - 1));
  return { to: { row: clamped, column: firstNonBlank(lines[clamped] ?? '') }, linewise: true };
}

/** What a key of normal mode moves to; undefined for keys that are no motion. `count` is undefined where none was typed. */
export function motionOf(
  key: string,
  lines: readonly string[],
  at: Cursor,
  count: number | undefined,
  page: number,
): Motion | undefined {
  const times = count ?? 1;
  const line = lines[at.row] ?? '';
  const rowBy = (rows: number): Motion => ({
    to: { row: Math.max(0, Math.min(lines.length - 1, at.row + rows)), column: at.column },
    linewise: true,
  });
  switch (key) {
    case 'h':
    case 'left':
    case 'backspace':
      return { to: { row: at.row, column: Math.max(0, at.column - times) } };
    case 'l':
    case 'right':
    case ' ':
      return { to: { row: at.row, column: Math.min(line.length, at.column + times) } };
    case 'j':
    case 'down':
    case 'C-n':
      return rowBy(times);
    case 'k':
    case 'up':
    case 'C-p':
      return rowBy(-times);
    case '+':
    case 'enter':
      return onLine(lines, at.row + times);
    case '-':
      return onLine(lines, at.row - times);
    case '0':
    case 'home':
      return { to: { row: at.row, column: 0 } };
    case '^':
    case '_':
      return { to: { row: at.row, column: firstNonBlank(line) } };
    case '$':
    case 'end': {
      const row = Math.min(lines.length - 1, at.row + times - 1);
      return { to: { row, column: Math.max(0, (lines[row] ?? '').length - 1) }, inclusive: true };
    }
    case 'w':
    case 'W':
      return { to: repeat(times, at, (from) => nextWord(lines, from, key === 'W')) };
    case 'b':
    case 'B':
      return { to: repeat(times, at, (from) => wordBack(lines, from, key === 'B')) };
    case 'e':
    case 'E':
      return { to: repeat(times, at, (from) => wordEnd(lines, from, key === 'E')), inclusive: true };
    case 'G':
      return onLine(lines, count === undefined ? lines.length - 1 : count - 1);
    case 'gg':
      return onLine(lines, times - 1);
    case 'C-f':
    case 'page-down':
      return rowBy(times * Math.max(1, page - 2));
    case 'C-b':
    case 'page-up':
      return rowBy(-times * Math.max(1, page - 2));
    case 'C-d':
      return rowBy(Math.floor(page / 2));
    case 'C-u':
      return rowBy(-Math.floor(page / 2));
    case '{':
      return { to: paragraph(lines, at.row, -1, times) };
    case '}':
      return { to: paragraph(lines, at.row, 1, times) };
    default:
      return undefined;
  }
}

function paragraph(lines: readonly string[], from: number, step: 1 | -1, times: number): Cursor {
  let row = from;
  for (let turn = 0; turn < times; turn += 1) {
    while (lines[row] === '' && row + step >= 0 && row + step < lines.length) row += step;
    while (row + step >= 0 && row + step < lines.length && lines[row] !== '') row += step;
  }
  return { row, column: step > 0 && row === lines.length - 1 ? (lines[row] ?? '').length : 0 };
}
