import { expect, test } from 'vitest';
import { cidr } from '../ip/cidr.ts';
import { ipv4 } from '../ip/ipv4.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import { iptablesRestore } from '../netfilter/iptables-restore.ts';
import { parseRule, splitWords } from '../netfilter/parse-rule.ts';
import { SAVED } from '../tools/iptables.testing.ts';
import type { Verdict } from './interface.ts';
import { TwoNodes } from './two-nodes.testing.ts';

const WEB = { ip: ipv4('10.96.0.10'), port: 80 };
const ON_N2 = { machine: 'n2', namespace: 'p3' };

function listen(namespace: NetworkNamespace, port: number, protocol: 'tcp' | 'udp' = 'tcp'): void {
  namespace.sockets.listen({ protocol, ip: 0, port, backlog: 4096, process: { name: 'nginx', pid: 7 } });
}

/** With the rules of kube-proxy and flanneld on n1, and p2 and p3 as endpoints of 10.96.0.10:80. */
function withService(): TwoNodes {
  const nodes = new TwoNodes();
  iptablesRestore(nodes.n1.netfilter, SAVED);
  listen(nodes.p2, 8080);
  listen(nodes.p3, 8080);
  return nodes;
}

function rule(
  namespace: NetworkNamespace,
  chain: string,
  text: string,
  table: 'filter' | 'nat' = 'filter',
): void {
  namespace.netfilter.table(table).append(chain, parseRule(splitWords(text)));
}

test.each<[string, (nodes: TwoNodes) => void, Verdict]>([
  [
    'the way there is cut',
    ({ cut }) => cut.add('n1>n2'),
    { kind: 'timed-out', at: { machine: 'n1', namespace: '' }, reason: 'unknown-mac', leg: 'request' },
  ],
  [
    'forwarding is off',
    ({ n1 }) => n1.sysctls.set('net.ipv4.ip_forward', '0'),
    { kind: 'timed-out', at: { machine: 'n1', namespace: '' }, reason: 'forwarding-off', leg: 'request' },
  ],
  [
    'flannel.1 is down',
    ({ n2 }) => n2.setUp('flannel.1', false),
    { kind: 'timed-out', at: { machine: 'n2', namespace: '' }, reason: 'ignored', leg: 'error' },
  ],
  [
    'the bridge is down',
    ({ n2 }) => n2.setUp('cni0', false),
    {
      kind: 'unreachable',
      by: { machine: 'n2', namespace: '' },
      address: '10.244.1.0',
      code: 1,
      local: false,
    },
  ],
  [
    'the FDB entry is gone',
    ({ n1 }) => n1.deleteVtep('flannel.1', '02:00:0a:f4:01:00'),
    { kind: 'timed-out', at: { machine: 'n1', namespace: '' }, reason: 'no-vtep', leg: 'request' },
  ],
  [
    'a rule drops vxlan',
    ({ n2 }) => rule(n2, 'INPUT', '-p udp --dport 8472 -j DROP'),
    { kind: 'timed-out', at: { machine: 'n2', namespace: '' }, reason: 'rule', leg: 'request' },
  ],
  [
    'the policy of FORWARD drops',
    ({ n2 }) => n2.netfilter.table('filter').setPolicy('FORWARD', 'DROP'),
    { kind: 'timed-out', at: { machine: 'n2', namespace: '' }, reason: 'policy', leg: 'request' },
  ],
  [
    'the answer is dropped',
    ({ n2 }) => rule(n2, 'FORWARD', '-s 10.244.1.0/24 -j DROP'),
    { kind: 'timed-out', at: { machine: 'n2', namespace: '' }, reason: 'rule', leg: 'reply' },
  ],
  [
    'the route there is gone',
    ({ n1 }) => n1.deleteRoute(cidr('10.244.1.0/24')),
    {
      kind: 'unreachable',
      by: { machine: 'n1', namespace: '' },
      address: '10.244.0.1',
      code: 1,
      local: false,
    },
  ],
  [
    'the Pod has no default route',
    ({ p1 }) => {
      p1.deleteRoute(cidr('10.244.0.0/16'));
      p1.deleteRoute(cidr('0.0.0.0/0'));
    },
    { kind: 'no-route', error: 'ENETUNREACH' },
  ],
  ['its cable is out', ({ p1 }) => p1.setUp('eth0', false), { kind: 'no-route', error: 'ENETUNREACH' }],
  [
    'strict reverse path',
    ({ n2 }) => {
      n2.sysctls.set('net.ipv4.conf.all.rp_filter', '1');
      n2.deleteRoute(cidr('10.244.0.0/24'));
    },
    { kind: 'timed-out', at: { machine: 'n2', namespace: '' }, reason: 'reverse-path', leg: 'request' },
  ],
  [
    'the Pod does not answer pings',
    ({ p3 }) => p3.sysctls.set('net.ipv4.icmp_echo_ignore_all', '1'),
    { kind: 'timed-out', at: ON_N2, reason: 'ignored', leg: 'request' },
  ],
  [
    'a blackhole',
    ({ n1 }) => n1.replaceRoute({ destination: cidr('10.244.1.2/32'), type: 'blackhole' }),
    { kind: 'timed-out', at: { machine: 'n1', namespace: '' }, reason: 'blackhole', leg: 'request' },
  ],
  [
    'a prohibited range',
    ({ n1 }) => n1.replaceRoute({ destination: cidr('10.244.1.0/24'), type: 'prohibit' }),
    {
      kind: 'unreachable',
      by: { machine: 'n1', namespace: '' },
      address: '10.244.0.1',
      code: 13,
      local: false,
    },
  ],
  [
    'flannel.1 is gone over there',
    ({ n2 }) => n2.deleteLink('flannel.1'),
    { kind: 'timed-out', at: { machine: 'n2', namespace: '' }, reason: 'ignored', leg: 'error' },
  ],
  [
    'flannel.1 has another MAC address than the FDB says',
    ({ n2 }) => n2.setMac('flannel.1', '02:00:0a:f4:01:77'),
    { kind: 'timed-out', at: { machine: 'n2', namespace: '' }, reason: 'not-for-us', leg: 'request' },
  ],
  [
    "the Pod's port is out of the bridge",
    ({ n2 }) => n2.setMaster('vethp3', undefined),
    {
      kind: 'unreachable',
      by: { machine: 'n2', namespace: '' },
      address: '10.244.1.0',
      code: 1,
      local: false,
    },
  ],
  ['nothing at all', () => {}, { kind: 'answered', by: ON_N2, ttl: 62 }],
])('a ping when %s', (_, harm, expected) => {
  const nodes = new TwoNodes();
  harm(nodes);
  expect(nodes.plane.ping(nodes.p1, ipv4('10.244.1.2')).verdict).toEqual(expected);
});

