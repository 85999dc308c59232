import { expect, test } from 'vitest';
import { SeededRand } from '../../../base/rand.ts';
import { ipv4 } from '../ip/ipv4.ts';
import { cidr } from '../ip/cidr.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import { iptablesRestore } from '../netfilter/iptables-restore.ts';
import { parseRule, splitWords } from '../netfilter/parse-rule.ts';
import { conntrackList } from '../tools/conntrack.ts';
import { SAVED } from '../tools/iptables.testing.ts';
import { socketStatistics } from '../tools/socket-statistics.ts';
import type { Hop, Verdict, WalkResult } from './interface.ts';
import { socketError } from './socket-error.ts';
import { TwoNodes } from './two-nodes.testing.ts';

const WEB = { ip: ipv4('10.96.0.10'), port: 80 };
const ON_N1 = { machine: 'n1', namespace: 'p2' };
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

function kinds(hops: readonly Hop[], did: Hop['action']['did']): string[] {
  return hops.filter(({ action }) => action.did === did).map(({ action }) => JSON.stringify(action));
}

test('a ping crosses machines in vxlan: devices, headers, hops to live', () => {
  const { plane, p1 } = new TwoNodes();
  const { verdict, hops } = plane.ping(p1, ipv4('10.244.1.2'), { record: true });
  expect(verdict).toEqual({ kind: 'answered', by: ON_N2, ttl: 62 });
  const way = hops
    .filter(({ leg, action }) => leg === 'request' && (action.did === 'sent' || action.did === 'received'))
    .map(({ machine, namespace, device, action }) => `${machine}/${namespace} ${device} ${action.did}`);
  expect(way).toEqual([
    'n1/p1 eth0 sent',
    'n1/ vethp1 received',
    'n1/ cni0 received',
    'n1/ flannel.1 sent',
    'n1/ eth0 sent',
    'n2/ eth0 received',
    'n2/ flannel.1 received',
    'n2/ cni0 sent',
    'n2/ vethp3 sent',
    'n2/p3 eth0 received',
  ]);
  const wire = hops.find(
    ({ device, namespace, action }) => namespace === '' && device === 'eth0' && action.did === 'sent',
  );
  expect(wire?.layers).toEqual([
    { layer: 'ethernet', source: '02:00:0a:00:0a:0b', destination: '02:00:0a:00:0a:0c' },
    {
      layer: 'ipv4',
      source: '10.0.10.11',
      destination: '10.0.10.12',
      ttl: 64,
      protocol: 'udp',
      length: 134,
      df: false,
      fragments: 1,
    },
    { layer: 'udp', sourcePort: expect.any(Number) as number, destinationPort: 8472 },
    { layer: 'vxlan', vni: 1 },
    { layer: 'ethernet', source: '02:00:0a:f4:00:00', destination: '02:00:0a:f4:01:00' },
    {
      layer: 'ipv4',
      source: '10.244.0.2',
      destination: '10.244.1.2',
      ttl: 63,
      protocol: 'icmp',
      length: 84,
      df: true,
      fragments: 1,
    },
    { layer: 'icmp', type: 8, code: 0, id: 2 },
  ]);
  expect(JSON.parse(JSON.stringify(hops))).toEqual(hops);
});

