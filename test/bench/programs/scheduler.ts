import type { Clock } from '../../../electron/base/clock.ts';
import { SeededRand } from '../../../electron/base/rand.ts';
import type { Node, Pod } from '../../../electron/cluster/api/types.ts';
import type { Snapshot } from '../../../electron/cluster/scheduler/cache/scheduler-cache.ts';
import { emptySnapshot, SchedulerCache } from '../../../electron/cluster/scheduler/cache/scheduler-cache.ts';
import type { CycleDetail } from '../../../electron/cluster/scheduler/cycle-trace.ts';
import { cycleDetail } from '../../../electron/cluster/scheduler/cycle-trace.ts';
import type { ClusterObjects } from '../../../electron/cluster/scheduler/framework/cluster-objects.ts';
import { CycleState } from '../../../electron/cluster/scheduler/framework/cycle-state.ts';
import { filterWithNominated } from '../../../electron/cluster/scheduler/framework/filter-with-nominated.ts';
import { Framework } from '../../../electron/cluster/scheduler/framework/framework.ts';
import type { NodeInfo } from '../../../electron/cluster/scheduler/framework/node-info.ts';
import type { PodInfo } from '../../../electron/cluster/scheduler/framework/pod-info.ts';
import { podInfo } from '../../../electron/cluster/scheduler/framework/pod-info.ts';
import { Nominator } from '../../../electron/cluster/scheduler/nominator.ts';
import { defaultProfile, inTreeRegistry } from '../../../electron/cluster/scheduler/plugins/registry.ts';
import { SearchStart } from '../../../electron/cluster/scheduler/sampling.ts';
import { schedulePod } from '../../../electron/cluster/scheduler/schedule-pod.ts';
import { report, residentMB, threadMs } from '../measure.ts';
import type { SchedulerWorkload } from '../scheduler-workload.ts';
import { workloadNode, workloadPod } from '../scheduler-workload.ts';

// Pods through the whole algorithm in process, the decision's record included: snapshot, filter, score, record, assume.
// Arguments: plain, spread or antiaffinity; nodes; Pods; percentage of nodes to score (0: as the default is).
const [workload = 'plain', nodeCount = 100, podCount = 1000, percentage = 0] = process.argv
  .slice(2)
  .map((argument, index) => (index === 0 ? argument : Number(argument))) as [
  SchedulerWorkload,
  number,
  number,
  number,
];

/** Records that are kept, as the causal log keeps a bounded number. */
const kept = 1000;

const node = (index: number): Node => workloadNode(index) as Node;

function pod(index: number): Pod {
  const manifest = workloadPod(workload, index);
  const metadata = { ...manifest.metadata, uid: `uid-${index}` };
  return { ...manifest, metadata, status: { phase: 'Pending' } } as unknown as Pod;
}

const objects = {
  namespaceLabels: () => ({}),
  namespaces: () => [],
  services: () => [],
  owner: () => undefined,
  disruptionBudgets: () => [],
} as unknown as ClusterObjects;
const rand = new SeededRand(1);
const cache = new SchedulerCache({ now: () => 0 } as unknown as Clock);
const nominator = new Nominator();
const start = new SearchStart();
let snapshot: Snapshot = emptySnapshot;
const filter = (state: CycleState, info: PodInfo, one: NodeInfo) =>
  filterWithNominated(framework, nominator, state, info, one);
const framework: Framework = new Framework(defaultProfile, inTreeRegistry, {
  images: () => ({ imageNodes: cache.imageNodes, nodeCount: cache.nodeCount }),
  objects,
  nodes: () => snapshot.nodes,
  kept: () => snapshot,
  client: undefined as never,
  rand,
  filter,
  addPod: (state, info, other, one) => framework.addPod(state, info, other, one),
  removePod: (state, info, other, one) => framework.removePod(state, info, other, one),
  preempt: () => undefined,
});
const records: CycleDetail[] = [];

/** False when no node takes it. */
function schedule(info: PodInfo, index: number): boolean {
  const state = new CycleState();
  snapshot = cache.snapshot();
  const result = schedulePod(framework, state, info, snapshot, filter, rand, { start, percentage });
  if (result.outcome !== 'fits') return false;
  const { feasible, refused, scored } = result;
  const findings = {
    framework,
    state,
    attempt: 1,
    nodeCount: snapshot.nodes.length,
    feasible,
    refused,
    scored,
  };
  records[index % kept] = cycleDetail(findings);
  cache.assume(info, result.node);
  return true;
}

for (let index = 0; index < nodeCount; index += 1) cache.setNode(node(index));
const pods = Array.from({ length: podCount }, (_, index) => podInfo(pod(index)));
const before = threadMs();
let placed = 0;
for (const [index, info] of pods.entries()) if (schedule(info, index)) placed += 1;
const spent = threadMs() - before;
report({
  placedCount: placed,
  podThreadUs: (spent * 1000) / podCount,
  podsPerThreadSecond: podCount / (spent / 1000),
  residentMB: residentMB(),
});
