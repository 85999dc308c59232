import type { Connection, NetworkAccess } from '../network/interface.ts';
import type { CsiFrame, CsiMethod, CsiRequest, CsiResponse } from './interface.ts';
import { CsiError } from './interface.ts';

interface Pending {
  readonly resolve: (response: object) => void;
  readonly reject: (error: CsiError) => void;
}

/** Calls a driver over its socket on the same machine; dials on first use and again when the connection broke. */
export class CsiClient {
  readonly #net: NetworkAccess;
  readonly #host: string;
  readonly #socket: string;
  readonly #pending = new Map<number, Pending>();
  #connection: Connection | undefined;
  #next = 1;

  constructor(net: NetworkAccess, host: string, socket: string) {
    this.#net = net;
    this.#host = host;
    this.#socket = socket;
  }

  /** @throws CsiError, `Unavailable` when nobody listens */
  async call<M extends CsiMethod>(method: M, request: CsiRequest<M>): Promise<CsiResponse<M>> {
    const connection = this.#connection ?? (await this.#dial());
    const call = this.#next++;
    const answered = new Promise<object>((resolve, reject) => this.#pending.set(call, { resolve, reject }));
    const frame: CsiFrame = { type: 'request', call, method, request };
    const { volumeId } = request as { readonly volumeId?: string };
    connection.send(frame, {
      phase: 'request',
      summary: volumeId === undefined ? method : `${method} ${volumeId}`,
      call,
    });
    return (await answered) as CsiResponse<M>;
  }

  close(): void {
    this.#connection?.close();
  }

  async #dial(): Promise<Connection> {
    try {
      const connection = await this.#net.dial({ host: this.#host, port: this.#socket }, { protocol: 'grpc' });
      connection.onMessage((payload) => this.#receive(payload as CsiFrame));
      connection.onClose(() => this.#broken());
      this.#connection = connection;
      return connection;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      throw new CsiError(
        'Unavailable',
        `connection error: desc = "transport: Error while dialing: ${error instanceof Error ? error.message : String(error)}"`,
      );
    }
  }

  #receive(frame: CsiFrame): void {
    const pending = this.#pending.get(frame.call);
    this.#pending.delete(frame.call);
    if (frame.type === 'response') pending?.resolve(frame.response);
    else if (frame.type === 'error') pending?.reject(new CsiError(frame.code, frame.desc));
  }

  #broken(): void {
    this.#connection = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending) one.reject(new CsiError('Unavailable', 'error reading from server: EOF'));
  }
}
