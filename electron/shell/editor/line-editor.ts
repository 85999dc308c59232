import type { History } from './history.ts';
import { KeyDecoder, type KeyPress } from './keys.ts';
import type { Keyboard } from './keyboard.ts';
import { LineBuffer } from './line-buffer.ts';
import { advance, textWidth, type Place } from './width.ts';
import type { Completion } from '../interface.ts';

export type LineResult = { kind: 'line'; text: string } | { kind: 'interrupt' } | { kind: 'end' };

/** What completion offers for the word before the cursor: `start` is where that word begins (in characters). */
export interface EditorHost {
  readonly keyboard: Keyboard;
  readonly history: History;
  write(text: string): void;
  columns(): number;
  rows(): number;
  onResize(listener: () => void): () => void;
  complete(line: string, cursor: number): Promise<Completion | null>;
}

const escapeWaitMs = 50;
const listLimit = 100;

/** Reads one line from a person: emacs keys, history, reverse search, completion, paste. */
export class LineEditor {
  readonly #host: EditorHost;
  readonly #buffer = new LineBuffer();
  #prompt = '';
  #cursorRow = 0;
  #historyAt = 0;
  #draft = '';
  #search: { query: string; at: number; origin: string } | null = null;
  #lastKey = '';
  #busy: Promise<void> = Promise.resolve();
  #done: ((result: LineResult) => void) | null = null;

  constructor(host: EditorHost) {
    this.#host = host;
  }

