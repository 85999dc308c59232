import type { Clock } from '../../electron/base/clock.ts';
import type { Rand } from '../../electron/base/rand.ts';
import type { Labels } from '../../electron/cluster/apimachinery/labels.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Service,
  StorageClass,
  VolumeAttachment,
} from '../../electron/cluster/api/types.ts';
import { SchedulerCache } from '../../electron/cluster/scheduler/cache/scheduler-cache.ts';
import type {
  ClusterObjects,
  DisruptionBudget,
  SelectingOwner,
  VolumeObjects,
} from '../../electron/cluster/scheduler/framework/cluster-objects.ts';
import { CycleState } from '../../electron/cluster/scheduler/framework/cycle-state.ts';
import { filterWithNominated } from '../../electron/cluster/scheduler/framework/filter-with-nominated.ts';
import { fitErrorMessage } from '../../electron/cluster/scheduler/framework/fit-error.ts';
import { Framework } from '../../electron/cluster/scheduler/framework/framework.ts';
import type { Handle } from '../../electron/cluster/scheduler/framework/interface.ts';
import type { NodeInfo } from '../../electron/cluster/scheduler/framework/node-info.ts';
import type { ScoringStrategy } from '../../electron/cluster/scheduler/framework/plugin-args.ts';
import { podInfo } from '../../electron/cluster/scheduler/framework/pod-info.ts';
import type { PodInfo } from '../../electron/cluster/scheduler/framework/pod-info.ts';
import { defaultRelease } from '../../electron/cluster/scheduler/framework/release.ts';
import type { Status } from '../../electron/cluster/scheduler/framework/status.ts';
import { Nominator } from '../../electron/cluster/scheduler/nominator.ts';
import { ResourceAllocation } from '../../electron/cluster/scheduler/plugins/node-resources/resource-allocation.ts';
import { strategyScorer } from '../../electron/cluster/scheduler/plugins/node-resources/scoring-strategies.ts';
import { defaultProfile, inTreeRegistry } from '../../electron/cluster/scheduler/plugins/registry.ts';
import { TaintToleration } from '../../electron/cluster/scheduler/plugins/taint-toleration/taint-toleration.ts';
import { schedulePod } from '../../electron/cluster/scheduler/schedule-pod.ts';

/** One small cluster and one Pod to place; objects as the API server stores them. */
export interface Scenario {
  readonly id: string;
  readonly namespaces?: readonly { readonly metadata: { readonly name: string; readonly labels?: Labels } }[];
  readonly nodes: readonly Node[];
  readonly existingPods?: readonly Pod[];
  readonly nominatedPods?: readonly Pod[];
  readonly pdbs?: readonly DisruptionBudget[];
  readonly services?: readonly Service[];
  readonly replicaSets?: readonly (SelectingOwner & { readonly metadata: Named })[];
  readonly statefulSets?: readonly (SelectingOwner & { readonly metadata: Named })[];
  /** Not in the recordings; for tables of our own. */
  readonly claims?: readonly PersistentVolumeClaim[];
  readonly volumes?: readonly PersistentVolume[];
  readonly storageClasses?: readonly StorageClass[];
  readonly csiNodes?: readonly CSINode[];
  readonly csiDrivers?: readonly CSIDriver[];
  readonly csiStorageCapacities?: readonly CSIStorageCapacity[];
  readonly volumeAttachments?: readonly VolumeAttachment[];
  readonly pod: Pod;
}

interface Named {
  readonly namespace?: string;
  readonly name: string;
}

