import type { z } from 'zod';
import type { CallEntry, DuplexEntry, Entry, StreamEntry } from '../contract/define.ts';
import type { Channel } from './channel.ts';
import type { ClientFrame, Frame } from './frames.ts';
import { RpcError } from './rpc-error.ts';

/** Above this many bytes waiting, a stream's consumer is too slow: it is ended with `Expired`. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;

/** Where a stream handler puts its items. */
export interface StreamSink<T> {
  next(item: T): void;
  end(): void;
  fail(error: RpcError): void;
  /** Runs once, when the stream is over for whatever reason. */
  onEnd(release: () => void): void;
}

/** The host's side of a duplex. */
export interface DuplexSession<Up, Down> extends StreamSink<Down> {
  onUp(listener: (message: Up) => void): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
  sendBytes(bytes: Uint8Array): void;
}

type HandlerOf<E> =
  E extends CallEntry<infer I, infer O, string>
    ? (input: z.output<I>) => Promise<z.input<O>> | z.input<O>
    : E extends StreamEntry<infer I, infer T, string>
      ? (input: z.output<I>, sink: StreamSink<z.input<T>>) => void | Promise<void>
      : E extends DuplexEntry<infer I, infer U, infer D, string>
        ? (input: z.output<I>, session: DuplexSession<z.output<U>, z.input<D>>) => void | Promise<void>
        : never;

/** One handler per entry of the contract. A handler refuses by throwing `RpcError` with one of the entry's codes. */
export type Handlers<C> = { readonly [Name in keyof C]: HandlerOf<C[Name]> };

export interface RpcServerOptions {
  readonly hash: string;
  /** Check what handlers give as well: on in tests and development. */
  readonly checkOutput: boolean;
  /** A handler failed in a way it did not announce: a bug. */
  readonly onBug: (name: string, error: unknown) => void;
}

type AnyHandler = (input: unknown, session?: unknown) => unknown;

interface OpenStream {
  readonly entry: Entry;
  readonly ups: ((message: unknown) => void)[];
  readonly bytes: ((bytes: Uint8Array) => void)[];
  readonly releases: (() => void)[];
  seq: number;
  over: boolean;
}

/** Serves a contract over channels. One instance may serve many channels. */
export class RpcServer<C extends Readonly<Record<string, Entry>>> {
  readonly #contract: C;
  readonly #handlers: Handlers<C>;
  readonly #options: RpcServerOptions;

  constructor(contract: C, handlers: Handlers<C>, options: RpcServerOptions) {
    this.#contract = contract;
    this.#handlers = handlers;
    this.#options = options;
  }

