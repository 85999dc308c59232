import type { Disposable } from '../../base/disposable.ts';
import type { ProcessContext } from '../machine/interface.ts';
import { HttpClientConnection } from '../network/http-client.ts';
import type { Address, PeerCertificate } from '../network/interface.ts';

/**
 * Virtual milliseconds that a connection is kept for the caller's next call. Long enough for the calls of one
 * command; who comes later is another process, which would have dialled anew: a server that went down meanwhile
 * is not its business.
 */
const IDLE = 100;

interface Idle {
  readonly connection: HttpClientConnection;
  readonly expiry: Disposable;
}

/** Connections to the API servers by the identity they were dialled with: one call at a time on each, as HTTP/1.1 has it. */
export class CallerConnections {
  /** In the order in which they are tried. */
  readonly #servers: readonly Address[];
  readonly #idle = new Map<string, Idle[]>();

  constructor(servers: readonly Address[]) {
    this.#servers = servers;
  }

  /** One that nobody else uses until it is released. @throws DialError of the last server tried */
  async acquire(
    process: ProcessContext,
    certificate: PeerCertificate | undefined,
  ): Promise<HttpClientConnection> {
    const idle = this.#idle.get(identityOf(certificate));
    for (let last = idle?.pop(); last !== undefined; last = idle?.pop()) {
      last.expiry.dispose();
      if (!last.connection.closed) return last.connection;
    }
    return this.#dial(process, certificate);
  }

  release(
    process: ProcessContext,
    certificate: PeerCertificate | undefined,
    connection: HttpClientConnection,
  ): void {
    if (connection.closed) return;
    const identity = identityOf(certificate);
    const idle = this.#idle.get(identity) ?? [];
    this.#idle.set(identity, idle);
    const expiry = process.clock.setTimeout(() => {
      idle.splice(idle.indexOf(entry), 1);
      connection.close();
    }, IDLE);
    const entry: Idle = { connection, expiry };
    idle.push(entry);
  }

  async #dial(
    process: ProcessContext,
    certificate: PeerCertificate | undefined,
  ): Promise<HttpClientConnection> {
    let failure: unknown = new Error('no API server');
    for (const server of this.#servers) {
      try {
        const options = { protocol: 'https' as const, ...(certificate === undefined ? {} : { certificate }) };
        return new HttpClientConnection(await process.net.dial(server, options), process.clock);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}

/** A client's connection brings the same object with every call. */
const identities = new WeakMap<PeerCertificate, string>();

function identityOf(certificate: PeerCertificate | undefined): string {
  if (certificate === undefined) return 'null';
  let identity = identities.get(certificate);
  if (identity === undefined) identities.set(certificate, (identity = JSON.stringify(certificate)));
  return identity;
}
