import { ipv4Text } from '../ip/ipv4.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import { linkFlags } from './ip-link.ts';

/**
 * `bridge fdb show`, of one interface (`dev`, which is then not named) or all. Multicast addresses that the kernel listens to are left
 * out. Models iproute2 6.1.
 */
export function bridgeFdb(namespace: NetworkNamespace, now: number, dev?: string): string {
  const lines: string[] = [];
  for (const link of namespace.links) {
    const where = dev === undefined ? ` dev ${link.name}` : '';
    if (dev !== undefined && link.name !== dev) continue;
    if (link.device.kind === 'vxlan')
      for (const { mac, remote, permanent } of link.device.vteps.list())
        lines.push(`${mac}${where} dst ${ipv4Text(remote)} self ${permanent ? 'permanent' : ''}`.trimEnd());
    const bridge = link.device.kind === 'bridge' ? link : link.master;
    if (bridge?.device.kind !== 'bridge') continue;
    for (const { mac, port, permanent } of bridge.device.fdb.list(now))
      if (port === link) lines.push(`${mac}${where} master ${bridge.name} ${permanent ? 'permanent' : ''}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** `bridge link show`: ports of bridges. Models iproute2 6.1. */
export function bridgeLink(namespace: NetworkNamespace): string {
  return namespace.links
    .filter(({ master }) => master !== undefined)
    .map((link) => {
      const { device, master } = link;
      // iproute2 looks the peer's index up in this namespace, so it names whatever has that number here.
      const peer = device.kind === 'veth' ? device.peer : undefined;
      const named = namespace.links.find(({ index }) => index === peer?.index)?.name;
      const name = peer === undefined ? link.name : `${link.name}@${named ?? `if${peer.index}`}`;
      const state = link.running ? 'forwarding' : 'disabled';
      return `${link.index}: ${name}: <${linkFlags(link)}> mtu ${link.mtu} master ${master?.name ?? ''} state ${state} priority 32 cost 2 \n`;
    })
    .join('');
}
