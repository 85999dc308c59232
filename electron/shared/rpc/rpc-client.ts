import type { z } from 'zod';
import type { CallEntry, DuplexEntry, Entry, NamesOf, StreamEntry } from '../contract/define.ts';
import type { Channel } from './channel.ts';
import type { Frame, ServerFrame } from './frames.ts';
import { RpcError } from './rpc-error.ts';

type InputOf<E> = E extends { input: infer I extends z.ZodType } ? z.input<I> : never;
type OutputOf<E> = E extends CallEntry<z.ZodType, infer O, string> ? z.output<O> : never;
type ItemOf<E> = E extends StreamEntry<z.ZodType, infer T, string> ? z.output<T> : never;
type UpOf<E> = E extends DuplexEntry<z.ZodType, infer U, z.ZodType, string> ? z.input<U> : never;
type DownOf<E> = E extends DuplexEntry<z.ZodType, z.ZodType, infer D, string> ? z.output<D> : never;

export interface StreamListener<T> {
  onItem(item: T): void;
  /** Without an error the server ended it. `Expired`: open it again. */
  onEnd(error?: RpcError): void;
}

export interface DuplexListener<T> extends StreamListener<T> {
  onBytes(bytes: Uint8Array): void;
}

export interface StreamHandle {
  cancel(): void;
}

export interface DuplexHandle<Up> extends StreamHandle {
  send(message: Up): void;
  sendBytes(bytes: Uint8Array): void;
}

interface PendingCall {
  resolve(output: unknown): void;
  reject(error: RpcError): void;
}

/** The app's side of a contract over one channel. When the channel closes, everything open fails with `Disconnected`. */
export class RpcClient<C extends Readonly<Record<string, Entry>>> {
  readonly #channel: Channel;
  readonly #calls = new Map<number, PendingCall>();
  readonly #streams = new Map<number, DuplexListener<unknown>>();
  #nextId = 1;
  #closed = false;
  #welcome: ((contract: string) => void) | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.onFrame((frame) => this.#receive(frame));
    channel.onClose((why) => this.#fail(why));
  }

  /** Says hello. Rejects with `BadInput` when the host speaks another contract. */
  hello(contract: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#channel.onClose((why) => reject(new RpcError('Disconnected', why)));
      this.#welcome = (theirs): void => {
        if (theirs === contract) resolve();
        else
          reject(new RpcError('BadInput', `app and host are of different versions (${contract}, ${theirs})`));
      };
      this.#channel.send({ t: 'hello', contract });
    });
  }

  call<N extends NamesOf<C, 'call'>>(name: N, input: InputOf<C[N]>): Promise<OutputOf<C[N]>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new RpcError('Disconnected', 'not connected to the host'));
        return;
      }
      const id = this.#nextId++;
      this.#calls.set(id, { resolve: (output) => resolve(output as OutputOf<C[N]>), reject });
      this.#channel.send({ t: 'call', id, name, input });
    });
  }

  stream<N extends NamesOf<C, 'stream'>>(
    name: N,
    input: InputOf<C[N]>,
    listener: StreamListener<ItemOf<C[N]>>,
  ): StreamHandle {
    const id = this.#openStream(name, input, { ...bind(listener), onBytes: () => undefined });
    return { cancel: () => this.#cancel(id) };
  }

  duplex<N extends NamesOf<C, 'duplex'>>(
    name: N,
    input: InputOf<C[N]>,
    listener: DuplexListener<DownOf<C[N]>>,
  ): DuplexHandle<UpOf<C[N]>> {
    const id = this.#openStream(name, input, {
      ...bind(listener),
      onBytes: (bytes) => listener.onBytes(bytes),
    });
    return {
      send: (message) => this.#channel.send({ t: 'up', id, message }),
      sendBytes: (bytes) => this.#channel.send({ t: 'bytes', id, bytes }),
      cancel: () => this.#cancel(id),
    };
  }

  close(): void {
    this.#channel.close('closed by the app');
    this.#fail('closed by the app');
  }

  #openStream(name: string, input: unknown, listener: DuplexListener<unknown>): number {
    const id = this.#nextId++;
    if (this.#closed) {
      void Promise.resolve().then(() =>
        listener.onEnd(new RpcError('Disconnected', 'not connected to the host')),
      );
      return id;
    }
    this.#streams.set(id, listener);
    this.#channel.send({ t: 'open', id, name, input });
    return id;
  }

  #cancel(id: number): void {
    if (this.#streams.delete(id) && !this.#closed) this.#channel.send({ t: 'cancel', id });
  }

  #receive(frame: Frame): void {
    if (frame.t === 'bytes') {
      this.#streams.get(frame.id)?.onBytes(frame.bytes);
      return;
    }
    const answer = frame as ServerFrame;
    switch (answer.t) {
      case 'welcome':
        this.#welcome?.(answer.contract);
        return;
      case 'result': {
        const pending = this.#calls.get(answer.id);
        this.#calls.delete(answer.id);
        pending?.resolve(answer.output);
        return;
      }
      case 'item':
        this.#streams.get(answer.id)?.onItem(answer.item);
        return;
      case 'down':
        this.#streams.get(answer.id)?.onItem(answer.message);
        return;
      case 'error': {
        const { code, message, details } = answer.error;
        this.#settle(answer.id, new RpcError(code, message, details));
        return;
      }
      case 'end':
        this.#settle(answer.id);
        return;
    }
  }

  #settle(id: number, error?: RpcError): void {
    const pending = this.#calls.get(id);
    this.#calls.delete(id);
    if (error !== undefined) pending?.reject(error);
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    stream?.onEnd(error);
  }

  #fail(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    const error = new RpcError('Disconnected', why);
    const calls = [...this.#calls.values()];
    const streams = [...this.#streams.values()];
    this.#calls.clear();
    this.#streams.clear();
    for (const pending of calls) pending.reject(error);
    for (const stream of streams) stream.onEnd(error);
  }
}

function bind<T>(listener: StreamListener<T>): StreamListener<unknown> {
  return {
    onItem: (item) => listener.onItem(item as T),
    onEnd: (error) => listener.onEnd(error),
  };
}
