import type { Disposable } from '../../base/disposable.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { Connection } from '../network/interface.ts';
import type { DevicePluginFrame, DevicePluginHandlers } from './interface.ts';
import { DevicePluginError } from './interface.ts';

/** Serves calls of the device plugin interface on a Unix socket, in the name of one process. */
export class DevicePluginServer {
  readonly #process: ProcessContext;
  readonly #handlers: DevicePluginHandlers;

  constructor(process: ProcessContext, handlers: DevicePluginHandlers) {
    this.#process = process;
    this.#handlers = handlers;
  }

  /** @throws Error when the socket is taken */
  listen(socket: string): Disposable {
    return this.#process.net.listen(socket, 'grpc', (connection) => {
      connection.onMessage((payload) => {
        const frame = payload as DevicePluginFrame;
        if (frame.type === 'request') this.#process.go(() => this.#serve(connection, frame));
      });
    });
  }

  async #serve(
    connection: Connection,
    { call, method, request }: Extract<DevicePluginFrame, { type: 'request' }>,
  ): Promise<void> {
    const { ListAndWatch: list, ...unary } = this.#handlers;
    if (method === 'ListAndWatch' && list !== undefined) {
      list((response) => {
        if (connection.closed) return;
        const healthy = response.devices.filter(({ health }) => health === 'Healthy').length;
        const summary = `ListAndWatch ${healthy}/${response.devices.length} healthy`;
        connection.send({ type: 'response', call, response }, { phase: 'item', summary, call });
      });
      return;
    }
    let answer: DevicePluginFrame;
    let summary = `${method} OK`;
    try {
      const handler = (unary as Readonly<Record<string, (request: object) => Promise<object>>>)[method];
      if (handler === undefined) throw new DevicePluginError('Unimplemented', `unknown method ${method}`);
      answer = { type: 'response', call, response: await handler(request) };
    } catch (error) {
      if (!(error instanceof DevicePluginError)) throw error;
      summary = `${method} ${error.message}`;
      answer = { type: 'error', call, code: error.code, desc: error.desc };
    }
    connection.send(answer, { phase: 'response', summary, call });
  }
}
