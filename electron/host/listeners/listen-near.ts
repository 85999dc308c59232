import type { AddressInfo, Server } from 'node:net';

const PORTS_TO_TRY = 20;

/** Listens on this port of the loopback interface. Resolves with the port; rejects when it is taken. */
export function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.removeListener('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Listens on this port or the next free one; 0: any. @throws when none of 20 is free */
export async function listenNear(server: Server, port: number): Promise<number> {
  for (let candidate = port; ; candidate += 1) {
    try {
      return await listenOn(server, candidate);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (port === 0 || code !== 'EADDRINUSE' || candidate - port >= PORTS_TO_TRY) throw error;
    }
  }
}
