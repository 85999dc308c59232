import { expect, test } from 'vitest';
import { SeededRand } from '../../../base/rand.ts';
import { Segment } from '../fabric/segment.ts';
import { cidr } from '../ip/cidr.ts';
import { ipv4, ipv4Text } from '../ip/ipv4.ts';
import { makeVethPair } from '../namespace/make-veth-pair.ts';
import { NetworkNamespace } from '../namespace/network-namespace.ts';
import { ipRouteGet } from '../tools/ip-route.ts';
import { DataPlane } from './data-plane.ts';

/** Machines with a second VNIC in the Pods' subnet, and Pods on it by ipvlan, with addresses of that subnet. */
class Vnics {
  readonly plane = new DataPlane({ now: () => 1_000_000, rand: new SeededRand('vnic') });
  readonly #nodes = new Segment('nodes');
  readonly #pods = new Segment('pods');

  node(number: number): NetworkNamespace {
    const node = new NetworkNamespace(`n${number}`, '');
    node.setUp('lo', true);
    for (const [name, segment, ip] of [
      ['eth0', this.#nodes, `10.0.10.1${number}`],
      ['eth1', this.#pods, `10.0.32.${number}`],
    ] as const) {
      const mac = `02:00:17:00:${name === 'eth0' ? '00' : '01'}:0${number}`;
      const link = node.addLink({ name, mac, mtu: 9000, device: { kind: 'uplink', port: undefined } });
      segment.plug(link);
      node.addAddress(name, { ip: ipv4(ip), bits: 24 });
      node.setUp(name, true);
    }
    return node;
  }

  pod(node: NetworkNamespace, name: string, ip: string): NetworkNamespace {
    const pod = new NetworkNamespace(node.machine, name);
    const lower = node.link('eth1');
    pod.addLink({ name: 'eth0', mac: lower.mac, mtu: 9000, device: { kind: 'ipvlan', mode: 'l2', lower } });
    pod.addAddress('eth0', { ip: ipv4(ip), bits: 24 });
    pod.setUp('eth0', true);
    return pod;
  }
}

test('Pods on VNICs of one subnet reach each other without encapsulation, on one machine and on two', () => {
  const vnics = new Vnics();
  const n1 = vnics.node(1);
  const a = vnics.pod(n1, 'a', '10.0.32.101');
  vnics.pod(n1, 'b', '10.0.32.102');
  vnics.pod(vnics.node(2), 'c', '10.0.32.103');
  for (const [ip, namespace] of [
    ['10.0.32.102', 'b'],
    ['10.0.32.103', 'c'],
  ] as const) {
    const { verdict, hops } = vnics.plane.ping(a, ipv4(ip), { record: true });
    expect(verdict).toMatchObject({ kind: 'answered', by: { namespace }, ttl: 64 });
    expect(hops.some(({ action }) => action.did === 'encapsulated')).toBe(false);
  }
});

test('the machine does not reach its own ipvlan Pods by the VNIC, but by a veth pair beside it', () => {
  const vnics = new Vnics();
  const { plane } = vnics;
  const n1 = vnics.node(1);
  const a = vnics.pod(n1, 'a', '10.0.32.101');
  const ip = ipv4('10.0.32.101');
  expect(plane.ping(n1, ip).verdict).toMatchObject({ kind: 'unreachable', code: 1, local: true });
  makeVethPair(
    { namespace: n1, name: 'veth0', mac: '02:00:00:00:00:01' },
    { namespace: a, name: 'ptp-veth0', mac: '02:00:00:00:00:02' },
  );
  n1.setUp('veth0', true);
  a.setUp('ptp-veth0', true);
  n1.addRoute({ destination: { base: ip, bits: 32 }, dev: 'veth0' });
  a.addRoute({ destination: cidr('10.0.10.11/32'), dev: 'ptp-veth0' });
  expect(plane.ping(n1, ip, { source: ipv4('10.0.10.11') }).verdict).toMatchObject({
    kind: 'answered',
    by: { namespace: 'a' },
  });
});

test('what leaves from an address of the second VNIC goes by its own table', () => {
  const vnics = new Vnics();
  const n1 = vnics.node(1);
  n1.addRoute({ destination: cidr('0.0.0.0/0'), via: ipv4('10.0.10.1') });
  n1.addRoute({ destination: cidr('0.0.0.0/0'), via: ipv4('10.0.32.254'), dev: 'eth1', table: 100 });
  n1.addRule({ priority: 1000, from: cidr('10.0.32.1/32'), table: 100 });
  const way = (from: string): string =>
    ipRouteGet(n1, ipv4('8.8.8.8'), { from: ipv4(from) }).split(' uid')[0] ?? '';
  expect(way('10.0.10.11')).toBe('8.8.8.8 from 10.0.10.11 via 10.0.10.1 dev eth0');
  expect(way('10.0.32.1')).toBe('8.8.8.8 from 10.0.32.1 via 10.0.32.254 dev eth1 table 100');
});

test('who looks at an interface sees what passes it, in both directions', () => {
  const vnics = new Vnics();
  const n1 = vnics.node(1);
  const n2 = vnics.node(2);
  const seen: string[] = [];
  n1.link('eth0').observers.add((direction, { src, dst, icmp }) =>
    seen.push(`${direction} ${ipv4Text(src)} > ${ipv4Text(dst)} type ${icmp?.type}`),
  );
  vnics.plane.ping(n1, ipv4('10.0.10.12'));
  n2.sysctls.set('net.ipv4.icmp_echo_ignore_all', '1');
  vnics.plane.ping(n1, ipv4('10.0.10.12'));
  expect(seen).toEqual([
    'out 10.0.10.11 > 10.0.10.12 type 8',
    'in 10.0.10.12 > 10.0.10.11 type 0',
    'out 10.0.10.11 > 10.0.10.12 type 8',
  ]);
});
