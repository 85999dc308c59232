import type { CommandIo } from '../../interface.ts';
import type { Line, LineReader } from '../../streams/line-reader.ts';
import { SedError, type Address, type ReplacementPart, type SedCommand } from './program.ts';

export interface SedOptions {
  quiet: boolean;
  reader: LineReader;
  write(text: string): Promise<void>;
}

/** What a command says about how to go on: an index to jump to, `end` of the cycle, or the next command. */
type Next = number | 'end' | 'restart' | undefined;

/** Runs a sed program over lines. What is done is written before more input is waited for. */
export class SedMachine {
  readonly #io: CommandIo;
  readonly #program: readonly SedCommand[];
  readonly #options: SedOptions;
  #out = '';
  #line: Line = { text: '', newline: true };
  #number = 0;
  #hold = '';
  #after: string[] = [];
  #lastPattern: RegExp | null = null;
  #substituted = false;
  /** Set by `q` and `Q`. */
  exit: number | null = null;

  constructor(io: CommandIo, program: readonly SedCommand[], options: SedOptions) {
    this.#io = io;
    this.#program = program;
    this.#options = options;
    options.reader.onWait = () => this.#flush();
  }

  async #flush(): Promise<void> {
    const text = this.#out;
    this.#out = '';
    if (text !== '') await this.#options.write(text);
  }

  async run(): Promise<void> {
    while (this.exit === null) {
      const line = await this.#options.reader.next();
      if (line === null) break;
      this.#line = line;
      this.#number++;
      await this.#cycle();
    }
    await this.#flush();
  }

  #print(text: string, newline = true): void {
    this.#out += newline ? `${text}\n` : text;
  }

  async #endCycle(print: boolean): Promise<void> {
    if (print && !this.#options.quiet)
      this.#print(this.#line.text, this.#line.newline || this.#after.length > 0);
    for (const text of this.#after.splice(0)) this.#out += text;
    if (this.#out.length > 32_768) await this.#flush();
  }

  async #cycle(): Promise<void> {
    this.#substituted = false;
    for (let at = 0; at < this.#program.length; at++) {
      const command = this.#program[at] as SedCommand;
      if ((await this.#selected(command)) === command.negated) {
        if (command.name === '{') at = command.jump ?? at;
        continue;
      }
      const next = await this.#perform(command);
      if (next === 'end') return;
      if (next === 'restart') at = -1;
      else if (next !== undefined) at = next;
    }
    await this.#endCycle(true);
  }

  async #matches(address: Address): Promise<boolean> {
    switch (address.kind) {
      case 'line':
        return this.#number === address.line;
      case 'last':
        return (await this.#options.reader.peek()) === null;
      case 'step':
        return address.step === 0
          ? this.#number === address.first
          : this.#number >= address.first && (this.#number - address.first) % address.step === 0;
      case 'match': {
        const pattern = this.#pattern(address.pattern);
        return pattern.test(this.#line.text);
      }
      default:
        return false;
    }
  }

  #pattern(own: RegExp | null | undefined): RegExp {
    const used = own ?? this.#lastPattern;
    if (used === null) throw new SedError('no previous regular expression');
    this.#lastPattern = used;
    used.lastIndex = 0;
    return used;
  }

  async #selected(command: SedCommand): Promise<boolean> {
    const { from, to } = command;
    if (from === undefined) return true;
    if (to === undefined) return this.#matches(from);
    if (command.active !== true) {
      const zero = from.kind === 'line' && from.line === 0 && this.#number === 1;
      if (!zero) {
        if (!(await this.#matches(from))) return false;
        if (to.kind === 'line' && to.line <= this.#number) return true;
        delete command.endLine;
        if (to.kind === 'plus') command.endLine = this.#number + to.count;
        if (to.kind === 'multiple')
          command.endLine = to.of === 0 ? this.#number : Math.ceil(this.#number / to.of) * to.of;
        command.active = command.endLine === undefined || command.endLine > this.#number;
        return true;
      }
      command.active = true;
    }
    const ends =
      command.endLine !== undefined
        ? this.#number >= command.endLine
        : to.kind === 'line'
          ? this.#number >= to.line
          : await this.#matches(to);
    if (ends) command.active = false;
    return !(to.kind === 'line' && this.#number > to.line);
  }

  async #perform(command: SedCommand): Promise<Next> {
    const { reader } = this.#options;
    switch (command.name) {
      case 's':
        await this.#substitute(command);
        return undefined;
      case 'd':
        await this.#endCycle(false);
        return 'end';
      case 'D': {
        const cut = this.#line.text.indexOf('\n');
        await this.#endCycle(false);
        if (cut < 0) return 'end';
        this.#line.text = this.#line.text.slice(cut + 1);
        return 'restart';
      }
      case 'q':
      case 'Q':
        this.exit = Number(command.text);
        await this.#endCycle(command.name === 'q');
        return 'end';
      case 'n':
        await this.#endCycle(true);
        if ((await reader.peek()) === null) return 'end';
        await this.#advance();
        return undefined;
      case 'N': {
        const before = this.#line.text;
        if ((await reader.peek()) === null) {
          await this.#endCycle(true);
          return 'end';
        }
        await this.#advance();
        this.#line.text = `${before}\n${this.#line.text}`;
        return undefined;
      }
      case 'b':
        return this.#target(command);
      case 't':
      case 'T': {
        const jump = this.#substituted === (command.name === 't');
        this.#substituted = false;
        return jump ? this.#target(command) : undefined;
      }
      default:
        return this.#simple(command);
    }
  }

  #target(command: SedCommand): number {
    return command.text === ''
      ? this.#program.length
      : this.#program.findIndex((item) => item.name === ':' && item.text === command.text);
  }

  async #advance(): Promise<void> {
    const line = await this.#options.reader.next();
    if (line === null) return;
    this.#line = line;
    this.#number++;
  }

  async #simple(command: SedCommand): Promise<Next> {
    const { text } = command;
    switch (command.name) {
      case 'p':
        this.#print(this.#line.text);
        break;
      case 'P':
        this.#print(this.#line.text.split('\n')[0] ?? '');
        break;
      case '=':
        this.#print(String(this.#number));
        break;
      case 'a':
        this.#after.push(`${text}\n`);
        break;
      case 'i':
        this.#print(text);
        break;
      case 'c':
        if (command.to === undefined || command.negated || command.active !== true) this.#print(text);
        await this.#endCycle(false);
        return 'end';
      case 'g':
        this.#line.text = this.#hold;
        break;
      case 'G':
        this.#line.text += `\n${this.#hold}`;
        break;
      case 'h':
        this.#hold = this.#line.text;
        break;
      case 'H':
        this.#hold += `\n${this.#line.text}`;
        break;
      case 'x':
        [this.#line.text, this.#hold] = [this.#hold, this.#line.text];
        break;
      case 'y':
        this.#line.text = [...this.#line.text].map((char) => command.map?.get(char) ?? char).join('');
        break;
      case 'l':
        this.#print(`${JSON.stringify(this.#line.text).slice(1, -1).replace(/\\"/g, '"')}$`);
        break;
      case 'r': {
        const content = await this.#io.fs.readText(this.#io.path(text)).catch(() => '');
        if (content !== '') this.#after.push(content);
        break;
      }
      case 'w':
        await this.#io.fs.appendFile(this.#io.path(text), `${this.#line.text}\n`);
        break;
      default:
        break;
    }
    return undefined;
  }

  async #substitute(command: SedCommand): Promise<void> {
    const pattern = this.#pattern(command.pattern);
    const { global, print, nth, file } = command.flags ?? { global: false, print: false, nth: 1, file: '' };
    let count = 0;
    let changed = false;
    let end = -1;
    const text = this.#line.text.replace(pattern, (...args: unknown[]) => {
      const found = args[0] as string;
      const offset = args[typeof args.at(-1) === 'object' ? args.length - 3 : args.length - 2] as number;
      if (found === '' && offset === end) return '';
      end = offset + found.length;
      count++;
      if (count < nth || (!global && count > nth)) return found;
      changed = true;
      return fill(
        command.replacement ?? [],
        args.slice(0, typeof args.at(-1) === 'object' ? -3 : -2) as (string | undefined)[],
      );
    });
    if (!changed) return;
    this.#substituted = true;
    this.#line.text = text;
    if (print || file === '/dev/stdout') this.#print(text);
    else if (file !== '') await this.#io.fs.appendFile(this.#io.path(file), `${text}\n`);
  }
}

function fill(parts: readonly ReplacementPart[], groups: readonly (string | undefined)[]): string {
  let out = '';
  let mode: 'U' | 'L' | 'E' = 'E';
  let once: 'u' | 'l' | null = null;
  for (const part of parts) {
    if ('change' in part) {
      if (part.change === 'u' || part.change === 'l') once = part.change;
      else mode = part.change;
      continue;
    }
    let text = 'text' in part ? part.text : (groups[part.group] ?? '');
    if (mode === 'U') text = text.toUpperCase();
    if (mode === 'L') text = text.toLowerCase();
    if (once !== null && text !== '') {
      text = (once === 'u' ? text.charAt(0).toUpperCase() : text.charAt(0).toLowerCase()) + text.slice(1);
      once = null;
    }
    out += text;
  }
  return out;
}
