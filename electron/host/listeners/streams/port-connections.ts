import type { HttpBody } from '../../../cluster/network/http.ts';
import { bytesToLatin1, latin1ToBytes } from '../../../cluster/network/byte-text.ts';
import { streamMessageOf } from '../../../cluster/network/stream-message.ts';
import type { StreamPeer } from './interface.ts';

/** How long the answer may still take once the client has said all, in real milliseconds. */
const LINGER = 2_000;

/** One forwarded connection, as the client's protocol writes to it. */
export interface PortSink {
  data(bytes: Uint8Array): void;
  error(text: string): void;
  /** The container's side is closed; always the last call. */
  closed(): void;
}

/**
 * Forwarded connections of one call by number. The simulated network closes a connection as a whole: a client that has
 * ended its half therefore keeps the other for a moment.
 */
export class PortConnections {
  readonly #peer: StreamPeer;
  readonly #sinks = new Map<number, PortSink>();
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #last = 0;

  constructor(peer: StreamPeer) {
    this.#peer = peer;
  }

  open(port: number, sink: PortSink): number {
    const connection = ++this.#last;
    this.#sinks.set(connection, sink);
    this.#peer.send({ type: 'port-open', connection, port });
    return connection;
  }

  write(connection: number, bytes: Uint8Array): void {
    if (this.#sinks.has(connection))
      this.#peer.send({ type: 'port-data', connection, data: bytesToLatin1(bytes) });
  }

  /** The client sends nothing more. */
  endInput(connection: number): void {
    if (!this.#sinks.has(connection) || this.#timers.has(connection)) return;
    this.#timers.set(
      connection,
      setTimeout(() => {
        this.#peer.send({ type: 'port-close', connection });
        this.#over(connection);
      }, LINGER),
    );
  }

  deliver(body: HttpBody): void {
    const message = streamMessageOf(body);
    if (message?.type === 'port-data') this.#sinks.get(message.connection)?.data(latin1ToBytes(message.data));
    else if (message?.type === 'port-error') {
      this.#sinks.get(message.connection)?.error(message.message);
      this.#over(message.connection);
    } else if (message?.type === 'port-close') this.#over(message.connection);
  }

  #over(connection: number): void {
    clearTimeout(this.#timers.get(connection));
    this.#timers.delete(connection);
    const sink = this.#sinks.get(connection);
    this.#sinks.delete(connection);
    sink?.closed();
  }

  /** Closes what is open; the call itself is over. */
  close(): void {
    for (const connection of [...this.#sinks.keys()]) this.#over(connection);
  }

  get none(): boolean {
    return this.#sinks.size === 0;
  }
}
