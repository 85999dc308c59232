import { ReadableBase } from '../streams/readable-base.ts';

const interrupt = 3;
const endOfInput = 4;
const quit = 28;
const suspend = 26;

/**
 * The terminal's line discipline for a running job, as the kernel would do it: echo, erase, Ctrl-D, and Ctrl-C as an interrupt.
 * Keys are echoed only while somebody reads; what nobody read goes back to the line editor.
 */
export class CookedInput extends ReadableBase {
  readonly isTty = true;
  readonly #echo: (text: string) => void;
  #onSignal: (signal: number) => void = () => undefined;
  #raw: number[] = [];
  #line: string[] = [];
  #ready: Uint8Array[] = [];
  #atEnd = false;
  #waiting: (() => void) | null = null;
  #quiet = false;

  constructor(echo: (text: string) => void) {
    super();
    this.#echo = echo;
  }

  /** Who hears Ctrl-C; the returned function gives it back to whoever heard it before. */
  onSignal(listener: (signal: number) => void): () => void {
    const outer = this.#onSignal;
    this.#onSignal = listener;
    return () => {
      this.#onSignal = outer;
    };
  }

  /** Hides what is typed (`read -s`). */
  silence(quiet: boolean): void {
    this.#quiet = quiet;
  }

  feed(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (byte === interrupt || byte === quit) {
        this.#raw = [];
        this.#line = [];
        this.#show(byte === interrupt ? '^C' : '^\\');
        this.#onSignal(byte === interrupt ? 2 : 3);
      } else if (byte !== suspend) this.#raw.push(byte);
    }
    if (this.#waiting !== null) this.#process();
  }

  #show(text: string): void {
    this.#echo(text);
  }

  /** Works through what was typed while somebody waits for a line. */
  #process(): void {
    const text = new TextDecoder().decode(new Uint8Array(this.#raw));
    this.#raw = [];
    for (const char of text) {
      const code = char.codePointAt(0) ?? 0;
      if (char === '\r' || char === '\n') {
        if (!this.#quiet) this.#show('\n');
        this.#deliver('\n');
      } else if (code === endOfInput) {
        if (this.#line.length > 0) this.#deliver('');
        else this.#atEnd = true;
      } else if (code === 127 || code === 8) {
        if (this.#line.pop() !== undefined && !this.#quiet) this.#show('\b \b');
      } else if (code === 21) {
        if (!this.#quiet) this.#show('\b \b'.repeat(this.#line.length));
        this.#line = [];
      } else if (code >= 32 || char === '\t') {
        this.#line.push(char);
        if (!this.#quiet) this.#show(char);
      }
    }
    if (this.#ready.length > 0 || this.#atEnd) {
      this.#waiting?.();
      this.#waiting = null;
    }
  }

  #deliver(end: string): void {
    this.#ready.push(new TextEncoder().encode(this.#line.join('') + end));
    this.#line = [];
  }

  override async pull(): Promise<Uint8Array | null> {
    if (this.#ready.length === 0 && !this.#atEnd) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
        this.#process();
      });
    }
    const line = this.#ready.shift();
    if (line !== undefined) return line;
    this.#atEnd = false;
    return null;
  }

  override cancel(): void {
    this.#waiting = null;
  }

  /** Takes back everything that no command read, and forgets a pending end of input. */
  takeUnread(): Uint8Array {
    const bytes = Buffer.concat([...this.#ready, Buffer.from(this.#line.join('')), Buffer.from(this.#raw)]);
    this.#ready = [];
    this.#line = [];
    this.#raw = [];
    this.#atEnd = false;
    this.#waiting = null;
    this.#quiet = false;
    return bytes;
  }
}
