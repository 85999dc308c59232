import { BenchCluster } from '../bench-cluster.ts';
import { residentMB, report } from '../measure.ts';

// 10,000 Pods that no kubelet runs and 1,000 watchers, each of one node's Pods as kubelets watch: what they take in
// memory, and how many events one changed Pod costs. In memory; the API server's own path, no listener.

const PODS = 10_000;
const WATCHERS = 1_000;

const bench = new BenchCluster({ workers: 1 });
await bench.ready();
const empty = residentMB();
await bench.createIdlePods(PODS, WATCHERS);
const withPods = residentMB();
const heard = bench.watchNodes(WATCHERS);
await bench.until(() => heard.open() >= WATCHERS, 60_000, 'watchers');
const withWatchers = residentMB();
const before = heard.events();
const begin = process.threadCpuUsage();
await bench.touchPods(100);
const spent = process.threadCpuUsage(begin);
report({
  emptyMB: empty,
  podsMB: withPods,
  watchersMB: withWatchers,
  eventsPerChangeCount: (heard.events() - before) / 100,
  changeThreadMs: (spent.user + spent.system) / 1000 / 100,
});
