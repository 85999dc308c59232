import type { Cursor } from './interface.ts';
import type { TextDocument } from './text-document.ts';
import { firstNonBlank } from './vi-motions.ts';

interface Register {
  readonly text: readonly string[];
  readonly linewise: boolean;
}

/** The text under vi: cursor, register, and what operators and typing do to it. Operators answer what is told of them. */
export class ViText {
  readonly document: TextDocument;
  cursor: Cursor = { row: 0, column: 0 };
  register: Register = { text: [], linewise: false };

  constructor(document: TextDocument) {
    this.document = document;
  }

  get line(): string {
    return this.document.lines[this.cursor.row] ?? '';
  }

  set line(text: string) {
    this.document.lines[this.cursor.row] = text;
  }

  /** Before a change. */
  remember(): void {
    this.document.remember(this.cursor);
    this.document.modified = true;
  }

  /** Keeps the cursor within the text; `past`: it may stand behind the last character. */
  clamp(past: boolean): void {
    const { lines } = this.document;
    this.cursor.row = Math.max(0, Math.min(this.cursor.row, lines.length - 1));
    this.cursor.column = Math.max(0, Math.min(this.cursor.column, this.line.length - (past ? 0 : 1)));
  }

  operateLines(operator: string, first: number, last: number): string {
    const { lines } = this.document;
    const count = last - first + 1;
    if (operator === '>' || operator === '<') {
      this.remember();
      for (let row = first; row <= last; row += 1)
        lines[row] =
          operator === '<'
            ? (lines[row] ?? '').replace(/^(\t| {1,8})/, '')
            : (lines[row] ?? '').replace(/^(?=.)/, '\t');
      this.cursor = { row: first, column: firstNonBlank(lines[first] ?? '') };
      return '';
    }
    this.register = { text: lines.slice(first, last + 1), linewise: true };
    if (operator === 'y') {
      this.cursor.row = first;
      return count > 2 ? `${String(count)} lines yanked` : '';
    }
    this.remember();
    lines.splice(first, count, ...(operator === 'c' ? [''] : []));
    if (lines.length === 0) lines.push('');
    const row = Math.min(first, lines.length - 1);
    this.cursor = { row, column: firstNonBlank(lines[row] ?? '') };
    return operator !== 'c' && count > 2 ? `${String(count)} fewer lines` : '';
  }

  operateText(operator: string, start: Cursor, end: Cursor): string {
    const { lines } = this.document;
    if (operator === '>' || operator === '<') return this.operateLines(operator, start.row, end.row);
    // `dw` on the last word of a line leaves the line break.
    const stop =
      end.row > start.row && operator !== 'y' && end.column === 0
        ? { row: end.row - 1, column: (lines[end.row - 1] ?? '').length }
        : end;
    const first = lines[start.row] ?? '';
    const last = lines[stop.row] ?? '';
    const text =
      start.row === stop.row
        ? [first.slice(start.column, stop.column)]
        : [first.slice(start.column), ...lines.slice(start.row + 1, stop.row), last.slice(0, stop.column)];
    this.register = { text, linewise: false };
    this.cursor = { ...start };
    if (operator === 'y') return '';
    this.remember();
    lines.splice(start.row, stop.row - start.row + 1, first.slice(0, start.column) + last.slice(stop.column));
    return '';
  }

  put(after: boolean, times: number): void {
    const { text, linewise } = this.register;
    if (text.length === 0) return;
    this.remember();
    const { lines } = this.document;
    for (let turn = 0; turn < times; turn += 1) {
      if (linewise) {
        const row = this.cursor.row + (after ? 1 : 0);
        lines.splice(row, 0, ...text);
        this.cursor = { row, column: firstNonBlank(lines[row] ?? '') };
        continue;
      }
      const column = this.line === '' ? 0 : this.cursor.column + (after ? 1 : 0);
      const joined = (this.line.slice(0, column) + text.join('\n') + this.line.slice(column)).split('\n');
      lines.splice(this.cursor.row, 1, ...joined);
      this.cursor.column = text.length === 1 ? column + (text[0] ?? '').length - 1 : column;
    }
  }

  join(times: number): void {
    if (this.cursor.row + 1 >= this.document.lines.length) return;
    this.remember();
    for (let turn = 0; turn < times && this.cursor.row + 1 < this.document.lines.length; turn += 1) {
      const [next = ''] = this.document.lines.splice(this.cursor.row + 1, 1);
      const lead = this.line.replace(/\s+$/, '');
      this.line = lead + (lead === '' || next.trim() === '' ? '' : ' ') + next.replace(/^\s+/, '');
      this.cursor.column = lead.length;
    }
  }

  type(text: string, replacing: boolean): void {
    const { row, column } = this.cursor;
    const over = replacing && !text.includes('\n') ? text.length : 0;
    const parts = text.split('\n');
    const joined = (this.line.slice(0, column) + text + this.line.slice(column + over)).split('\n');
    this.document.lines.splice(row, 1, ...joined);
    const last = parts.at(-1) ?? '';
    this.cursor = {
      row: row + parts.length - 1,
      column: parts.length === 1 ? column + last.length : last.length,
    };
  }

  /** Backspace: also over the start of a line. */
  eraseBefore(): void {
    const { row, column } = this.cursor;
    const { lines } = this.document;
    if (column > 0) {
      this.line = this.line.slice(0, column - 1) + this.line.slice(column);
      this.cursor.column = column - 1;
    } else if (row > 0) {
      const [line = ''] = lines.splice(row, 1);
      this.cursor = { row: row - 1, column: (lines[row - 1] ?? '').length };
      this.line += line;
    }
  }

  /** The word before the cursor. */
  eraseWord(): void {
    const { column } = this.cursor;
    const kept = this.line.slice(0, column).replace(/\s*\S+\s*$/, '');
    this.line = kept + this.line.slice(column);
    this.cursor.column = kept.length;
  }
}
