import { charWidth } from '../editor/width.ts';
import type { Cursor } from './interface.ts';

const TAB = 8;

/** The part of a text that a screen shows; it follows the cursor. Long lines are cut, and scrolled sideways. */
export class Viewport {
  top = 0;
  #left = 0;

  /** Rows as they are shown, and where the cursor is among them. `gutter`: before each line, by its number from 0. */
  show(
    lines: readonly string[],
    cursor: Cursor,
    size: { readonly rows: number; readonly columns: number },
    gutter: (row: number) => string = () => '',
  ): { readonly rows: string[]; readonly cursor: Cursor } {
    if (cursor.row < this.top) this.top = cursor.row;
    if (cursor.row >= this.top + size.rows) this.top = cursor.row - size.rows + 1;
    this.top = Math.max(0, Math.min(this.top, lines.length - 1));
    const before = gutter(cursor.row).length;
    const width = Math.max(1, size.columns - before);
    const at = cells((lines[cursor.row] ?? '').slice(0, cursor.column));
    if (at < this.#left) this.#left = Math.max(0, at - Math.floor(width / 2));
    if (at >= this.#left + width) this.#left = at - Math.floor(width / 2);
    const rows = lines
      .slice(this.top, this.top + size.rows)
      .map((line, index) => gutter(this.top + index) + cut(line, this.#left, width));
    return { rows, cursor: { row: cursor.row - this.top, column: before + at - this.#left } };
  }
}

/** Cells that a text takes, with tabs. */
function cells(text: string): number {
  let column = 0;
  for (const char of text) column += widthAt(char, column);
  return column;
}

function widthAt(char: string, column: number): number {
  if (char === '\t') return TAB - (column % TAB);
  return isControl(char) ? 2 : charWidth(char);
}

function isControl(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 32 || (code >= 127 && code < 160);
}

function cut(line: string, left: number, width: number): string {
  let out = '';
  let column = 0;
  for (const char of line) {
    const size = widthAt(char, column);
    if (column + size > left + width) break;
    if (column >= left) out += shown(char, size);
    else if (column + size > left) out += ' '.repeat(column + size - left);
    column += size;
  }
  return out;
}

/** Tabs as blanks, control characters as `^A`: a file must not steer the terminal. */
function shown(char: string, size: number): string {
  if (char === '\t') return ' '.repeat(size);
  if (!isControl(char)) return char;
  const code = char.charCodeAt(0);
  return code < 32
    ? `^${String.fromCharCode(code + 64)}`
    : code === 127
      ? '^?'
      : `~${String.fromCharCode(code - 64)}`;
}
