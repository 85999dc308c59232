import { MachinesClient } from '../../net/machines-client.ts';
import type { ClientConfig } from './etcd-client.ts';

/** Where a connection really goes. In the lab, machines' addresses and names stand for ports of this computer. */
export function dialer(env: Readonly<Record<string, string>>, signal: AbortSignal): ClientConfig['dial'] {
  const machines = MachinesClient.from(env);
  const self = env['LEME_MACHINE'];
  return async (endpoint) => {
    const mapped = await machines?.loopback(endpoint.host, endpoint.port, self, signal);
    return mapped ?? { host: endpoint.host, port: endpoint.port };
  };
}