/** What the same commands say on real machines set up like these. */
test.each<[string, (nodes: TwoNodes) => WalkResult | Verdict, unknown]>([
  [
    'a Pod of the same node',
    ({ plane, p1 }) => plane.ping(p1, ipv4('10.244.0.3')),
    { kind: 'answered', by: ON_N1, ttl: 64 },
  ],
  [
    'itself',
    ({ plane, p1 }) => plane.ping(p1, ipv4('127.0.0.1')),
    { kind: 'answered', by: { machine: 'n1', namespace: 'p1' }, ttl: 64 },
  ],
  [
    'a Pod from the other node',
    ({ plane, n1 }) => plane.ping(n1, ipv4('10.244.1.2')),
    { kind: 'answered', by: ON_N2, ttl: 63 },
  ],
  [
    'the other machine',
    ({ plane, p1 }) => plane.ping(p1, ipv4('10.0.10.12')),
    { kind: 'answered', by: { machine: 'n2', namespace: '' }, ttl: 63 },
  ],
  [
    'an address that nobody has',
    ({ plane, p1 }) => plane.ping(p1, ipv4('10.244.0.99')),
    {
      kind: 'unreachable',
      by: { machine: 'n1', namespace: 'p1' },
      address: '10.244.0.2',
      code: 1,
      local: true,
    },
  ],
  [
    'more than fits',
    ({ plane, p1 }) => plane.ping(p1, ipv4('10.244.1.2'), { size: 1423, df: true }),
    { kind: 'too-big', by: { machine: 'n1', namespace: 'p1' }, mtu: 1450 },
  ],
  [
    'more than fits, in pieces',
    ({ plane, p1 }) => plane.ping(p1, ipv4('10.244.1.2'), { size: 3000 }),
    { kind: 'answered', by: ON_N2, ttl: 62 },
  ],
  [
    'a port where nobody listens',
    ({ plane, p1 }) => plane.connect(p1, { ip: ipv4('10.244.1.2'), port: 81 }),
    { kind: 'refused', by: ON_N2, with: 'reset' },
  ],
  [
    'a Service without endpoints',
    ({ plane, p1 }) => plane.connect(p1, { ip: ipv4('10.96.0.20'), port: 80 }),
    { kind: 'refused', by: { machine: 'n1', namespace: '' }, with: 'icmp' },
  ],
  [
    'the first router',
    ({ plane, p1 }) => plane.datagram(p1, { ip: ipv4('10.244.1.2'), port: 33434 }, { ttl: 1 }),
    { kind: 'ttl-exceeded', by: { machine: 'n1', namespace: '' }, address: '10.244.0.1' },
  ],
  [
    'the second router',
    ({ plane, p1 }) => plane.datagram(p1, { ip: ipv4('10.244.1.2'), port: 33434 }, { ttl: 2 }),
    { kind: 'ttl-exceeded', by: { machine: 'n2', namespace: '' }, address: '10.244.1.0' },
  ],
  [
    'a datagram nobody waits for',
    ({ plane, p1 }) => plane.datagram(p1, { ip: ipv4('10.244.1.2'), port: 33434 }, { ttl: 3 }),
    { kind: 'refused', by: ON_N2, with: 'icmp' },
  ],
])('%s', (_, walk, expected) => {
  const result = walk(withService());
  expect('verdict' in result ? result.verdict : result).toEqual(expected);
});

test('a Service is translated on the way there and on the way back, and conntrack says so', () => {
  const { plane, p1, n1, clock } = withService();
  const seen = new Set<string>();
  for (let turn = 0; turn < 20; turn += 1) {
    const { verdict, hops, chance, connection } = plane.connect(p1, WEB, {
      sourcePort: 50_000 + turn,
      record: true,
    });
    expect(verdict.kind).toBe('answered');
    expect(chance).toBe(true);
    if (verdict.kind === 'answered') seen.add(verdict.by.namespace);
    expect(connection?.client).toMatchObject({ dst: WEB.ip, dport: 80, sport: 50_000 + turn });
    const [there, back] = kinds(hops, 'translated').map((text) => JSON.parse(text) as Record<string, string>);
    expect(there).toMatchObject({ side: 'destination', before: '10.96.0.10:80' });
    expect(back).toMatchObject({ side: 'source', before: there?.['after'], after: '10.96.0.10:80' });
    if (connection !== undefined && turn === 0) plane.close(connection);
  }
  expect([...seen].sort()).toEqual(['p2', 'p3']);
  const { stdout } = conntrackList(n1.conntrack.list(clock.now).slice(0, 1), clock.now);
  expect(stdout).toMatch(
    /^tcp {6}6 120 TIME_WAIT src=10\.244\.0\.2 dst=10\.96\.0\.10 sport=50000 dport=80 src=10\.244\.[01]\.[23] dst=10\.244\.0\.2 sport=8080 dport=50000 \[ASSURED\] mark=0 use=1\n$/,
  );
});

