import type { ReadStream } from 'node:tty';
import type { ByteSource } from '../interface.ts';
import { Pipe } from '../streams/pipe.ts';
import { CookedInput } from './cooked-input.ts';

/**
 * The keyboard of the terminal, always in raw mode. Exactly one party listens: the line editor, a full-screen command, or
 * (while a job runs) the cooked line discipline that turns Ctrl-C into an interrupt and lines into standard input.
 */
export class Keyboard {
  readonly cooked: CookedInput;
  readonly #stdin: ReadStream;
  #listener: ((chunk: Uint8Array) => void) | null = null;
  #ahead: Uint8Array[] = [];
  #ended: () => void = () => undefined;

  constructor(stdin: ReadStream, echo: (text: string) => void) {
    this.#stdin = stdin;
    this.cooked = new CookedInput(echo);
    stdin.setRawMode(true);
    stdin.on('data', (chunk: Buffer) => this.#receive(chunk));
    stdin.on('end', () => this.#ended());
    stdin.on('error', () => this.#ended());
    stdin.resume();
  }

  /** Calls back when the terminal is gone. */
  onEnd(listener: () => void): void {
    this.#ended = listener;
  }

  #receive(chunk: Uint8Array): void {
    if (this.#listener === null) this.#ahead.push(chunk);
    else this.#listener(chunk);
  }

  /** Gives the keys to a listener until the returned function is called; keys typed ahead come first. */
  listen(listener: (chunk: Uint8Array) => void): () => void {
    const outer = this.#listener;
    this.#listener = listener;
    for (const chunk of this.#ahead.splice(0)) listener(chunk);
    return () => {
      this.#listener = outer;
    };
  }

  /** Puts keys back that nobody used. */
  typedAhead(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#ahead.push(bytes);
  }

  /** Raw keys as a source, for pagers and editors. */
  grab(): { keys: ByteSource; release(): void } {
    const pipe = new Pipe();
    const stop = this.listen((chunk) => void pipe.sink.write(new Uint8Array(chunk)).catch(() => undefined));
    return {
      keys: pipe.source,
      release: () => {
        stop();
        pipe.sink.release();
      },
    };
  }

  close(): void {
    this.#stdin.setRawMode(false);
    this.#stdin.pause();
  }
}