test('conntrack: established passes where new is dropped; what timed out is new again; a full table drops', () => {
  const { plane, p1, p3, n2, clock } = new TwoNodes();
  listen(p1, 80);
  listen(p3, 80);
  rule(n2, 'FORWARD', '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT');
  rule(n2, 'FORWARD', '-s 10.244.0.0/16 -d 10.244.1.0/24 -j DROP');
  const there = { ip: ipv4('10.244.1.2'), port: 80 };
  expect(plane.connect(p1, there).verdict).toMatchObject({
    kind: 'timed-out',
    reason: 'rule',
    leg: 'request',
  });
  const { verdict, connection } = plane.connect(p3, { ip: ipv4('10.244.0.2'), port: 80 });
  expect(verdict.kind).toBe('answered');
  if (connection === undefined) throw new Error('no connection');
  expect(plane.sendSegment(connection, 'server', 100).verdict.kind).toBe('delivered');
  clock.now += 432_001_000;
  expect(plane.sendSegment(connection, 'server', 100).verdict).toMatchObject({
    kind: 'timed-out',
    reason: 'rule',
  });
  n2.conntrack.max = 0;
  expect(plane.connect(p3, { ip: ipv4('10.244.0.2'), port: 80 }).verdict).toMatchObject({
    kind: 'timed-out',
    reason: 'conntrack-full',
  });
});

test('session affinity keeps a client at its endpoint for as long as it says', () => {
  const { plane, p1, n1, clock } = withService();
  const nat = n1.netfilter.table('nat');
  const [affine, a, b] = ['KUBE-SVC-ABCDEFGHIJKLMNOP', 'KUBE-SEP-A', 'KUBE-SEP-B'] as const;
  nat.flush(affine);
  for (const sep of [a, b])
    rule(n1, affine, `-m recent --rcheck --seconds 10 --reap --name ${sep} -j ${sep}`, 'nat');
  rule(n1, affine, `-m statistic --mode random --probability 0.5 -j ${a}`, 'nat');
  rule(n1, affine, `-j ${b}`, 'nat');
  for (const sep of [a, b]) nat.insert(sep, 2, parseRule(splitWords(`-m recent --set --name ${sep}`)));
  const by = (): string => {
    const { verdict } = plane.connect(p1, WEB);
    return verdict.kind === 'answered' ? verdict.by.namespace : verdict.kind;
  };
  const first = by();
  for (let turn = 0; turn < 20; turn += 1) expect(by()).toBe(first);
  const later = new Set<string>();
  for (let turn = 0; turn < 20; turn += 1) {
    clock.now += 11_000;
    later.add(by());
  }
  expect([...later].sort()).toEqual(['p2', 'p3']);
});