test('from a node a Service is masqueraded, with an address of the interface by which it leaves', () => {
  const { plane, n1, clock } = withService();
  const sources = new Set<string>();
  for (let turn = 0; turn < 20; turn += 1) {
    expect(plane.connect(n1, WEB).verdict.kind).toBe('answered');
  }
  for (const { original, reply } of n1.conntrack.list(clock.now))
    if (original.protocol === 'tcp') {
      expect(original.src).toBe(ipv4('10.0.10.11'));
      sources.add(String(reply.dst));
    }
  expect([...sources].sort()).toEqual([String(ipv4('10.244.0.0')), String(ipv4('10.244.0.1'))]);
});

test('a Pod reaches itself through its own Service, by way of the masquerade', () => {
  const { plane, p2, n1 } = withService();
  n1.netfilter.table('nat').flush('KUBE-SVC-ABCDEFGHIJKLMNOP');
  rule(n1, 'KUBE-SVC-ABCDEFGHIJKLMNOP', '-j KUBE-SEP-A', 'nat');
  const { verdict, hops } = plane.connect(p2, WEB, { record: true });
  expect(verdict).toMatchObject({ kind: 'answered', by: ON_N1 });
  expect(kinds(hops, 'translated').length).toBe(4);
});

test('without br_netfilter a Service with an endpoint on the same node answers from the wrong address', () => {
  const { plane, p1, n1 } = withService();
  n1.sysctls.set('net.bridge.bridge-nf-call-iptables', '0');
  n1.netfilter.table('nat').flush('KUBE-SVC-ABCDEFGHIJKLMNOP');
  rule(n1, 'KUBE-SVC-ABCDEFGHIJKLMNOP', '-j KUBE-SEP-A', 'nat');
  expect(plane.connect(p1, WEB).verdict).toEqual({
    kind: 'timed-out',
    at: { machine: 'n1', namespace: 'p1' },
    reason: 'unexpected',
    leg: 'reply',
  });
});

test('routers that pass packets to each other stop when the time to live is over', () => {
  const { plane, n1, n2, p1 } = new TwoNodes();
  n2.replaceRoute({ destination: cidr('10.9.0.0/16'), via: ipv4('10.0.10.11') });
  n1.replaceRoute({ destination: cidr('10.9.0.0/16'), via: ipv4('10.0.10.12') });
  const { verdict, hops } = plane.ping(p1, ipv4('10.9.0.1'), { record: true });
  expect(verdict.kind).toBe('ttl-exceeded');
  expect(kinds(hops, 'forwarded').length).toBeGreaterThan(60);
  expect(kinds(hops, 'forwarded').length).toBeLessThan(70);
});

test('a path MTU that ICMP tells of is learned; without ICMP the connection stands and long segments are lost', () => {
  const told = new TwoNodes();
  listen(told.p3, 80);
  told.n1.setMtu('flannel.1', 1400);
  const target = { ip: ipv4('10.244.1.2'), port: 80 };
  const { connection } = told.plane.connect(told.p1, target);
  if (connection === undefined) throw new Error('no connection');
  expect(told.plane.sendSegment(connection, 'client', 5000).verdict).toEqual({
    kind: 'delivered',
    to: ON_N2,
  });
  expect(told.p1.pathMtu(target.ip, told.clock.now)).toBe(1400);
  expect(told.p1.pathMtu(target.ip, told.clock.now + 600_001)).toBeUndefined();

  const silent = new TwoNodes();
  listen(silent.p3, 80);
  silent.n1.setMtu('flannel.1', 1400);
  rule(silent.n1, 'OUTPUT', '-p icmp --icmp-type fragmentation-needed -j DROP');
  const other = silent.plane.connect(silent.p1, target).connection;
  if (other === undefined) throw new Error('no connection');
  expect(silent.plane.sendSegment(other, 'client', 5000).verdict).toMatchObject({
    kind: 'timed-out',
    leg: 'error',
  });
  expect(silent.plane.sendSegment(other, 'client', 100).verdict).toEqual({ kind: 'delivered', to: ON_N2 });
});

