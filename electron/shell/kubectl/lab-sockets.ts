import type { ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { isOwnLoopback, openInLab } from '../net/lab-connection.ts';

/** Makes the connection that a request of Node's asks for; it comes by the callback. */
export type CreateConnection = NonNullable<ClientRequestArgs['createConnection']>;

/**
 * How a server is reached whose address is that of a machine of the lab: dialled inside. Undefined where it is reached as any
 * other: without a lab, and on this computer's own loopback.
 */
export function labSockets(
  env: Readonly<Record<string, string>>,
  server: URL,
): { readonly from: string; readonly createConnection: CreateConnection } | undefined {
  const host = server.hostname.replace(/^\[|\]$/g, '');
  const machine = env['LEME_MACHINE'];
  if ((env['LEME_MACHINES_URL'] ?? '') === '' || (machine === undefined && isOwnLoopback(host)))
    return undefined;
  const port = server.port === '' ? (server.protocol === 'https:' ? 443 : 80) : Number(server.port);
  return {
    from: machine ?? '',
    createConnection: (options, done) => {
      const give = done as (error: Error | null, socket?: Socket) => void;
      openInLab(env, 'kubectl', { host, port }).then(
        (opened) => {
          const socket = opened?.socket as Socket;
          // Node's own options name host and port again, which a given socket makes void.
          give(
            null,
            server.protocol === 'https:'
              ? connectSecure({ ...(options as ConnectionOptions), socket })
              : socket,
          );
        },
        (error: unknown) => give(error instanceof Error ? error : new Error(String(error))),
      );
      return undefined;
    },
  };
}