  serve(channel: Channel): void {
    const streams = new Map<number, OpenStream>();
    channel.onFrame((frame) => this.#receive(channel, streams, frame));
    channel.onClose(() => {
      for (const open of streams.values()) this.#finish(open);
      streams.clear();
    });
  }

  #receive(channel: Channel, streams: Map<number, OpenStream>, frame: Frame): void {
    if (frame.t === 'bytes') {
      for (const listener of streams.get(frame.id)?.bytes ?? []) listener(frame.bytes);
      return;
    }
    const request = frame as ClientFrame;
    switch (request.t) {
      case 'hello':
        channel.send({ t: 'welcome', contract: this.#options.hash });
        return;
      case 'call':
        void this.#call(channel, request.id, request.name, request.input);
        return;
      case 'open':
        void this.#open(channel, streams, request.id, request.name, request.input);
        return;
      case 'up':
        this.#up(channel, streams, request.id, request.message);
        return;
      case 'cancel': {
        const open = streams.get(request.id);
        streams.delete(request.id);
        if (open !== undefined) this.#finish(open);
        return;
      }
      default:
        channel.close('protocol error: unknown frame');
    }
  }

  async #call(channel: Channel, id: number, name: string, input: unknown): Promise<void> {
    try {
      const entry = this.#entry(name, ['call']);
      const output = await this.#handler(name)(parse(entry.input, input, `${name} input`));
      if (this.#options.checkOutput && entry.type === 'call') {
        channel.send({ t: 'result', id, output: check(entry.output, output, name) });
      } else {
        channel.send({ t: 'result', id, output });
      }
    } catch (error) {
      channel.send({ t: 'error', id, error: this.#failure(name, error) });
    }
  }

  async #open(
    channel: Channel,
    streams: Map<number, OpenStream>,
    id: number,
    name: string,
    input: unknown,
  ): Promise<void> {
    try {
      const entry = this.#entry(name, ['stream', 'duplex']);
      if (streams.has(id)) throw new RpcError('BadInput', `stream ${id} is open already`);
      const open: OpenStream = { entry, ups: [], bytes: [], releases: [], seq: 0, over: false };
      streams.set(id, open);
      const parsed = parse(entry.input, input, `${name} input`);
      await this.#handler(name)(parsed, this.#session(channel, streams, id, name, open));
    } catch (error) {
      const open = streams.get(id);
      streams.delete(id);
      if (open !== undefined) this.#finish(open);
      channel.send({ t: 'error', id, error: this.#failure(name, error) });
    }
  }

  #session(
    channel: Channel,
    streams: Map<number, OpenStream>,
    id: number,
    name: string,
    open: OpenStream,
  ): DuplexSession<unknown, unknown> {
    const stop = (frame: Frame): void => {
      if (open.over) return;
      streams.delete(id);
      this.#finish(open);
      channel.send(frame);
    };
    const fail = (error: RpcError): void => stop({ t: 'error', id, error: this.#failure(name, error) });
    return {
      next: (item) => {
        if (open.over) return;
        if (channel.queuedBytes > MAX_QUEUED_BYTES) {
          fail(new RpcError('Expired', 'the consumer is too slow; ask again'));
          return;
        }
        const { entry } = open;
        if (entry.type === 'duplex') {
          channel.send({
            t: 'down',
            id,
            message: this.#options.checkOutput ? check(entry.down, item, name) : item,
          });
          return;
        }
        const value =
          this.#options.checkOutput && entry.type === 'stream' ? check(entry.item, item, name) : item;
        channel.send({ t: 'item', id, seq: open.seq++, item: value });
      },
      end: () => stop({ t: 'end', id }),
      fail,
      onEnd: (release) => {
        if (open.over) release();
        else open.releases.push(release);
      },
      onUp: (listener) => void open.ups.push(listener),
      onBytes: (listener) => void open.bytes.push(listener),
      sendBytes: (bytes) => {
        if (!open.over) channel.send({ t: 'bytes', id, bytes });
      },
    };
  }

  #up(channel: Channel, streams: Map<number, OpenStream>, id: number, message: unknown): void {
    const open = streams.get(id);
    if (open === undefined || open.entry.type !== 'duplex') return;
    const parsed = open.entry.up.safeParse(message);
    if (!parsed.success) {
      streams.delete(id);
      this.#finish(open);
      channel.send({ t: 'error', id, error: { code: 'BadInput', message: parsed.error.message } });
      return;
    }
    for (const listener of open.ups) listener(parsed.data);
  }

  #finish(open: OpenStream): void {
    if (open.over) return;
    open.over = true;
    for (const release of open.releases) release();
  }

  #entry(name: string, types: readonly Entry['type'][]): Entry {
    const entry = Object.hasOwn(this.#contract, name) ? this.#contract[name] : undefined;
    if (entry === undefined || !types.includes(entry.type)) {
      throw new RpcError('UnknownMethod', `there is no ${types.join(' or ')} named ${JSON.stringify(name)}`);
    }
    return entry;
  }

  #handler(name: string): AnyHandler {
    return this.#handlers[name] as unknown as AnyHandler;
  }

  #failure(name: string, error: unknown): { code: string; message: string; details?: unknown } {
    if (error instanceof RpcError) {
      const { code, message, details } = error;
      return details === undefined ? { code, message } : { code, message, details };
    }
    this.#options.onBug(name, error);
    return { code: 'Internal', message: `${name} failed inside the host; its log says more` };
  }
}

function parse(schema: z.ZodType, value: unknown, what: string): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new RpcError('BadInput', `${what}: ${parsed.error.message}`);
  return parsed.data;
}

function check(schema: z.ZodType, value: unknown, name: string): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new Error(`${name} gave what its contract does not allow: ${parsed.error.message}`);
  return value;
}
