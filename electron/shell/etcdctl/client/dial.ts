import type { MachinesClient } from '../../net/machines-client.ts';
import { isLoopback } from './endpoint.ts';
import type { ClientConfig } from './etcd-client.ts';

/** Nobody listens there. */
const REFUSED = { host: '127.0.0.1', port: 1 };

/**
 * Where a connection really goes. In the lab, machines' addresses and names stand for ports of this computer, and nothing
 * else is reached: what no machine serves refuses. The console also reaches this computer's own loopback.
 */
export function dialer(env: Readonly<Record<string, string>>, signal: AbortSignal): ClientConfig['dial'] {
  const self = env['LEME_MACHINE'];
  return async ({ host, port }) => {
    const machines = await machinesOf(env);
    if (machines === undefined) return { host, port };
    const mapped = await machines.loopback(host, port, self, signal);
    if (mapped !== undefined) return mapped;
    return self === undefined && isLoopback(host) ? { host, port } : REFUSED;
  };
}

/** Loaded in the lab only: that is a good part of what a short command takes. */
async function machinesOf(env: Readonly<Record<string, string>>): Promise<MachinesClient | undefined> {
  if (env['LEME_MACHINES_URL'] === undefined) return undefined;
  const { MachinesClient } = await import('../../net/machines-client.ts');
  return MachinesClient.from(env);
}
