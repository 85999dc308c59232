import type { ListeningSocket, TransportProtocol } from './interface.ts';

/** A TCP connection as `ss` shows it. */
export interface EstablishedSocket {
  readonly localIp: number;
  readonly localPort: number;
  readonly remoteIp: number;
  readonly remotePort: number;
  readonly state: 'ESTAB' | 'TIME-WAIT';
  readonly process?: { readonly name: string; readonly pid: number };
}

/** Sockets of a namespace. */
export class SocketTable {
  readonly #listening = new Map<string, ListeningSocket>();
  readonly #established = new Set<EstablishedSocket>();
  readonly #changed: () => void;
  #nextPort = 32_768;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** @throws Error `bind: address already in use` */
  listen(socket: ListeningSocket): void {
    const { protocol, ip, port } = socket;
    const clash =
      ip === 0
        ? [...this.#listening.values()].some((other) => other.protocol === protocol && other.port === port)
        : this.find(protocol, ip, port) !== undefined;
    if (clash) throw new Error('bind: address already in use');
    this.#listening.set(`${protocol} ${ip} ${port}`, socket);
    this.#changed();
  }

  close(protocol: TransportProtocol, ip: number, port: number): void {
    if (this.#listening.delete(`${protocol} ${ip} ${port}`)) this.#changed();
  }

  /** Who listens there: on the address, or on all. */
  find(protocol: TransportProtocol, ip: number, port: number): ListeningSocket | undefined {
    return this.#listening.get(`${protocol} ${ip} ${port}`) ?? this.#listening.get(`${protocol} 0 ${port}`);
  }

  get listening(): readonly ListeningSocket[] {
    return [...this.#listening.values()];
  }

  get established(): readonly EstablishedSocket[] {
    return [...this.#established];
  }

  open(socket: EstablishedSocket): void {
    this.#established.add(socket);
  }

  end(socket: EstablishedSocket): void {
    this.#established.delete(socket);
  }

  /** A port for a connection that begins here: the range `32768 60999` in turn. */
  ephemeralPort(): number {
    const port = this.#nextPort;
    this.#nextPort = port >= 60_999 ? 32_768 : port + 1;
    return port;
  }
}
