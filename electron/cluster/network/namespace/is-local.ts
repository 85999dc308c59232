import { LOCAL_TABLE } from './interface.ts';
import type { NetworkNamespace } from './network-namespace.ts';

/** Whether an address is the namespace's own: what table `local` says. */
export function isLocal(namespace: NetworkNamespace, ip: number): boolean {
  return namespace.routes.lookup(LOCAL_TABLE, ip)?.type === 'local';
}
