import type { KeyPress } from '../editor/keys.ts';
import type { Cursor, EditorView, ScreenEditor } from './interface.ts';
import type { TextDocument } from './text-document.ts';
import { fileMessage, runEx } from './vi-commands.ts';
import type { Motion } from './vi-motions.ts';
import { firstNonBlank, motionOf } from './vi-motions.ts';
import { searchFrom, viPattern } from './vi-search.ts';
import { ViText } from './vi-text.ts';
import { Viewport } from './viewport.ts';

type Mode = 'normal' | 'insert' | 'replace' | 'prompt';

/** Keys that want another one: operators, `g`, `r`, `Z`. */
const OPERATORS = new Set(['d', 'c', 'y', '>', '<']);

/** vi in small: modes, motions, operators with counts, one register, undo, repeat, search and ex commands. */
export class Vi implements ScreenEditor {
  done: number | undefined;
  readonly #document: TextDocument;
  readonly #text: ViText;
  readonly #cwd: string;
  readonly #viewport = new Viewport();
  #mode: Mode = 'normal';
  #count = '';
  #operator = '';
  #operatorCount = '';
  /** `g`, `r`, `Z`: what comes next belongs to it. */
  #waiting = '';
  #prompt = '';
  #message = '';
  #numbers = false;
  #search: { readonly pattern: string; readonly step: 1 | -1 } | undefined;
  #page = 23;
  /** Keys of the command that is typed, and of the last one that changed something. */
  #typed: KeyPress[] = [];
  #last: readonly KeyPress[] = [];
  #changing = false;
  #repeating = false;

  constructor(
    document: TextDocument,
    cwd: string,
    loaded: { readonly lines: number; readonly bytes: number },
  ) {
    this.#document = document;
    this.#text = new ViText(document);
    this.#cwd = cwd;
    if (document.name !== '')
      this.#message = document.isNew
        ? `"${document.name}" [New]`
        : fileMessage(document, document.name, loaded.lines, loaded.bytes);
  }