  /** `marks` is written once before and after the prompt (shell integration marks); it must be invisible. */
  read(
    prompt: string,
    marks: { before: string; after: string } = { before: '', after: '' },
  ): Promise<LineResult> {
    this.#prompt = prompt;
    this.#buffer.set('');
    this.#buffer.forget();
    this.#cursorRow = 0;
    this.#historyAt = this.#host.history.lines.length;
    this.#draft = '';
    this.#search = null;
    this.#host.write(`\x1b[?2004h${marks.before}${prompt}${marks.after}`);
    const decoder = new KeyDecoder();
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      let finished = false;
      const pressed = (keys: KeyPress[]): void => {
        for (const [at, key] of keys.entries()) {
          this.#enqueue(key);
          if (this.#ends(key)) {
            const rest = keys
              .slice(at + 1)
              .map((item) => (item.name === 'enter' ? '\r' : item.text))
              .join('');
            this.#host.keyboard.typedAhead(Buffer.from(rest));
            finished = true;
            return;
          }
        }
      };
      const stop = this.#host.keyboard.listen((chunk) => {
        clearTimeout(timer);
        if (finished) return this.#host.keyboard.typedAhead(chunk);
        pressed(decoder.feed(chunk));
        if (decoder.pending) timer = setTimeout(() => pressed(decoder.flush()), escapeWaitMs);
      });
      const unsize = this.#host.onResize(() => this.#redraw());
      this.#done = (result) => {
        clearTimeout(timer);
        stop();
        unsize();
        this.#done = null;
        this.#host.write('\x1b[?2004l');
        resolve(result);
      };
    });
  }

  /** Keys after one of these belong to what runs next. */
  #ends(key: KeyPress): boolean {
    return key.name === 'enter' || key.name === 'C-c';
  }

  #enqueue(key: KeyPress): void {
    this.#busy = this.#busy.then(async () => {
      if (this.#done === null) return;
      if (this.#search !== null && this.#searching(key)) return;
      await this.#key(key);
      this.#lastKey = key.name;
    });
  }

  async #key(key: KeyPress): Promise<void> {
    const buffer = this.#buffer;
    if (key.name === 'text') {
      const atEnd = buffer.cursor === buffer.chars.length;
      if (this.#lastKey !== 'text') buffer.save();
      buffer.insert(key.text);
      if (atEnd && this.#fits(key.text)) this.#host.write(key.text);
      else this.#redraw();
      return;
    }
    if (key.name === 'tab') return this.#complete();
    const finish = this.#finishing(key);
    if (finish !== null) {
      if (buffer.cursor < buffer.chars.length) {
        buffer.cursor = buffer.chars.length;
        this.#redraw();
      }
      this.#host.write(finish.kind === 'interrupt' ? '^C\n' : finish.kind === 'line' ? '\n' : '');
      this.#done?.(finish);
      return;
    }
    if (this.#move(key.name)) this.#redraw();
    else if (this.#edit(key)) this.#redraw();
  }

  #finishing(key: KeyPress): LineResult | null {
    if (key.name === 'enter') return { kind: 'line', text: this.#buffer.text };
    if (key.name === 'C-c') return { kind: 'interrupt' };
    if (key.name === 'C-d' && this.#buffer.chars.length === 0) return { kind: 'end' };
    return null;
  }

  #move(name: string): boolean {
    const buffer = this.#buffer;
    switch (name) {
      case 'left':
      case 'C-b':
        buffer.cursor = Math.max(0, buffer.cursor - 1);
        return true;
      case 'right':
      case 'C-f':
        buffer.cursor = Math.min(buffer.chars.length, buffer.cursor + 1);
        return true;
      case 'home':
      case 'C-a':
        buffer.cursor = 0;
        return true;
      case 'end':
      case 'C-e':
        buffer.cursor = buffer.chars.length;
        return true;
      case 'M-b':
        buffer.cursor = buffer.wordLeft();
        return true;
      case 'M-f':
        buffer.cursor = buffer.wordRight();
        return true;
      case 'up':
      case 'C-p':
        this.#recall(-1);
        return true;
      case 'down':
      case 'C-n':
        this.#recall(1);
        return true;
      case 'C-l':
        this.#host.write('\x1b[H\x1b[2J');
        this.#cursorRow = 0;
        return true;
      case 'C-r':
        this.#search = { query: '', at: this.#host.history.lines.length - 1, origin: buffer.text };
        return true;
      default:
        return false;
    }
  }

  #edit(key: KeyPress): boolean {
    const buffer = this.#buffer;
    if (key.name === 'C-_') {
      buffer.undo();
      return true;
    }
    const edits: Readonly<Record<string, () => void>> = {
      backspace: () => buffer.remove(buffer.cursor - 1, buffer.cursor),
      delete: () => buffer.remove(buffer.cursor, buffer.cursor + 1),
      'C-d': () => buffer.remove(buffer.cursor, buffer.cursor + 1),
      'C-k': () => buffer.remove(buffer.cursor, buffer.chars.length, true),
      'C-u': () => buffer.remove(0, buffer.cursor, true),
      'C-w': () => buffer.remove(buffer.wordLeft(true), buffer.cursor, true),
      'M-backspace': () => buffer.remove(buffer.wordLeft(), buffer.cursor, true),
      'M-d': () => buffer.remove(buffer.cursor, buffer.wordRight(), true),
      'C-y': () => buffer.yank(),
      'C-t': () => buffer.transpose(),
      'M-u': () => buffer.changeWord((word) => word.toUpperCase()),
      'M-l': () => buffer.changeWord((word) => word.toLowerCase()),
      'M-c': () => buffer.changeWord((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()),
      'M-.': () => buffer.insert(this.#host.history.lines.at(-1)?.trim().split(/\s+/).at(-1) ?? ''),
      paste: () => buffer.insert(key.text.replace(/\n$/, '')),
    };
    const edit = edits[key.name];
    if (edit === undefined || (key.name === 'backspace' && buffer.cursor === 0)) return false;
    buffer.save();
    edit();
    return true;
  }

  #recall(step: number): void {
    const { lines } = this.#host.history;
    const at = this.#historyAt + step;
    if (at < 0 || at > lines.length) return;
    if (this.#historyAt === lines.length) this.#draft = this.#buffer.text;
    this.#historyAt = at;
    this.#buffer.set(at === lines.length ? this.#draft : (lines[at] ?? ''));
  }

  /** Ctrl-R: answers false when the key ends the search and still has its own meaning. */
  #searching(key: KeyPress): boolean {
    const search = this.#search;
    if (search === null) return false;
    const { history } = this.#host;
    const find = (from: number): void => {
      const at = history.search(search.query, from);
      if (at < 0) return;
      search.at = at;
      this.#buffer.set(history.lines[at] ?? '', 0);
    };
    if (key.name === 'text') {
      search.query += key.text;
      find(search.at);
    } else if (key.name === 'backspace') {
      search.query = search.query.slice(0, -1);
      find(history.lines.length - 1);
    } else if (key.name === 'C-r') find(search.at - 1);
    else {
      this.#search = null;
      if (key.name === 'C-g') this.#buffer.set(search.origin);
      else this.#buffer.cursor = this.#buffer.chars.length;
      this.#redraw();
      return key.name === 'C-g' || key.name === 'escape';
    }
    this.#redraw();
    return true;
  }

  /** True when a character at the end of the line needs no redraw. */
  #fits(text: string): boolean {
    const end = advance(this.#prompt + this.#buffer.text, { row: 0, column: 0 }, this.#host.columns());
    return end.row === this.#cursorRow && end.column > 0 && textWidth(text) > 0;
  }

  /** Draws prompt and line again in place; the cursor's row is tracked so that wrapped lines are replaced, not repeated. */
  #redraw(): void {
    const columns = this.#host.columns();
    const prompt = this.#search === null ? this.#prompt : `(reverse-i-search)\`${this.#search.query}': `;
    const whole = prompt + this.#buffer.text;
    const start: Place = { row: 0, column: 0 };
    const end = advance(whole, start, columns);
    const cursor = advance(prompt + this.#buffer.before, start, columns);
    const up = this.#cursorRow > 0 ? `\x1b[${String(this.#cursorRow)}A` : '';
    const wrapped = end.column === 0 && end.row > 0 && !whole.endsWith('\n') ? '\n' : '';
    const back = end.row - cursor.row > 0 ? `\x1b[${String(end.row - cursor.row)}A` : '';
    const column = cursor.column > 0 ? `\x1b[${String(cursor.column)}C` : '';
    this.#host.write(`\x1b[?25l\r${up}\x1b[J${whole}${wrapped}${back}\r${column}\x1b[?25h`);
    this.#cursorRow = cursor.row;
  }

  async #complete(): Promise<void> {
    const again = this.#lastKey === 'tab';
    const buffer = this.#buffer;
    const found = await this.#host.complete(buffer.text, buffer.cursor).catch(() => null);
    if (found === null || found.insertions.length === 0) {
      this.#host.write('\x07');
      return;
    }
    const common =
      found.insertions.length === 1 ? (found.insertions[0] as string) : commonPrefix(found.insertions);
    const typed = buffer.chars.slice(found.start, buffer.cursor).join('');
    if (common !== typed && common.length >= typed.length) {
      buffer.save();
      buffer.remove(found.start, buffer.cursor);
      buffer.insert(common);
      this.#redraw();
      if (found.insertions.length > 1) this.#lastKey = '';
      return;
    }
    if (found.insertions.length > 1 && again) this.#list(found.labels);
    else this.#host.write('\x07');
  }

  #list(labels: readonly string[]): void {
    const columns = this.#host.columns();
    const shown = labels.slice(0, listLimit);
    const width = Math.max(...shown.map(textWidth)) + 2;
    const perRow = Math.max(1, Math.floor(columns / width));
    const height = Math.ceil(shown.length / perRow);
    let out = '\n';
    for (let row = 0; row < height; row++) {
      for (let at = row; at < shown.length; at += height) {
        const label = shown[at] ?? '';
        out += at + height < shown.length ? label + ' '.repeat(width - textWidth(label)) : label;
      }
      out += '\n';
    }
    if (labels.length > shown.length) out += `… ${String(labels.length - shown.length)}\n`;
    const end = advance(this.#prompt + this.#buffer.text, { row: 0, column: 0 }, columns);
    this.#host.write(
      `${end.row > this.#cursorRow ? `\x1b[${String(end.row - this.#cursorRow)}B` : ''}${out}`,
    );
    this.#cursorRow = 0;
    this.#redraw();
  }
}

function commonPrefix(words: readonly string[]): string {
  let prefix = words[0] ?? '';
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}
