import type { KeyPress } from '../editor/keys.ts';
import { FsError } from '../errors.ts';
import { resolvePath } from '../fs/resolve-path.ts';
import type { Cursor, EditorView, ScreenEditor } from './interface.ts';
import type { TextDocument } from './text-document.ts';
import { motionOf } from './vi-motions.ts';
import { searchFrom } from './vi-search.ts';
import { Viewport } from './viewport.ts';

interface Prompt {
  readonly label: string;
  text: string;
  /** Single keys that answer; without them a line is typed. */
  readonly keys?: string;
  answer(text: string): Promise<void> | void;
}

const HELP = [
  [['^G', 'Help'], ['^O', 'Write Out'], ['^W', 'Where Is'], ['^K', 'Cut'], ['^T', 'Execute'], ['^C', 'Location']],
  [['^X', 'Exit'], ['^R', 'Read File'], ['^\\', 'Replace'], ['^U', 'Paste'], ['^J', 'Justify'], ['^/', 'Go To Line']],
] as const; // prettier-ignore
const MOTIONS: Readonly<Record<string, string>> = {
  left: 'h', right: 'l', up: 'k', down: 'j', 'C-b': 'h', 'C-f': 'l', 'C-p': 'k', 'C-n': 'j', home: '0', 'C-a': '0',
}; // prettier-ignore

/** nano in small: typing, cut and paste of lines, search, write out and exit with its questions. */
export class Nano implements ScreenEditor {
  done: number | undefined;
  readonly #document: TextDocument;
  readonly #cwd: string;
  readonly #viewport = new Viewport();
  #cursor: Cursor = { row: 0, column: 0 };
  #cut: string[] = [];
  #cutting = false;
  #typing = false;
  #prompt: Prompt | undefined;
  #message: string;
  #search = '';
  #page = 20;

  constructor(document: TextDocument, cwd: string, loaded: { readonly lines: number }) {
    this.#document = document;
    this.#cwd = cwd;
    const lines = (count: number): string => `${String(count)} line${count === 1 ? '' : 's'}`;
    this.#message =
      document.name === ''
        ? ''
        : document.isNew
          ? 'New File'
          : `Read ${lines(loaded.lines)}${document.binary ? ' (bytes: no UTF-8)' : ''}`;
  }

  async press(key: KeyPress): Promise<void> {
    if (this.#prompt !== undefined) return this.#inPrompt(this.#prompt, key);
    this.#message = '';
    const name = key.name === 'text' ? '' : key.name;
    const continues = name === 'C-k' && this.#cutting;
    this.#cutting = name === 'C-k';
    if (key.name === 'text' || key.name === 'tab' || key.name === 'paste') this.#insert(key.text);
    else if (name === 'enter') this.#insert('\n');
    else if (!this.#move(name)) await this.#command(name, continues);
    this.#clamp();
  }

  render(rows: number, columns: number): EditorView {
    this.#page = Math.max(1, rows - 4);
    const view = this.#viewport.show(this.#document.lines, this.#cursor, { rows: this.#page, columns });
    while (view.rows.length < this.#page) view.rows.push('');
    const prompt = this.#prompt;
    const typed = prompt === undefined ? '' : `${prompt.label}${prompt.text}`;
    const told = this.#message === '' ? '' : `[ ${this.#message} ]`;
    const status =
      prompt === undefined
        ? ' '.repeat(Math.max(0, Math.floor((columns - told.length) / 2))) + told
        : `\x1b[7m${typed.padEnd(columns)}`;
    return {
      rows: [this.#title(columns), ...view.rows, status, ...this.#help(columns)],
      cursor:
        prompt === undefined
          ? { row: view.cursor.row + 1, column: view.cursor.column }
          : { row: this.#page + 1, column: Math.min(columns - 1, typed.length) },
    };
  }

  #title(columns: number): string {
    const name = this.#document.name === '' ? 'New Buffer' : this.#document.name;
    const left = '  GNU nano 7.2';
    const right = this.#document.modified ? 'Modified  ' : '';
    const space = Math.max(1, Math.floor((columns - name.length) / 2) - left.length);
    const start = `${left}${' '.repeat(space)}${name}`;
    return `\x1b[7m${(start.padEnd(columns - right.length) + right).slice(0, columns)}`;
  }

  #help(columns: number): readonly string[] {
    const rows =
      this.#prompt === undefined
        ? HELP
        : this.#prompt.keys === undefined
          ? [[['^G', 'Help']], [['^C', 'Cancel']]]
          : [[[' Y', 'Yes']], [[' N', 'No'], ['^C', 'Cancel']]]; // prettier-ignore
    const width = Math.max(10, Math.floor(columns / 6));
    return rows.map((row) => {
      let left = columns;
      return row
        .map(([key, label]) => {
          const text = `${key} ${label}`.padEnd(width).slice(0, Math.min(width, left));
          left -= text.length;
          return text.length > 2 ? `\x1b[7m${text.slice(0, 2)}\x1b[0m${text.slice(2)}` : text;
        })
        .join('');
    });
  }

  get #line(): string {
    return this.#document.lines[this.#cursor.row] ?? '';
  }

  #clamp(): void {
    this.#cursor.row = Math.max(0, Math.min(this.#cursor.row, this.#document.lines.length - 1));
    this.#cursor.column = Math.max(0, Math.min(this.#cursor.column, this.#line.length));
  }

  #change(): void {
    this.#document.remember(this.#cursor);
    this.#document.modified = true;
  }

