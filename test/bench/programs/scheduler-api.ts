import { BenchCluster } from '../bench-cluster.ts';
import { report, residentMB, threadMs } from '../measure.ts';
import type { SchedulerWorkload } from '../scheduler-workload.ts';
import { workloadNode, workloadPod } from '../scheduler-workload.ts';

// Pods through the API server, from the first request until the last one is bound: API server, etcd, kube-scheduler with its
// queue, events and records, and one client who creates and watches. As upstream's scheduler_perf: nodes without kubelets,
// no controller manager (it would take nodes without heartbeats for dead ones). Arguments: workload; nodes; Pods.
const workload = (process.argv[2] ?? 'plain') as SchedulerWorkload;
const [nodes = 100, pods = 1000] = process.argv.slice(3).map(Number);

const bench = new BenchCluster({ workers: 1 });
await bench.ready();
await bench.stopComponent('kube-controller-manager');
// Its kubelet would run what it is given.
bench.cluster.powerOff('worker-1');
await bench.deleteNode('worker-1');
await bench.createIdleNodes(nodes, workloadNode);
const watch = bench.watchBoundPods();
await bench.until(() => watch.open(), 60_000, 'watch');
const before = { thread: threadMs(), virtual: bench.simulation.now, bound: watch.bound() };
const bound = (): number => watch.bound() - before.bound;
await bench.createPods(pods, (index) => workloadPod(workload, index));
const createdMs = threadMs() - before.thread;
await bench.until(() => bound() >= pods, 10 * 60_000, `${pods} Pods bound`);
const spent = threadMs() - before.thread;
report({
  boundCount: bound(),
  createdThreadMs: createdMs,
  podThreadUs: (spent * 1000) / pods,
  podsPerThreadSecond: pods / (spent / 1000),
  virtualMs: bench.simulation.now - before.virtual,
  residentMB: residentMB(),
});
