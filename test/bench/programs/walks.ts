import { ipv4 } from '../../../electron/cluster/network/ip/ipv4.ts';
import { iptablesRestore } from '../../../electron/cluster/network/netfilter/iptables-restore.ts';
import { SAVED } from '../../../electron/cluster/network/tools/iptables.testing.ts';
import { TwoNodes } from '../../../electron/cluster/network/walk/two-nodes.testing.ts';
import { report, threadMs } from '../measure.ts';

// Packets through the Pod network alone: two machines joined by vxlan, Services as kube-proxy's iptables mode writes them. Argument: Services.
const services = Number(process.argv[2]);
const COUNT = 10_000;
const CHANGES = 200;
const nodes = new TwoNodes();
const { plane, p1, p3, n1, n2, clock } = nodes;

for (const node of [n1, n2]) iptablesRestore(node.netfilter, SAVED);
p3.sockets.listen({ protocol: 'tcp', ip: 0, port: 8080, backlog: 4096 });

function chains(service: number, endpoint: number): string {
  const sep = `KUBE-SEP-${service}-${endpoint}`;
  return `:KUBE-SVC-${service} - [0:0]
:${sep} - [0:0]
-A KUBE-SVC-${service} -j ${sep}
-A ${sep} -p tcp -m tcp -j DNAT --to-destination 10.244.1.2:8080
`;
}

const rules = Array.from({ length: services }, (_, service) => {
  const ip = `10.97.${service >> 8}.${service & 255}`;
  return `${chains(service, 0)}-I KUBE-SERVICES -d ${ip}/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-${service}\n`;
});
const before = threadMs();
iptablesRestore(n1.netfilter, `*nat\n${rules.join('')}COMMIT\n`, { noflush: true });
const allRulesMs = threadMs() - before;

/** Milliseconds of processor time of one. */
function measured(count: number, work: (number: number) => void): number {
  for (let number = 0; number < count / 5; number += 1) work(number);
  const start = threadMs();
  for (let number = 0; number < count; number += 1) work(number);
  return (threadMs() - start) / count;
}

const connectMs = measured(COUNT, (number) => {
  const { connection } = plane.connect(p1, { ip: ipv4('10.97.0.0'), port: 80 });
  if (connection === undefined) throw new Error('a connection was not made');
  plane.close(connection);
  if (number % 1_000 === 0) clock.now += 200_000;
});
const pingMs = measured(COUNT, () => {
  if (plane.ping(p1, ipv4('10.244.1.2')).verdict.kind !== 'answered') throw new Error('a ping was lost');
});
const recordedPingMs = measured(COUNT / 5, () => plane.ping(p1, ipv4('10.244.1.2'), { record: true }));
const changeMs = measured(CHANGES, (number) =>
  iptablesRestore(n1.netfilter, `*nat\n${chains(0, number)}COMMIT\n`, { noflush: true }),
);

report({
  // Three packets there, three back, each once more in vxlan.
  connectionsPerSecondCount: 1000 / connectMs,
  packetsPerSecondCount: 6000 / connectMs,
  pingsPerSecondCount: 1000 / pingMs,
  recordedPingsPerSecondCount: 1000 / recordedPingMs,
  allRulesMs,
  oneEndpointChangedMs: changeMs,
});
