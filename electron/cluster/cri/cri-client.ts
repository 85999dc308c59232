import type { Connection, NetworkAccess } from '../network/interface.ts';
import type { ContainerEvent, CriClient, CriFrame, CriMethod, CriRequest, CriResponse } from './interface.ts';
import { noSuchPipe } from '../../base/windows-path.ts';
import { CriError } from './interface.ts';

interface Pending {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: CriError) => void;
}

interface EventStream {
  readonly call: number;
  readonly onEvent: (event: ContainerEvent) => void;
  readonly ended: () => void;
}

function subjectOf(request: unknown): string {
  const fields = request as {
    config?: { metadata: { name: string; namespace?: string } };
    podSandboxId?: string;
    containerId?: string;
    image?: string;
  };
  const metadata = fields.config?.metadata;
  if (metadata !== undefined) {
    return metadata.namespace === undefined ? ` ${metadata.name}` : ` ${metadata.namespace}/${metadata.name}`;
  }
  const id = fields.containerId ?? fields.podSandboxId;
  return id === undefined ? (fields.image === undefined ? '' : ` ${fields.image}`) : ` ${id.slice(0, 13)}`;
}

function unreachable(reason: string): CriError {
  return new CriError('Unavailable', `connection error: desc = "transport: Error while dialing: ${reason}"`);
}

/** Speaks CRI over one connection to the runtime's socket; dials on first use and again when it broke. */
export class SocketCriClient implements CriClient {
  readonly #net: NetworkAccess;
  readonly #host: string;
  readonly #socket: string;
  readonly #files: { exists(path: string): boolean } | undefined;
  readonly #pending = new Map<number, Pending>();
  #events: EventStream | undefined;
  #dialling: Promise<Connection> | undefined;
  #connection: Connection | undefined;
  #nextCall = 1;

  /**
   * `host` is the machine itself: a Unix socket is never reached from elsewhere. With the machine's `files` a socket that was
   * removed cannot be dialled, while connections that are there go on.
   */
  constructor(net: NetworkAccess, host: string, socket: string, files?: { exists(path: string): boolean }) {
    this.#files = files;
    this.#net = net;
    this.#host = host;
    this.#socket = socket;
  }

  async call<M extends CriMethod>(method: M, request: CriRequest<M>): Promise<CriResponse<M>> {
    const connection = this.#connection ?? (await this.#connect());
    const call = this.#nextCall++;
    const answered = new Promise<unknown>((resolve, reject) => this.#pending.set(call, { resolve, reject }));
    const frame: CriFrame = { type: 'request', call, method, request };
    connection.send(frame, { phase: 'request', summary: `${method}${subjectOf(request)}`, call });
    return (await answered) as CriResponse<M>;
  }

  containerEvents(onEvent: (event: ContainerEvent) => void, ended: () => void): void {
    const connection = this.#connection;
    if (connection === undefined) throw new Error('call the runtime once before asking for its events');
    const call = this.#nextCall++;
    this.#events = { call, onEvent, ended };
    const frame: CriFrame = { type: 'request', call, method: 'GetContainerEvents', request: {} };
    connection.send(frame, { phase: 'request', summary: 'GetContainerEvents', call });
  }

  close(): void {
    this.#connection?.close();
  }

  async #connect(): Promise<Connection> {
    if (this.#files?.exists(this.#socket) === false)
      throw unreachable(
        noSuchPipe(this.#socket) ?? `dial unix ${this.#socket}: connect: no such file or directory`,
      );
    this.#dialling ??= this.#dial();
    return this.#dialling;
  }

  async #dial(): Promise<Connection> {
    try {
      const connection = await this.#net.dial({ host: this.#host, port: this.#socket }, { protocol: 'cri' });
      connection.onMessage((payload) => this.#receive(payload as CriFrame));
      connection.onClose(() => this.#broken());
      this.#connection = connection;
      return connection;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw unreachable(reason);
    } finally {
      this.#dialling = undefined;
    }
  }

  #receive(frame: CriFrame): void {
    if (frame.type === 'item') {
      if (this.#events?.call === frame.call) this.#events.onEvent(frame.event);
      return;
    }
    if (frame.type === 'error' && this.#events?.call === frame.call) {
      const { ended } = this.#events;
      this.#events = undefined;
      ended();
      return;
    }
    const pending = this.#pending.get(frame.call);
    this.#pending.delete(frame.call);
    if (frame.type === 'response') pending?.resolve(frame.response);
    else if (frame.type === 'error') pending?.reject(new CriError(frame.code, frame.desc));
  }

  #broken(): void {
    this.#connection = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of pending) call.reject(new CriError('Unavailable', 'error reading from server: EOF'));
    const events = this.#events;
    this.#events = undefined;
    events?.ended();
  }
}
