import { KeyDecoder } from '../editor/keys.ts';
import { textWidth } from '../editor/width.ts';
import type { Command, CommandIo } from '../interface.ts';
import { inputs } from './inputs.ts';

/** `less` and `more`: a pager with search when a terminal is attached, else as `cat`. */
export function pager(name: 'less' | 'more'): Command {
  return {
    name,
    summary: { en: 'Read text a screen at a time', 'pt-BR': 'Lê texto uma tela por vez' },
    async run(io) {
      let code = 0;
      const operands = io.argv.slice(1).filter((word) => !word.startsWith('-') && !word.startsWith('+'));
      if (operands.length === 0 && io.stdin.isTty) {
        await io.stderr.write(`Missing filename ("${name} --help" for help)\n`);
        return 1;
      }
      if (io.tty === undefined || !io.stdout.isTty) {
        for await (const { source } of inputs(io, operands, () => (code = 1)))
          for await (const chunk of source) await io.stdout.write(chunk);
        return code;
      }
      const lines: string[] = [];
      for await (const { source } of inputs(io, operands, () => (code = 1)))
        for await (const line of source.lines()) lines.push(line.replaceAll('\t', '        '));
      if (io.signal.aborted) return 130;
      if (lines.length < io.tty.rows) {
        await io.stdout.write(lines.map((line) => `${line}\n`).join(''));
        return code;
      }
      await new Pager(io, lines, operands[0] ?? '').run();
      return code;
    },
  };
}

class Pager {
  readonly #io: CommandIo;
  readonly #lines: readonly string[];
  readonly #name: string;
  #top = 0;
  #query = '';
  #message = '';

  constructor(io: CommandIo, lines: readonly string[], name: string) {
    this.#io = io;
    this.#lines = lines;
    this.#name = name;
  }

  get #height(): number {
    return (this.#io.tty?.rows ?? 24) - 1;
  }

  async run(): Promise<void> {
    const { tty, stdout } = this.#io;
    if (tty === undefined) return;
    const grabbed = tty.grabKeys();
    await stdout.write('\x1b[?1049h');
    const unsize = tty.onResize(() => void this.#draw());
    const decoder = new KeyDecoder();
    try {
      await this.#draw();
      let asking: string | null = null;
      for await (const chunk of grabbed.keys) {
        for (const key of decoder.feed(chunk)) {
          if (asking !== null) {
            if (key.name === 'enter') {
              if (asking.length > 1) this.#query = asking.slice(1);
              this.#find(asking.startsWith('?') ? -1 : 1);
              asking = null;
              await this.#draw();
            } else if (key.name === 'backspace') asking = asking.length > 1 ? asking.slice(0, -1) : null;
            else if (key.name === 'text') asking += key.text;
            else asking = null;
            await stdout.write(asking === null ? '' : `\r\x1b[K${asking}`);
            if (asking === null) await this.#draw();
            continue;
          }
          if (key.text === 'q' || key.text === 'Q' || key.name === 'C-c') return;
          if (key.text === '/' || key.text === '?') {
            asking = key.text;
            await stdout.write(`\r\x1b[K${asking}`);
            continue;
          }
          this.#move(key.name === 'text' ? key.text : key.name);
          await this.#draw();
        }
      }
    } finally {
      unsize();
      grabbed.release();
      await stdout.write('\x1b[?1049l');
    }
  }

  #move(key: string): void {
    const page = this.#height;
    const steps: Readonly<Record<string, number>> = {
      ' ': page,
      f: page,
      'page-down': page,
      'C-f': page,
      b: -page,
      'page-up': -page,
      'C-b': -page,
      j: 1,
      down: 1,
      enter: 1,
      k: -1,
      up: -1,
      d: page / 2,
      'C-d': page / 2,
      u: -page / 2,
      'C-u': -page / 2,
    };
    this.#message = '';
    if (key === 'g' || key === 'home' || key === '<') this.#top = 0;
    else if (key === 'G' || key === 'end' || key === '>') this.#top = this.#lines.length;
    else if (key === 'n') this.#find(1);
    else if (key === 'N') this.#find(-1);
    else this.#top += Math.trunc(steps[key] ?? 0);
    this.#top = Math.max(0, Math.min(this.#top, this.#lines.length - page));
  }

  #find(step: 1 | -1): void {
    for (let at = this.#top + step; at >= 0 && at < this.#lines.length; at += step) {
      if (this.#lines[at]?.includes(this.#query) === true) {
        this.#top = Math.max(0, Math.min(at, this.#lines.length - this.#height));
        return;
      }
    }
    this.#message = 'Pattern not found';
  }

  async #draw(): Promise<void> {
    const columns = this.#io.tty?.columns ?? 80;
    const rows = this.#lines
      .slice(this.#top, this.#top + this.#height)
      .map((line) => `${this.#fit(line, columns)}\x1b[K`);
    while (rows.length < this.#height) rows.push('~\x1b[K');
    const end = this.#top + this.#height >= this.#lines.length;
    const status =
      this.#message !== '' ? this.#message : end ? '(END)' : this.#name === '' ? ':' : this.#name;
    await this.#io.stdout.write(`\x1b[H${rows.join('\n')}\n\x1b[7m${status}\x1b[0m\x1b[K`);
  }

  #fit(line: string, columns: number): string {
    if (textWidth(line) <= columns)
      return this.#query === '' ? line : line.replaceAll(this.#query, `\x1b[7m${this.#query}\x1b[0m`);
    return [...line].slice(0, columns).join('');
  }
}