test('a carrier that became narrower than its overlay: vxlan is cut in pieces, or lost where pieces are too big', () => {
  const { plane, p1, n1, n2 } = new TwoNodes();
  for (const node of [n1, n2]) node.setMtu('eth0', 1400);
  const { verdict, hops } = plane.ping(p1, ipv4('10.244.1.2'), { size: 1422, record: true });
  expect(verdict.kind).toBe('answered');
  expect(kinds(hops, 'fragmented')[0]).toBe('{"did":"fragmented","pieces":2,"mtu":1400}');
  expect(() => n1.setMtu('flannel.1', 1440)).toThrow('RTNETLINK answers: Invalid argument');
  const narrow = new TwoNodes({ fabricMtu: 1400 });
  expect(narrow.plane.ping(narrow.p1, ipv4('10.244.1.2'), { size: 1400 }).verdict).toEqual({
    kind: 'timed-out',
    at: { machine: 'n1', namespace: '' },
    reason: 'frame-too-big',
    leg: 'request',
  });
  expect(narrow.plane.ping(narrow.p1, ipv4('10.244.1.2'), { size: 1000 }).verdict.kind).toBe('answered');
});

test('a ping learns of a narrower way, and the next one is cut in pieces', () => {
  const { plane, p1, clock } = new TwoNodes({ podMtu: 1500 });
  const there = ipv4('10.244.1.2');
  expect(plane.ping(p1, there, { size: 1472 }).verdict).toEqual({
    kind: 'too-big',
    by: { machine: 'n1', namespace: '' },
    mtu: 1450,
  });
  const { verdict, hops } = plane.ping(p1, there, { size: 1472, record: true });
  expect(verdict.kind).toBe('answered');
  expect(kinds(hops, 'fragmented')[0]).toBe('{"did":"fragmented","pieces":2,"mtu":1450}');
  const own = { machine: 'n1', namespace: 'p1' };
  expect(plane.ping(p1, there, { size: 1472, df: true }).verdict).toEqual({
    kind: 'too-big',
    by: own,
    mtu: 1450,
  });
  clock.now += 601_000;
  expect(plane.ping(p1, there, { size: 1472 }).verdict).toMatchObject({
    kind: 'too-big',
    by: { namespace: '' },
  });
});

test('a REJECT answers with what it says', () => {
  for (const [how, expected] of [
    ['icmp-host-prohibited', 'No route to host'],
    ['icmp-admin-prohibited', 'No route to host'],
    ['icmp-net-unreachable', 'Network is unreachable'],
    ['icmp-host-unreachable', 'No route to host'],
    ['icmp-proto-unreachable', 'Protocol not available'],
    ['icmp-net-prohibited', 'Network is unreachable'],
    ['icmp-port-unreachable', 'Connection refused'],
    ['tcp-reset', 'Connection refused'],
  ] as const) {
    const { plane, p1, n2 } = new TwoNodes();
    rule(n2, 'FORWARD', `-p tcp -d 10.244.1.2 -j REJECT --reject-with ${how}`);
    expect(socketError(plane.connect(p1, { ip: ipv4('10.244.1.2'), port: 80 }).verdict)).toBe(expected);
  }
});

