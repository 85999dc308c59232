import type { Disposable } from '../../base/disposable.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { Connection } from '../network/interface.ts';
import type { ContainerEvent, CriFrame, CriMethod, CriRequest, CriResponse } from './interface.ts';
import { CriError } from './interface.ts';

/** What serves each call; a call without one is answered as Go's generated servers do. */
export type CriHandlers = {
  readonly [M in CriMethod]?: (request: CriRequest<M>) => Promise<CriResponse<M>>;
};

function firstLine(text: string): string {
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

/** Serves CRI on a Unix socket in the name of one process. */
export class CriServer {
  readonly #process: ProcessContext;
  readonly #handlers: CriHandlers | undefined;
  readonly #watchers = new Map<Connection, number>();
  readonly #connections = new Set<Connection>();

  /** Without handlers the socket is there, and speaks another service than CRI. */
  constructor(process: ProcessContext, handlers: CriHandlers | undefined) {
    this.#process = process;
    this.#handlers = handlers;
  }

  /** Answers what ends it before its process does: nobody is served any more. @throws Error when the socket is taken */
  listen(socket: string): Disposable {
    const { files, signal } = this.#process;
    files.provide(socket, () => '');
    const unlink = (): void => void (files.exists(socket) && files.remove(socket));
    signal.addEventListener('abort', unlink, { once: true });
    const listener = this.#process.net.listen(socket, 'cri', (connection) => this.#accept(connection));
    // Whoever dials a path finds nothing once it is unlinked; who is connected stays so.
    files.watch(socket.slice(0, socket.lastIndexOf('/')), (path) => {
      if (path === socket && !files.exists(socket)) listener.dispose();
    });
    return {
      dispose: () => {
        listener.dispose();
        unlink();
        for (const connection of this.#connections) connection.close();
      },
    };
  }

  /** Tells everybody who asked for container events. */
  publish(event: ContainerEvent): void {
    const { name, namespace } = event.podSandboxStatus.config.metadata;
    for (const [connection, call] of this.#watchers) {
      const frame: CriFrame = { type: 'item', call, event };
      connection.send(frame, {
        phase: 'item',
        summary: `${event.type} ${namespace}/${name} ${event.containerId.slice(0, 13)}`,
        call,
      });
    }
  }

  /** What events come from has gone: whoever follows them is told. */
  endEvents(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const [connection, call] of watchers) {
      const frame: CriFrame = {
        type: 'error',
        call,
        code: 'Unavailable',
        desc: 'error reading from server: EOF',
      };
      connection.send(frame, { phase: 'response', summary: 'GetContainerEvents Unavailable', call });
    }
  }

  #accept(connection: Connection): void {
    this.#connections.add(connection);
    connection.onClose(() => {
      this.#connections.delete(connection);
      this.#watchers.delete(connection);
    });
    connection.onMessage((payload) => {
      const frame = payload as CriFrame;
      if (frame.type !== 'request') return;
      if (frame.method === 'GetContainerEvents' && this.#handlers !== undefined) {
        this.#watchers.set(connection, frame.call);
        return;
      }
      const method = frame.method as CriMethod;
      this.#process.go(() => this.#serve(connection, frame.call, method, frame.request));
    });
  }

  async #serve(connection: Connection, call: number, method: CriMethod, request: unknown): Promise<void> {
    const handler = this.#handlers?.[method] as ((request: unknown) => Promise<unknown>) | undefined;
    try {
      if (this.#handlers === undefined)
        throw new CriError('Unimplemented', 'unknown service runtime.v1.RuntimeService');
      if (handler === undefined) {
        throw new CriError('Unimplemented', `method ${method} not implemented`);
      }
      const frame: CriFrame = { type: 'response', call, response: await handler(request) };
      connection.send(frame, { phase: 'response', summary: `${method} OK`, call });
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      const frame: CriFrame = { type: 'error', call, code: error.code, desc: error.desc };
      connection.send(frame, {
        phase: 'response',
        summary: firstLine(`${method} ${error.code}: ${error.desc}`),
        call,
      });
    }
  }
}
