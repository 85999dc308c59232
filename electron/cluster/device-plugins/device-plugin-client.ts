import type { Connection, NetworkAccess } from '../network/interface.ts';
import type {
  DevicePluginFrame,
  DevicePluginMethod,
  DevicePluginRequest,
  DevicePluginResponse,
} from './interface.ts';
import { DevicePluginError } from './interface.ts';

interface Pending {
  readonly resolve: (response: object) => void;
  readonly reject: (error: DevicePluginError) => void;
}

/** One connection to a socket of the device plugin interface. */
export class DevicePluginClient {
  readonly #connection: Connection;
  readonly #pending = new Map<number, Pending>();
  /** Who hears what a stream says, by call. */
  readonly #streams = new Map<number, (response: object) => void>();
  #next = 1;

  private constructor(connection: Connection) {
    this.#connection = connection;
    connection.onMessage((payload) => this.#receive(payload as DevicePluginFrame));
    connection.onClose(() => this.#broken());
  }

  /** @throws DialError */
  static async dial(net: NetworkAccess, host: string, socket: string): Promise<DevicePluginClient> {
    return new DevicePluginClient(await net.dial({ host, port: socket }, { protocol: 'grpc' }));
  }

  /** @throws DevicePluginError */
  async call<M extends Exclude<DevicePluginMethod, 'ListAndWatch'>>(
    method: M,
    request: DevicePluginRequest<M>,
  ): Promise<DevicePluginResponse<M>> {
    if (this.#connection.closed) throw new DevicePluginError('Unavailable', 'error reading from server: EOF');
    const call = this.#next++;
    const answered = new Promise<object>((resolve, reject) => this.#pending.set(call, { resolve, reject }));
    this.#send(call, method, request);
    return (await answered) as DevicePluginResponse<M>;
  }

  /** What devices there are, again and again; `ended` once when the plugin has gone. */
  listAndWatch(told: (response: DevicePluginResponse<'ListAndWatch'>) => void, ended: () => void): void {
    const call = this.#next++;
    this.#streams.set(call, told as (response: object) => void);
    this.#connection.onClose(ended);
    this.#send(call, 'ListAndWatch', {});
  }

  close(): void {
    this.#connection.close();
  }

  #send(call: number, method: DevicePluginMethod, request: object): void {
    const frame: DevicePluginFrame = { type: 'request', call, method, request };
    this.#connection.send(frame, { phase: 'request', summary: method, call });
  }

  #receive(frame: DevicePluginFrame): void {
    if (frame.type === 'request') return;
    const stream = this.#streams.get(frame.call);
    if (stream !== undefined && frame.type === 'response') {
      stream(frame.response);
      return;
    }
    const pending = this.#pending.get(frame.call);
    this.#pending.delete(frame.call);
    if (frame.type === 'response') pending?.resolve(frame.response);
    else pending?.reject(new DevicePluginError(frame.code, frame.desc));
  }

  #broken(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending)
      one.reject(new DevicePluginError('Unavailable', 'error reading from server: EOF'));
  }
}