/** What the scheduler decides: verdicts by node, scores by plugin and node after normalisation, and what preemption does. */
export interface Decision {
  readonly id: string;
  readonly feasible: Readonly<Record<string, boolean>>;
  readonly reasons: Readonly<Record<string, readonly string[]>>;
  readonly rejectedBy: Readonly<Record<string, string>>;
  readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly total: Readonly<Record<string, number>>;
  /** Before normalisation. */
  readonly raw: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of NodeResourcesFit by other strategies, over CPU and memory. */
  readonly altScores: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Refusals of each filter, asked alone. */
  readonly filters: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** What preemption would cost, by node. */
  readonly candidates: Readonly<
    Record<string, { readonly victims: readonly string[]; readonly pdbViolations: number }>
  >;
  readonly selected: string | null;
  readonly message: string | null;
  readonly nominatedNode: string | null;
  readonly selectedVictims: readonly string[];
}

/** By which rules scenarios are decided. */
export interface Rules {
  /** Version of kube-scheduler. */
  readonly release: string;
  readonly registry: typeof inTreeRegistry;
}

/**
 * Those of the recordings, as their README says: the decisions are v1.33's, with the one text that v1.34 words otherwise
 * (a taint that is not tolerated) in v1.34's words. What differs in the decisions: since v1.34 NodeResourcesFit tells
 * preemption when a request is larger than the node.
 */
export const recordedRules: Rules = {
  release: 'v1.33.0',
  registry: { ...inTreeRegistry, TaintToleration: () => new TaintToleration('v1.34.0') },
};

const ownRules: Rules = { release: defaultRelease, registry: inTreeRegistry };

/** Runs the product's default profile over one scenario: one scheduling cycle, nothing is bound. */
export function decide(scenario: Scenario, rules: Rules = ownRules): Decision {
  const clock = { now: () => 0 } as unknown as Clock;
  const rand = { int: () => 0 } as unknown as Rand;
  const cache = new SchedulerCache(clock);
  const nominator = new Nominator();
  const seen = ({ status }: Pod): boolean => status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
  for (const node of scenario.nodes) cache.setNode(node);
  for (const pod of (scenario.existingPods ?? []).filter(seen)) cache.setPod(pod);
  for (const pod of scenario.nominatedPods ?? [])
    nominator.set(podInfo(pod), pod.status?.nominatedNodeName ?? '');
  const snapshot = cache.snapshot();

  let victims: readonly PodInfo[] = [];
  const handle: Handle = {
    images: () => ({ imageNodes: cache.imageNodes, nodeCount: cache.nodeCount }),
    objects: objectsOf(scenario),
    nodes: () => snapshot.nodes,
    // Only binding uses it, and nothing is bound.
    client: undefined as never,
    rand,
    release: rules.release,
    filter: (state, pod, node) => filterWithNominated(framework, nominator, state, pod, node),
    addPod: (state, pod, other, node) => framework.addPod(state, pod, other, node),
    removePod: (state, pod, other, node) => framework.removePod(state, pod, other, node),
    preempt: (_pod, _node, chosen) => {
      victims = chosen;
    },
  };
  const framework: Framework = new Framework(defaultProfile, rules.registry, handle);
  const state = new CycleState();
  const info = podInfo(scenario.pod);
  const result = schedulePod(framework, state, info, snapshot, handle.filter, rand);
  if (result.outcome === 'error') throw new Error(`${scenario.id}: ${result.message}`);

  const refused: ReadonlyMap<string, Status> =
    result.outcome === 'fits' ? result.refused : result.diagnosis.byNode;
  const names = scenario.nodes.map(({ metadata }) => metadata?.name ?? '');
  const verdicts = {
    id: scenario.id,
    feasible: Object.fromEntries(names.map((name) => [name, !refused.has(name)])),
    reasons: Object.fromEntries([...refused].map(([name, { reasons }]) => [name, reasons])),
    rejectedBy: Object.fromEntries([...refused].map(([name, { plugin = '' }]) => [name, plugin])),
    filters: filtersAlone(framework, info, snapshot.nodes),
  };
  if (result.outcome === 'fits') {
    const { scored } = result;
    const fits = scored?.nodes ?? [];
    const byNode = (values: readonly number[]): Record<string, number> =>
      Object.fromEntries(fits.map(({ name }, index) => [name, values[index] as number]));
    const plugins = scored?.plugins ?? [];
    const nothing = { message: null, nominatedNode: null, selectedVictims: [], candidates: {} };
    return {
      ...verdicts,
      scores: Object.fromEntries(plugins.map(({ plugin, normalized }) => [plugin, byNode(normalized)])),
      raw: Object.fromEntries(plugins.map(({ plugin, raw }) => [plugin, byNode(raw)])),
      total: byNode(scored?.totals ?? []),
      altScores: Object.fromEntries(
        otherStrategies.map((strategy) => [
          strategy.type,
          byNode(
            new ResourceAllocation(strategy.resources, strategyScorer(strategy), false).score(info, fits),
          ),
        ]),
      ),
      selected: result.node,
      ...nothing,
    };
  }
  const post = framework.postFilter(state, info, snapshot.nodes, refused);
  return {
    ...verdicts,
    scores: {},
    raw: {},
    total: {},
    altScores: {},
    selected: null,
    message: fitErrorMessage({ ...result.diagnosis, postFilter: post.status?.reasons.join('. ') ?? '' }),
    nominatedNode: post.nominatedNodeName ?? null,
    selectedVictims: victims.map(({ key }) => key),
    candidates: Object.fromEntries(
      (post.candidates ?? []).map((one) => [
        one.node,
        { victims: one.victims.map((victim) => victim.pod), pdbViolations: one.pdbViolations },
      ]),
    ),
  };
}

