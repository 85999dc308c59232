import type { Device, Link } from './link.ts';
import type { NetworkNamespace } from './network-namespace.ts';

export interface VethEnd {
  readonly namespace: NetworkNamespace;
  readonly name: string;
  readonly mac: string;
  readonly mtu?: number;
  readonly queueLength?: number;
}

/** Two interfaces joined by a cable, each in its namespace (`ip link add A type veth peer name B`). @throws NetlinkError */
export function makeVethPair(one: VethEnd, other: VethEnd): readonly [Link, Link] {
  const first: Device & { kind: 'veth' } = { kind: 'veth', peer: undefined };
  const second: Device & { kind: 'veth' } = { kind: 'veth', peer: undefined };
  const { namespace, ...options } = one;
  const a = namespace.addLink({ ...options, device: first });
  const { namespace: there, ...others } = other;
  const b = there.addLink({ ...others, device: second });
  first.peer = b;
  second.peer = a;
  namespace.changed();
  there.changed();
  return [a, b];
}
