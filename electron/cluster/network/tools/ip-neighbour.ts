import { ipv4Text } from '../ip/ipv4.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';

/** `ip neigh show`, with `dev` of one interface (which is then not named). Models iproute2 6.1. */
export function ipNeighbour(namespace: NetworkNamespace, now: number, dev?: string): string {
  return namespace.neighbours
    .list(now)
    .filter(({ link }) => dev === undefined || link.name === dev)
    .map(({ ip, link, mac, state }) => {
      const where = dev === undefined ? ` dev ${link.name}` : '';
      const lladdr = mac === undefined ? '' : ` lladdr ${mac}`;
      return `${ipv4Text(ip)}${where}${lladdr} ${state} \n`;
    })
    .join('');
}
