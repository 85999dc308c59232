import { MachinesClient } from '../../net/machines-client.ts';
import { isLoopback } from './endpoint.ts';
import type { ClientConfig } from './etcd-client.ts';

/** Nobody listens there. */
const REFUSED = { host: '127.0.0.1', port: 1 };

/**
 * Where a connection really goes. In the lab, machines' addresses and names stand for ports of this computer, and nothing
 * else is reached: what no machine serves refuses. The console also reaches this computer's own loopback.
 */
export function dialer(env: Readonly<Record<string, string>>, signal: AbortSignal): ClientConfig['dial'] {
  const machines = MachinesClient.from(env);
  const self = env['LEME_MACHINE'];
  return async ({ host, port }) => {
    if (machines === undefined) return { host, port };
    const mapped = await machines.loopback(host, port, self, signal);
    if (mapped !== undefined) return mapped;
    return self === undefined && isLoopback(host) ? { host, port } : REFUSED;
  };
}
