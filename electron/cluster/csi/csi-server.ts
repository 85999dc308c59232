import type { Disposable } from '../../base/disposable.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { Connection } from '../network/interface.ts';
import type { CsiFrame, CsiHandlers, CsiMethod } from './interface.ts';
import { CsiError } from './interface.ts';

/** Serves calls of a driver on Unix sockets in the name of one process. */
export class CsiServer {
  readonly #process: ProcessContext;
  readonly #handlers: CsiHandlers;

  constructor(process: ProcessContext, handlers: CsiHandlers) {
    this.#process = process;
    this.#handlers = handlers;
  }

  /** @throws Error when the socket is taken */
  listen(socket: string): Disposable {
    return this.#process.net.listen(socket, 'grpc', (connection) => {
      connection.onMessage((payload) => {
        const frame = payload as CsiFrame;
        if (frame.type !== 'request') return;
        this.#process.go(() => this.#serve(connection, frame.call, frame.method, frame.request));
      });
    });
  }

  async #serve(connection: Connection, call: number, method: CsiMethod, request: object): Promise<void> {
    const handler = this.#handlers[method] as ((request: object) => Promise<object>) | undefined;
    let answer: CsiFrame;
    let summary = `${method} OK`;
    try {
      if (handler === undefined) throw new CsiError('Unimplemented', `unknown method ${method}`);
      answer = { type: 'response', call, response: await handler(request) };
    } catch (error) {
      if (!(error instanceof CsiError)) throw error;
      summary = `${method} ${error.message}`;
      answer = { type: 'error', call, code: error.code, desc: error.desc };
    }
    connection.send(answer, { phase: 'response', summary, call });
  }
}
