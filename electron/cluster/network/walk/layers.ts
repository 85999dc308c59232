import { ipv4Text } from '../ip/ipv4.ts';
import type { Layer } from './interface.ts';
import type { Packet } from './packet.ts';

/** Headers of a packet, outermost first; `macs` where it is in a frame. */
export function layersOf(packet: Packet, macs?: readonly [string, string]): readonly Layer[] {
  const { protocol, encapsulated, icmp } = packet;
  const layers: Layer[] = [];
  if (macs !== undefined) layers.push({ layer: 'ethernet', source: macs[0], destination: macs[1] });
  layers.push({
    layer: 'ipv4',
    source: ipv4Text(packet.src),
    destination: ipv4Text(packet.dst),
    ttl: packet.ttl,
    protocol,
    length: packet.length,
    df: packet.df,
    fragments: packet.fragments,
  });
  const ports = { sourcePort: packet.sport, destinationPort: packet.dport };
  if (protocol === 'tcp') layers.push({ layer: 'tcp', ...ports, flags: packet.flags ?? '' });
  else if (protocol === 'udp') layers.push({ layer: 'udp', ...ports });
  else if (icmp !== undefined) {
    const { type, code, mtu } = icmp;
    layers.push({
      layer: 'icmp',
      type,
      code,
      ...(icmp.about === undefined ? { id: packet.sport } : {}),
      ...(mtu === undefined ? {} : { mtu }),
    });
  }
  if (encapsulated !== undefined) {
    const { vni, inner, sourceMac, destinationMac } = encapsulated;
    layers.push({ layer: 'vxlan', vni }, ...layersOf(inner, [sourceMac, destinationMac]));
  }
  return layers;
}