test('ss shows who listens and what is connected', () => {
  const { plane, p1, p3 } = new TwoNodes();
  listen(p3, 8080);
  const { connection } = plane.connect(p1, { ip: ipv4('10.244.1.2'), port: 8080 }, { sourcePort: 50_092 });
  expect(socketStatistics(p3, { tcp: true, listening: true, processes: true })).toBe(
    `State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
LISTEN 0      4096         0.0.0.0:8080      0.0.0.0:*   users:(("nginx",pid=7,fd=3))
`,
  );
  expect(socketStatistics(p1, { tcp: true })).toContain('10.244.0.2:50092   10.244.1.2:8080');
  if (connection !== undefined) plane.close(connection);
  expect(p1.sockets.established).toEqual([]);
  expect(() => listen(p3, 8080)).toThrow('bind: address already in use');
});

test('a verdict is kept until something that had a say changes', () => {
  const { plane, p1, p3, n2, n1, clock } = new TwoNodes();
  const target = { ip: ipv4('10.244.1.2'), port: 80 };
  const asked = (): string => plane.canConnect(p1, target).kind;
  expect([asked(), asked(), plane.cache.hits]).toEqual(['refused', 'refused', 1]);
  listen(p3, 80);
  expect(asked()).toBe('answered');
  expect([asked(), plane.cache.hits]).toEqual(['answered', 2]);
  rule(n2, 'FORWARD', '-j DROP');
  expect(asked()).toBe('timed-out');
  n2.netfilter.table('filter').flush('FORWARD');
  expect(asked()).toBe('answered');
  n1.setUp('eth0', false);
  expect(asked()).toBe('timed-out');
  n1.setUp('eth0', true);
  clock.now += 60_000;
  expect(asked()).toBe('answered');
});

test('what is drawn by lot is not kept', () => {
  const { plane, p1 } = withService();
  for (let turn = 0; turn < 5; turn += 1) expect(plane.canConnect(p1, WEB).kind).toBe('answered');
  expect(plane.cache.hits).toBe(0);
});

test('the same seed and the same packets take the same ways', () => {
  const run = (): string => {
    const { plane, p1 } = withService();
    return JSON.stringify(
      Array.from({ length: 30 }, () => plane.connect(p1, WEB, { record: true })).map(({ verdict, hops }) => [
        verdict,
        hops,
      ]),
    );
  };
  expect(run()).toBe(run());
});

test('NAT is undone on the way back, whatever was translated', () => {
  const rand = new SeededRand('nat');
  const { plane, n1, p1, p2, p3 } = withService();
  listen(p3, 53, 'udp');
  listen(p2, 53, 'udp');
  rule(n1, 'KUBE-SERVICES', '-d 10.96.0.53 -p udp --dport 53 -j DNAT --to-destination 10.244.1.2:53', 'nat');
  rule(n1, 'PREROUTING', '-d 10.0.10.11 -p tcp --dport 30080 -j KUBE-SEP-A', 'nat');
  rule(n1, 'OUTPUT', '-d 10.0.10.11 -p tcp --dport 30080 -j KUBE-SEP-A', 'nat');
  for (let turn = 0; turn < 200; turn += 1) {
    const from = [p1, p2, n1][rand.int(3)] ?? p1;
    const kind = rand.int(3);
    const result =
      kind === 0
        ? plane.connect(from, WEB)
        : kind === 1
          ? plane.datagram(from, { ip: ipv4('10.96.0.53'), port: 53 })
          : plane.connect(from, { ip: ipv4('10.0.10.11'), port: 30_080 });
    expect([turn, kind, from.name, result.verdict.kind]).toEqual([turn, kind, from.name, 'answered']);
  }
});

test('no packet is answered through a cut', () => {
  const nodes = withService();
  nodes.cut.add('n2>n1');
  nodes.segment.changed();
  for (let turn = 0; turn < 40; turn += 1) {
    const { verdict } = nodes.plane.connect(nodes.p1, WEB);
    if (verdict.kind === 'answered') expect(verdict.by).toEqual(ON_N1);
    else expect(verdict.kind).toBe('timed-out');
  }
});