  #insert(text: string): void {
    if (!this.#typing) this.#change();
    this.#typing = text !== '\n';
    this.#document.modified = true;
    const { row, column } = this.#cursor;
    const parts = text.split('\n');
    const joined = (this.#line.slice(0, column) + text + this.#line.slice(column)).split('\n');
    this.#document.lines.splice(row, 1, ...joined);
    const last = parts.at(-1) ?? '';
    this.#cursor = { row: row + parts.length - 1, column: (parts.length === 1 ? column : 0) + last.length };
  }

  /** False for a key that does not move. */
  #move(name: string): boolean {
    const { row, column } = this.#cursor;
    const { lines } = this.#document;
    const page = { 'page-up': -this.#page, 'C-y': -this.#page, 'page-down': this.#page, 'C-v': this.#page }[
      name
    ];
    if (name === 'end' || name === 'C-e') this.#cursor.column = this.#line.length;
    else if (page !== undefined) this.#cursor.row = Math.max(0, Math.min(lines.length - 1, row + page));
    else if ((name === 'left' || name === 'C-b') && column === 0 && row > 0)
      this.#cursor = { row: row - 1, column: (lines[row - 1] ?? '').length };
    else if ((name === 'right' || name === 'C-f') && column >= this.#line.length && row + 1 < lines.length)
      this.#cursor = { row: row + 1, column: 0 };
    else {
      const motion = motionOf(MOTIONS[name] ?? '', lines, this.#cursor, undefined, this.#page);
      if (motion === undefined) return false;
      this.#cursor = { ...motion.to };
    }
    this.#typing = false;
    return true;
  }

  async #command(name: string, continues: boolean): Promise<void> {
    const { lines } = this.#document;
    const { row, column } = this.#cursor;
    this.#typing = false;
    switch (name) {
      case 'backspace':
      case 'C-h':
        if (row === 0 && column === 0) return;
        this.#change();
        if (column > 0) lines[row] = this.#line.slice(0, column - 1) + this.#line.slice(column);
        else this.#joinBefore(row);
        if (column > 0) this.#cursor.column = column - 1;
        return;
      case 'delete':
      case 'C-d':
        if (column >= this.#line.length && row + 1 >= lines.length) return;
        this.#change();
        if (column < this.#line.length)
          lines[row] = this.#line.slice(0, column) + this.#line.slice(column + 1);
        else this.#joinBefore(row + 1);
        return;
      case 'C-k': {
        this.#change();
        const [line = ''] = lines.splice(row, 1);
        if (lines.length === 0) lines.push('');
        this.#cut = continues ? [...this.#cut, line] : [line];
        this.#cursor.column = 0;
        return;
      }
      case 'C-u':
        if (this.#cut.length === 0) return;
        this.#change();
        lines.splice(row, 0, ...this.#cut);
        this.#cursor = { row: row + this.#cut.length, column: 0 };
        return;
      case 'M-u':
      case 'M-e': {
        const to = name === 'M-u' ? this.#document.undo(this.#cursor) : this.#document.redo(this.#cursor);
        this.#message = to === undefined ? `Nothing to ${name === 'M-u' ? 'undo' : 'redo'}` : '';
        if (to !== undefined) this.#cursor = to;
        return;
      }
      case 'C-w':
      case 'M-w':
        if (name === 'M-w' && this.#search !== '') return this.#find(this.#search);
        return this.#ask(`Search${this.#search === '' ? '' : ` [${this.#search}]`}: `, '', (text) =>
          this.#find(text),
        );
      case 'C-_':
        return this.#ask('Enter line number, column number: ', '', (text) => {
          this.#cursor = { row: Number.parseInt(text, 10) - 1 || 0, column: 0 };
        });
      case 'C-o':
        return this.#writeOut(() => undefined);
      case 'C-s':
        if (this.#document.name === '') return this.#writeOut(() => undefined);
        await this.#save(this.#document.name);
        return;
      case 'C-x':
        return this.#exit();
      case 'C-c':
        this.#message = `line ${String(row + 1)}/${String(lines.length)} (${String(Math.floor(((row + 1) * 100) / lines.length))}%), col ${String(column + 1)}/${String(this.#line.length + 1)}`;
        return;
      case 'escape':
        return;
      default:
        this.#message = 'Unbound key';
    }
  }

  #joinBefore(row: number): void {
    const { lines } = this.#document;
    const [line = ''] = lines.splice(row, 1);
    this.#cursor = { row: row - 1, column: (lines[row - 1] ?? '').length };
    lines[row - 1] = (lines[row - 1] ?? '') + line;
  }

  #ask(label: string, text: string, answer: Prompt['answer'], keys?: string): void {
    this.#prompt = { label, text, answer, ...(keys === undefined ? {} : { keys }) };
  }

  async #inPrompt(prompt: Prompt, key: KeyPress): Promise<void> {
    if (key.name === 'C-c' || key.name === 'escape') {
      this.#prompt = undefined;
      this.#message = 'Cancelled';
    } else if (prompt.keys !== undefined) {
      if (!prompt.keys.includes(key.text.toLowerCase())) return;
      this.#prompt = undefined;
      await prompt.answer(key.text.toLowerCase());
    } else if (key.name === 'enter') {
      this.#prompt = undefined;
      await prompt.answer(prompt.text);
    } else if (key.name === 'backspace') prompt.text = prompt.text.slice(0, -1);
    else if (key.name === 'C-u' || key.name === 'C-k') prompt.text = '';
    else if (key.name === 'text' || key.name === 'paste') prompt.text += key.text.replaceAll('\n', '');
    this.#clamp();
  }

  #exit(): void {
    if (!this.#document.modified) {
      this.done = 0;
      return;
    }
    this.#ask('Save modified buffer? ', '', (text) => {
      if (text === 'n') this.done = 0;
      else this.#writeOut(() => void (this.done = 0));
    }, 'yn'); // prettier-ignore
  }

  #writeOut(after: () => void): void {
    this.#ask('File Name to Write: ', this.#document.name, async (name) => {
      if (name === '') this.#message = 'Cancelled';
      else if (await this.#save(name)) after();
    });
  }

  /** False when it could not be written, which is told. */
  async #save(name: string): Promise<boolean> {
    this.#document.path = resolvePath(this.#cwd, name);
    this.#document.name = name;
    try {
      await this.#document.save();
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.#message = `Error writing ${name}: ${error.text}`;
      return false;
    }
    const { length } = this.#document.lines;
    this.#message = `Wrote ${String(length)} line${length === 1 ? '' : 's'}`;
    return true;
  }

  #find(text: string): void {
    const wanted = text === '' ? this.#search : text;
    if (wanted === '') {
      this.#message = 'No current search pattern';
      return;
    }
    this.#search = wanted;
    const pattern = new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i');
    const found = searchFrom(this.#document.lines, this.#cursor, pattern, 1);
    if (found === undefined) this.#message = `"${wanted}" not found`;
    else {
      this.#cursor = { ...found.at };
      if (found.wrapped) this.#message = 'Search Wrapped';
    }
  }
}
