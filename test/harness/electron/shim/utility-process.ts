import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ForkOptions, MessagePortMain, UtilityProcess } from 'electron';
import type { Listener } from './events.ts';
import { Events } from './events.ts';
import type { ShimPort } from './message-channel.ts';
import { portOf } from './message-channel.ts';
import { onlyKeys, strict } from './strict.ts';

/** Between the main process and a utility process; `port` numbers the ports handed over. */
export type UtilityMessage =
  | { readonly op: 'message'; readonly data: unknown; readonly ports: readonly number[] }
  | { readonly op: 'port'; readonly port: number; readonly data: unknown }
  | { readonly op: 'close'; readonly port: number };

const PARENT = fileURLToPath(new URL('./utility-parent.ts', import.meta.url));

/** A real process with Node's own channel; ports are relayed by number. */
class ShimUtilityProcess implements Pick<UtilityProcess, 'pid' | 'postMessage' | 'kill' | 'on' | 'once'> {
  readonly #child: ChildProcess;
  readonly #events = new Events('UtilityProcess', ['spawn', 'exit', 'message']);
  readonly #ports = new Map<number, ShimPort>();
  #next = 1;

  constructor(modulePath: string, args: string[], options: ForkOptions) {
    onlyKeys('utilityProcess.fork', options, ['serviceName', 'stdio', 'execArgv']);
    if (options.stdio !== 'inherit') throw new Error('the shim of Electron knows stdio: inherit only');
    this.#child = fork(modulePath, args, {
      execArgv: ['--import', PARENT, ...(options.execArgv ?? [])],
      serialization: 'advanced',
      stdio: 'inherit',
    });
    this.#child.on('spawn', () => this.#events.emit('spawn'));
    this.#child.on('message', (message) => this.#receive(message as UtilityMessage));
    this.#child.on('exit', (code, signal) => {
      for (const port of this.#ports.values()) port.close();
      this.#events.emit('exit', code ?? (signal === 'SIGKILL' ? 9 : 15));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  postMessage(data: unknown, transfer: MessagePortMain[] = []): void {
    const ports = transfer.map((port) => this.#take(portOf(port)));
    this.#send({ op: 'message', data, ports });
  }

  kill(): boolean {
    return this.#child.kill();
  }

  on(event: string, listener: Listener): UtilityProcess {
    this.#events.add(event, listener);
    return this as unknown as UtilityProcess;
  }

  once(event: string, listener: Listener): UtilityProcess {
    this.#events.add(event, listener, true);
    return this as unknown as UtilityProcess;
  }

  #take(port: ShimPort): number {
    const number = this.#next++;
    this.#ports.set(number, port);
    port.transfer({
      message: (data) => this.#send({ op: 'port', port: number, data }),
      closed: () => this.#send({ op: 'close', port: number }),
    });
    return number;
  }

  #receive(message: UtilityMessage): void {
    if (message.op === 'message') return this.#events.emit('message', message.data);
    const port = this.#ports.get(message.port);
    if (message.op === 'port') return port?.send(message.data);
    port?.close();
    this.#ports.delete(message.port);
  }

  #send(message: UtilityMessage): void {
    if (this.#child.connected) this.#child.send(message);
  }
}

export const utilityProcess = strict('utilityProcess', {
  fork: (modulePath: string, args: string[] = [], options: ForkOptions = {}): UtilityProcess =>
    strict('UtilityProcess', new ShimUtilityProcess(modulePath, args, options)) as unknown as UtilityProcess,
} satisfies Pick<typeof Electron.utilityProcess, 'fork'>);
