import { EventEmitter } from 'node:events';
import { strict } from './strict.ts';
import type { UtilityMessage } from './utility-process.ts';

// Loaded before the program of a utility process: gives it `process.parentPort`.

/** A port that was handed to this process, in the shape of `MessagePortMain`. */
class RemotePort extends EventEmitter {
  readonly #number: number;
  readonly #waiting: unknown[] = [];
  #started = false;

  constructor(number: number) {
    super();
    this.#number = number;
  }

  postMessage(data: unknown): void {
    send({ op: 'port', port: this.#number, data });
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.deliver(data);
  }

  deliver(data: unknown): void {
    if (this.#started) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }

  close(): void {
    ports.delete(this.#number);
    send({ op: 'close', port: this.#number });
  }
}

const ports = new Map<number, RemotePort>();
const parent = new EventEmitter();
const waiting: { data: unknown; ports: RemotePort[] }[] = [];

function send(message: UtilityMessage): void {
  if (process.connected) process.send?.(message);
}

process.on('message', (message: UtilityMessage) => {
  if (message.op === 'message') {
    const event = {
      data: message.data,
      ports: message.ports.map((number) => {
        const port = new RemotePort(number);
        ports.set(number, port);
        return port;
      }),
    };
    // The program may still be loading.
    if (parent.listenerCount('message') > 0) parent.emit('message', event);
    else waiting.push(event);
    return;
  }
  const port = ports.get(message.port);
  if (message.op === 'port') port?.deliver(message.data);
  else {
    ports.delete(message.port);
    port?.emit('close');
  }
});
// Electron ends a utility process with its parent.
process.on('disconnect', () => process.exit(1));

Object.defineProperty(process, 'parentPort', {
  value: strict('process.parentPort', {
    on: (event: string, listener: (event: { data: unknown; ports: RemotePort[] }) => void): void => {
      if (event !== 'message') throw new Error(`the shim of Electron does not know the event ${event}`);
      parent.on('message', listener);
      for (const early of waiting.splice(0)) parent.emit('message', early);
    },
    postMessage: (data: unknown): void => send({ op: 'message', data, ports: [] }),
  }),
});