  async press(key: KeyPress): Promise<void> {
    const name = key.name === 'text' ? key.text : key.name;
    if (!this.#repeating && this.#mode !== 'prompt') this.#typed.push(key);
    if (this.#mode === 'prompt') await this.#inPrompt(key);
    else if (this.#mode === 'normal') await this.#normal(name, key);
    else this.#insert(name, key);
    this.#text.clamp(this.#mode === 'insert' || this.#mode === 'replace');
    if (this.#mode === 'normal' && this.#count + this.#operator + this.#waiting === '' && !this.#repeating) {
      if (this.#changing) this.#last = this.#typed;
      this.#typed = [];
      this.#changing = false;
    }
  }

  render(rows: number, columns: number): EditorView {
    this.#page = Math.max(1, rows - 1);
    const { lines } = this.#document;
    const width = Math.max(3, String(lines.length).length);
    const view = this.#viewport.show(lines, this.#text.cursor, { rows: this.#page, columns }, (row) =>
      this.#numbers ? `${String(row + 1).padStart(width)} ` : '',
    );
    while (view.rows.length < this.#page) view.rows.push('~');
    const prompt = this.#mode === 'prompt';
    const status = prompt
      ? this.#prompt
      : this.#mode === 'insert'
        ? '-- INSERT --'
        : this.#mode === 'replace'
          ? '-- REPLACE --'
          : this.#message;
    const place = `${String(this.#text.cursor.row + 1)},${String(this.#text.cursor.column + 1)}`;
    const bottom =
      prompt || columns < 40
        ? status.slice(0, columns - 1)
        : status.slice(0, columns - 20).padEnd(columns - 18) + place.padEnd(14) + this.#part();
    return {
      rows: [...view.rows, bottom],
      cursor: prompt ? { row: this.#page, column: Math.min(columns - 1, status.length) } : view.cursor,
    };
  }

  /** `Top`, `Bot`, `All` or how far. */
  #part(): string {
    const below = this.#document.lines.length - this.#viewport.top - this.#page;
    if (this.#viewport.top === 0) return below <= 0 ? 'All' : 'Top';
    return below <= 0
      ? 'Bot'
      : `${String(Math.floor((this.#viewport.top * 100) / (this.#viewport.top + below)))}%`;
  }

  #change(): void {
    this.#text.remember();
    this.#changing = true;
  }

  async #normal(name: string, key: KeyPress): Promise<void> {
    if (name === 'escape' || name === 'C-c' || name === 'C-[') {
      this.#reset();
      return;
    }
    if (key.name === 'paste') {
      for (const char of key.text) await this.press({ name: char === '\n' ? 'enter' : 'text', text: char });
      return;
    }
    if (this.#waiting !== '') return this.#second(name, key);
    if (/^[1-9]$/.test(name) || (name === '0' && this.#count !== '')) {
      this.#count += name;
      return;
    }
    if (name === 'g' || ((name === 'r' || name === 'Z') && this.#operator === '')) {
      this.#waiting = name;
      return;
    }
    if (this.#operator !== '' && name === this.#operator) return this.#lines(this.#operator);
    if (OPERATORS.has(name) && this.#operator === '') {
      this.#operator = name;
      this.#operatorCount = this.#count;
      this.#count = '';
      return;
    }
    await this.#moveOrAct(name);
  }

  async #moveOrAct(name: string): Promise<void> {
    const { lines } = this.#document;
    // `cw` changes to the end of the word, not the blanks after it.
    const key =
      this.#operator === 'c' &&
      /^[wW]$/.test(name) &&
      /\S/.test(this.#text.line[this.#text.cursor.column] ?? '')
        ? name === 'w'
          ? 'e'
          : 'E'
        : name;
    const motion = motionOf(key, lines, this.#text.cursor, this.#times, this.#page);
    if (motion !== undefined) {
      if (this.#operator === '') {
        this.#text.cursor = { ...motion.to };
        this.#reset();
      } else this.#operate(this.#operator, motion);
      return;
    }
    if (this.#operator !== '' && name !== 'n' && name !== 'N') {
      this.#reset();
      return;
    }
    await this.#act(name, this.#times ?? 1);
  }

  /** The counts before the operator and before the motion, multiplied. */
  get #times(): number | undefined {
    if (this.#count === '' && this.#operatorCount === '') return undefined;
    return Number(this.#count || 1) * Number(this.#operatorCount || 1);
  }

  #reset(): void {
    this.#count = this.#operator = this.#operatorCount = this.#waiting = '';
  }

  async #second(name: string, key: KeyPress): Promise<void> {
    const first = this.#waiting;
    this.#waiting = '';
    if (first === 'g') return this.#moveOrAct(`g${name}`);
    const times = this.#times ?? 1;
    this.#reset();
    if (first === 'r' && key.name === 'text' && this.#text.cursor.column + times <= this.#text.line.length) {
      this.#change();
      const end = this.#text.cursor.column + times;
      this.#text.line =
        this.#text.line.slice(0, this.#text.cursor.column) +
        key.text.repeat(times) +
        this.#text.line.slice(end);
      this.#text.cursor.column = end - 1;
    }
    if (first === 'Z' && name === 'Z') await this.#ex('x');
    if (first === 'Z' && name === 'Q') await this.#ex('q!');
  }

  async #act(name: string, times: number): Promise<void> {
    this.#reset();
    this.#message = '';
    const { row, column } = this.#text.cursor;
    switch (name) {
      case 'i':
      case 'insert':
        return this.#startInsert(column);
      case 'a':
        return this.#startInsert(column + 1);
      case 'I':
        return this.#startInsert(firstNonBlank(this.#text.line));
      case 'A':
        return this.#startInsert(this.#text.line.length);
      case 'R':
        this.#startInsert(column);
        this.#mode = 'replace';
        return;
      case 'o':
      case 'O': {
        this.#change();
        const at = name === 'o' ? row + 1 : row;
        this.#document.lines.splice(at, 0, '');
        this.#text.cursor = { row: at, column: 0 };
        this.#mode = 'insert';
        return;
      }
      case 'x':
      case 'delete':
        return this.#operate('d', { to: { row, column: Math.min(this.#text.line.length, column + times) } });
      case 'X':
        return this.#operate('d', { to: { row, column: Math.max(0, column - times) } });
      case 'D':
        return this.#operate('d', { to: { row, column: this.#text.line.length } });
      case 'C':
        return this.#operate('c', { to: { row, column: this.#text.line.length } });
      case 's':
        return this.#operate('c', { to: { row, column: Math.min(this.#text.line.length, column + times) } });
      case 'S':
        return this.#lines('c', times);
      case 'Y':
        return this.#lines('y', times);
      case 'p':
      case 'P':
        this.#changing = true;
        return this.#text.put(name === 'p', times);
      case 'J':
        this.#changing = true;
        return this.#text.join(Math.max(1, times - 1));
      case '~':
        this.#change();
        this.#text.line =
          this.#text.line.slice(0, column) +
          swapCase(this.#text.line.slice(column, column + times)) +
          this.#text.line.slice(column + times);
        this.#text.cursor.column = column + times;
        return;
      case 'u':
      case 'C-r': {
        const to =
          name === 'u' ? this.#document.undo(this.#text.cursor) : this.#document.redo(this.#text.cursor);
        if (to === undefined)
          this.#message = name === 'u' ? 'Already at oldest change' : 'Already at newest change';
        else this.#text.cursor = to;
        return;
      }
      case '.':
        return this.#repeat(times);
      case '/':
      case '?':
      case ':':
        this.#mode = 'prompt';
        this.#prompt = name;
        return;
      case 'n':
      case 'N':
        return this.#findAgain(name === 'n' ? 1 : -1, times);
      case 'C-g':
        this.#message = `"${this.#document.name}" ${String(this.#document.lines.length)} lines --${String(Math.floor(((row + 1) * 100) / this.#document.lines.length))}%--`;
        return;
      case 'C-z':
        this.#message = 'leme: jobs of a full-screen program are not modelled';
    }
  }

  async #repeat(times: number): Promise<void> {
    this.#repeating = true;
    for (let turn = 0; turn < times; turn += 1) for (const key of this.#last) await this.press(key);
    this.#repeating = false;
    this.#typed = [];
    this.#changing = false;
  }

  #startInsert(column: number): void {
    this.#change();
    this.#text.cursor.column = Math.min(column, this.#text.line.length);
    this.#mode = 'insert';
  }

  /** `dd`, `yy`, `cc`, `>>`, `<<` and the like. */
  #lines(operator: string, times = this.#times ?? 1): void {
    const last = Math.min(this.#document.lines.length - 1, this.#text.cursor.row + times - 1);
    this.#operate(operator, { to: { row: last, column: 0 }, linewise: true });
  }

  #operate(operator: string, motion: Motion): void {
    this.#reset();
    const ordered = before(motion.to, this.#text.cursor)
      ? [motion.to, this.#text.cursor]
      : [this.#text.cursor, motion.to];
    const [start, end] = ordered as [Cursor, Cursor];
    const told =
      motion.linewise === true
        ? this.#text.operateLines(operator, start.row, end.row)
        : this.#text.operateText(operator, start, {
            row: end.row,
            column: end.column + (motion.inclusive === true ? 1 : 0),
          });
    if (told !== '') this.#message = told;
    if (operator !== 'y') this.#changing = true;
    if (operator === 'c') this.#mode = 'insert';
  }

  #insert(name: string, key: KeyPress): void {
    const { lines } = this.#document;
    const { column } = this.#text.cursor;
    if (name === 'escape' || name === 'C-c') {
      this.#mode = 'normal';
      this.#text.cursor.column = Math.max(0, column - 1);
    } else if (key.name === 'text' || key.name === 'tab' || key.name === 'paste')
      this.#text.type(key.text, this.#mode === 'replace');
    else if (name === 'enter') this.#text.type('\n', false);
    else if (name === 'backspace' || name === 'C-h') this.#text.eraseBefore();
    else if (name === 'delete')
      this.#text.line = this.#text.line.slice(0, column) + this.#text.line.slice(column + 1);
    else if (name === 'C-w') this.#text.eraseWord();
    else if (name === 'C-u') {
      this.#text.line = this.#text.line.slice(column);
      this.#text.cursor.column = 0;
    } else {
      const motion = /^(left|right|up|down|home|page-up|page-down)$/.test(name)
        ? motionOf(name, lines, this.#text.cursor, undefined, this.#page)
        : undefined;
      if (motion !== undefined) this.#text.cursor = { ...motion.to };
      else if (name === 'end') this.#text.cursor.column = this.#text.line.length;
    }
  }

  async #inPrompt(key: KeyPress): Promise<void> {
    if (key.name === 'escape' || key.name === 'C-c') this.#mode = 'normal';
    else if (key.name === 'backspace') {
      this.#prompt = this.#prompt.slice(0, -1);
      if (this.#prompt === '') this.#mode = 'normal';
    } else if (key.name === 'C-u') this.#prompt = this.#prompt.slice(0, 1);
    else if (key.name === 'enter') {
      const [kind, line] = [this.#prompt[0] ?? '', this.#prompt.slice(1)];
      this.#mode = 'normal';
      if (kind === ':') await this.#ex(line);
      else {
        const pattern = line === '' ? (this.#search?.pattern ?? '') : line;
        this.#search = { pattern, step: kind === '/' ? 1 : -1 };
        this.#findAgain(1, 1);
      }
    } else if (key.name === 'text' || key.name === 'tab' || key.name === 'paste')
      this.#prompt += key.text.replaceAll('\n', ' ');
  }

  async #ex(line: string): Promise<void> {
    const outcome = await runEx(line, this.#document, this.#text.cursor, this.#cwd);
    this.#message = outcome.message ?? '';
    if (outcome.cursor !== undefined) this.#text.cursor = { ...outcome.cursor };
    if (outcome.numbers !== undefined) this.#numbers = outcome.numbers;
    if (outcome.register !== undefined) this.#text.register = { text: outcome.register, linewise: true };
    if (outcome.done !== undefined) this.done = outcome.done;
  }

  #findAgain(direction: 1 | -1, times: number): void {
    const search = this.#search;
    if (search === undefined || search.pattern === '') {
      this.#message = 'E35: No previous regular expression';
      return;
    }
    const step = (search.step * direction) as 1 | -1;
    this.#message = `${step > 0 ? '/' : '?'}${search.pattern}`;
    try {
      const pattern = viPattern(search.pattern);
      for (let turn = 0; turn < times; turn += 1) {
        const found = searchFrom(this.#document.lines, this.#text.cursor, pattern, step);
        if (found === undefined) {
          this.#message = `E486: Pattern not found: ${search.pattern}`;
          return;
        }
        if (found.wrapped)
          this.#message =
            step > 0 ? 'search hit BOTTOM, continuing at TOP' : 'search hit TOP, continuing at BOTTOM';
        this.#text.cursor = { ...found.at };
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#message = `E486: Pattern not found: ${search.pattern}`;
    }
  }
}

function before(a: Cursor, b: Cursor): boolean {
  return a.row < b.row || (a.row === b.row && a.column < b.column);
}

function swapCase(text: string): string {
  return [...text]
    .map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()))
    .join('');
}
