import { BytePipe } from './byte-pipe.ts';
import type { Reader, TerminalInput, TerminalSize, Writer } from './interface.ts';

const ERASE = new Set(['\x7f', '\b']);

/**
 * A pseudo terminal's line discipline in cooked mode: echo, erase, kill line, end of file, interrupt; newline out as
 * CR LF. Keys that move the cursor are swallowed: programs that edit lines themselves are not modelled.
 */
export class Terminal implements TerminalInput {
  readonly #output: (bytes: string) => void;
  readonly #lines = new BytePipe();
  readonly #handlers: (() => void)[] = [];
  #line = '';
  #escape = '';
  #afterReturn = false;
  #size: TerminalSize = { columns: 80, rows: 24 };

  /** `output` gets what the person's screen shows. */
  constructor(output: (bytes: string) => void) {
    this.#output = output;
  }

  get input(): Reader {
    return this.#lines;
  }

  get writer(): Writer {
    return { isTty: true, write: (bytes) => this.#output(bytes.replace(/\r?\n/g, '\r\n')) };
  }

  get size(): TerminalSize {
    return this.#size;
  }

  /** The window has another size now. */
  resize(size: TerminalSize): void {
    this.#size = size;
  }

  onInterrupt(handler: () => void): () => void {
    this.#handlers.push(handler);
    return () => {
      const index = this.#handlers.lastIndexOf(handler);
      if (index >= 0) this.#handlers.splice(index, 1);
    };
  }

  /** Keys as they are typed. */
  type(bytes: string): void {
    for (const char of bytes) this.#key(char);
  }

  /** Nobody types any more. */
  hangUp(): void {
    this.#lines.end();
  }

  #key(char: string): void {
    if (this.#escape !== '' || char === '\x1b') {
      this.#escape = /^\x1b(\[[\d;]*|O)?$/.test(this.#escape + char) ? this.#escape + char : '';
      return;
    }
    // A carriage return and a newline right after it are one Enter.
    if (char === '\n' && this.#afterReturn) {
      this.#afterReturn = false;
      return;
    }
    this.#afterReturn = char === '\r';
    if (char === '\r' || char === '\n') {
      this.#output('\r\n');
      this.#lines.write(`${this.#line}\n`);
      this.#line = '';
    } else if (char === '\x03') {
      this.#output('^C\r\n');
      this.#line = '';
      this.#handlers.at(-1)?.();
    } else if (char === '\x04') {
      if (this.#line === '') this.#lines.end();
      else this.#lines.write(this.#line);
      this.#line = '';
    } else if (char === '\x15') {
      this.#output('\b \b'.repeat(this.#line.length));
      this.#line = '';
    } else if (ERASE.has(char)) {
      if (this.#line === '') return;
      this.#line = this.#line.slice(0, -1);
      this.#output('\b \b');
    } else if (char >= ' ' || char === '\t') {
      this.#line += char;
      this.#output(char);
    }
  }
}
