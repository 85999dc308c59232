import type { MessageChannelMain as ElectronChannel, MessagePortMain } from 'electron';
import type { Listener } from './events.ts';
import { Events } from './events.ts';
import { strict } from './strict.ts';

/** Where a port went that was handed to another process or to a page. */
export interface PortSink {
  message(data: unknown): void;
  closed(): void;
}

/** One end of a channel in the main process. What comes before `start()` waits, as in Electron. */
export class ShimPort implements Pick<MessagePortMain, 'postMessage' | 'start' | 'close' | 'on' | 'once'> {
  peer!: ShimPort;
  readonly #events = new Events('MessagePortMain', ['message', 'close']);
  readonly #waiting: unknown[] = [];
  #sink: PortSink | undefined;
  #started = false;
  #closed = false;

  postMessage(message: unknown, transfer?: MessagePortMain[]): void {
    if (transfer !== undefined && transfer.length > 0)
      throw new Error('the shim of Electron does not send ports through ports');
    this.send(message);
  }

  /** Sends from this end, wherever it is now. */
  send(message: unknown): void {
    if (!this.#closed) this.peer.#deliver(message);
  }

  start(): void {
    this.#started = true;
    for (const message of this.#waiting.splice(0)) this.#deliver(message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.peer.#close();
  }

  on(event: string, listener: Listener): MessagePortMain {
    this.#events.add(event, listener);
    return this as unknown as MessagePortMain;
  }

  once(event: string, listener: Listener): MessagePortMain {
    this.#events.add(event, listener, true);
    return this as unknown as MessagePortMain;
  }

  /** From now on this end lives elsewhere. */
  transfer(sink: PortSink): void {
    if (this.#sink !== undefined) throw new Error('this port was handed over already');
    this.#sink = sink;
    this.start();
  }

  #deliver(message: unknown): void {
    if (this.#closed) return;
    if (this.#sink !== undefined) this.#sink.message(message);
    else if (this.#started) this.#events.emit('message', { data: message, ports: [] });
    else this.#waiting.push(message);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#sink !== undefined) this.#sink.closed();
    else this.#events.emit('close');
  }
}

const PORTS = new WeakMap<object, ShimPort>();

/** The shim's own object behind what the main process was given. */
export function portOf(port: object): ShimPort {
  const found = PORTS.get(port);
  if (found === undefined) throw new Error('this is no port of the shim');
  return found;
}

function wrapped(port: ShimPort): MessagePortMain {
  const proxy = strict('MessagePortMain', port);
  PORTS.set(proxy, port);
  return proxy as unknown as MessagePortMain;
}

export class MessageChannelMain implements ElectronChannel {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;

  constructor() {
    const [one, two] = [new ShimPort(), new ShimPort()];
    one.peer = two;
    two.peer = one;
    this.port1 = wrapped(one);
    this.port2 = wrapped(two);
  }
}
