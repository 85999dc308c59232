import type { WriteStream } from 'node:tty';
import type { ByteSink, Conversation, Terminal } from '../interface.ts';
import { NodeSink } from '../streams/sinks.ts';
import type { Keyboard } from './keyboard.ts';
import { visible } from './width.ts';

/** The terminal the lab shell runs on. */
export class NodeTerminal implements Terminal {
  readonly #out: WriteStream;
  readonly #keyboard: Keyboard;
  /** Set by the console: how to talk within a running command. */
  converse: (session: Conversation) => Promise<number> = () => Promise.resolve(1);

  constructor(out: WriteStream, keyboard: Keyboard) {
    this.#out = out;
    this.#keyboard = keyboard;
  }

  get columns(): number {
    return this.#out.columns > 0 ? this.#out.columns : 80;
  }

  get rows(): number {
    return this.#out.rows > 0 ? this.#out.rows : 24;
  }

  onResize(listener: () => void): () => void {
    this.#out.on('resize', listener);
    return () => this.#out.removeListener('resize', listener);
  }

  grabKeys(): ReturnType<Keyboard['grab']> {
    return this.#keyboard.grab();
  }
}

/** The terminal as output of commands; knows whether the last line is open so that the prompt starts on its own line. */
export class TerminalSink implements ByteSink {
  readonly isTty = true;
  lineOpen = false;
  readonly #sink: NodeSink;

  constructor(out: WriteStream) {
    this.#sink = new NodeSink(out, true);
  }

  get closed(): AbortSignal {
    return this.#sink.closed;
  }

  write(chunk: string | Uint8Array): Promise<void> {
    const tail =
      typeof chunk === 'string' ? chunk.slice(-200) : Buffer.from(chunk.subarray(-200)).toString('utf8');
    if (tail.includes('\x1b[H')) this.lineOpen = false;
    const shown = visible(tail);
    if (shown !== '') this.lineOpen = !/[\n\r]$/.test(shown);
    return this.#sink.write(chunk);
  }
}
