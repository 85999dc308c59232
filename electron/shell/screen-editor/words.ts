import type { Cursor } from './interface.ts';

type Kind = 'blank' | 'word' | 'other';

function kindOf(char: string | undefined, big: boolean): Kind {
  if (char === undefined || /\s/.test(char)) return 'blank';
  return big || /[\w\u00c0-\uffff]/.test(char) ? 'word' : 'other';
}

/** Start of the next word; `big`: words are what blanks part. An empty line is a word. */
export function nextWord(lines: readonly string[], from: Cursor, big: boolean): Cursor {
  let { row, column } = from;
  let line = lines[row] ?? '';
  const start = kindOf(line[column], big);
  while (start !== 'blank' && column < line.length && kindOf(line[column], big) === start) column += 1;
  for (;;) {
    while (column < line.length && kindOf(line[column], big) === 'blank') column += 1;
    if (column < line.length) return { row, column };
    if (row + 1 >= lines.length) return { row, column: Math.max(0, line.length) };
    row += 1;
    column = 0;
    line = lines[row] ?? '';
    if (line === '') return { row, column };
  }
}

/** Last character of this word, or of the next one. */
export function wordEnd(lines: readonly string[], from: Cursor, big: boolean): Cursor {
  let { row, column } = from;
  let line = lines[row] ?? '';
  column += 1;
  for (;;) {
    while (column < line.length && kindOf(line[column], big) === 'blank') column += 1;
    if (column < line.length) break;
    if (row + 1 >= lines.length) return { row, column: Math.max(0, line.length - 1) };
    row += 1;
    column = 0;
    line = lines[row] ?? '';
  }
  const kind = kindOf(line[column], big);
  while (column + 1 < line.length && kindOf(line[column + 1], big) === kind) column += 1;
  return { row, column };
}

/** Start of this word, or of the one before. */
export function wordBack(lines: readonly string[], from: Cursor, big: boolean): Cursor {
  let { row, column } = from;
  let line = lines[row] ?? '';
  column -= 1;
  for (;;) {
    while (column >= 0 && kindOf(line[column], big) === 'blank') column -= 1;
    if (column >= 0) break;
    if (row === 0) return { row: 0, column: 0 };
    row -= 1;
    line = lines[row] ?? '';
    column = line.length - 1;
    if (line === '') return { row, column: 0 };
  }
  const kind = kindOf(line[column], big);
  while (column > 0 && kindOf(line[column - 1], big) === kind) column -= 1;
  return { row, column };
}