const halves = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];
const rising = [
  { utilization: 0, score: 0 },
  { utilization: 100, score: 10 },
];
const otherStrategies: readonly ScoringStrategy[] = [
  { type: 'MostAllocated', resources: halves },
  { type: 'RequestedToCapacityRatio', resources: halves, requestedToCapacityRatio: { shape: rising } },
];

function filtersAlone(framework: Framework, info: PodInfo, nodes: readonly NodeInfo[]): Decision['filters'] {
  const state = new CycleState();
  const outcome = framework.preFilter(state, info, nodes);
  if ('status' in outcome) return {};
  const filters: Record<string, Record<string, readonly string[]>> = {};
  for (const node of nodes)
    for (const [plugin, status] of framework.allVerdicts(state, info, node))
      if (status !== undefined) (filters[plugin] ??= {})[node.name] = status.reasons;
  return filters;
}

function objectsOf({ namespaces = [], services = [], pdbs = [], ...rest }: Scenario): ClusterObjects {
  const owners = { ReplicaSet: rest.replicaSets ?? [], StatefulSet: rest.statefulSets ?? [] };
  return {
    namespaceLabels: (name) =>
      namespaces.find(({ metadata }) => metadata.name === name)?.metadata.labels ?? {},
    namespaces: () =>
      namespaces.map(({ metadata }) => ({ name: metadata.name, labels: metadata.labels ?? {} })),
    services: (namespace) => services.filter(({ metadata }) => metadata?.namespace === namespace),
    owner: (kind, namespace, name) =>
      owners[kind as keyof typeof owners]?.find(
        ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
      ),
    disruptionBudgets: () => pdbs,
    volumes: volumesOf(rest),
  };
}

function volumesOf(scenario: Omit<Scenario, 'id' | 'nodes' | 'pod'>): VolumeObjects {
  const named =
    <T extends { readonly metadata?: { readonly name?: string } }>(list: readonly T[] = []) =>
    (name: string): T | undefined =>
      list.find(({ metadata }) => metadata?.name === name);
  return {
    claim: (namespace, name) =>
      scenario.claims?.find(({ metadata }) => metadata?.namespace === namespace && metadata?.name === name),
    volume: named(scenario.volumes),
    volumes: () => scenario.volumes ?? [],
    storageClass: named(scenario.storageClasses),
    csiNode: named(scenario.csiNodes),
    csiDriver: named(scenario.csiDrivers),
    csiStorageCapacities: () => scenario.csiStorageCapacities ?? [],
    attachments: () => scenario.volumeAttachments ?? [],
  };
}
