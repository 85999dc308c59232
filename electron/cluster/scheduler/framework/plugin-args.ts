import type { NodeSelectorTerm } from '../../api/helpers/node-selector.ts';

/** A resource and how much it weighs in a score. */
export interface ResourceSpec {
  readonly name: string;
  readonly weight: number;
}

/** One point of a function from utilisation (0 to 100) to score (0 to 10). */
export interface UtilizationShapePoint {
  readonly utilization: number;
  readonly score: number;
}

export type ScoringStrategyType = 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';

export interface ScoringStrategy {
  readonly type: ScoringStrategyType;
  readonly resources: readonly ResourceSpec[];
  readonly requestedToCapacityRatio?: { readonly shape?: readonly UtilizationShapePoint[] };
}

export interface NodeResourcesFitArgs {
  readonly ignoredResources?: readonly string[];
  readonly ignoredResourceGroups?: readonly string[];
  readonly scoringStrategy: ScoringStrategy;
}

export interface NodeResourcesBalancedAllocationArgs {
  readonly resources: readonly ResourceSpec[];
}

export interface InterPodAffinityArgs {
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

export interface PreferredSchedulingTerm {
  readonly weight: number;
  readonly preference: NodeSelectorTerm;
}

export interface AddedNodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: {
    readonly nodeSelectorTerms?: readonly NodeSelectorTerm[];
  };
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly PreferredSchedulingTerm[];
}

export interface NodeAffinityArgs {
  readonly addedAffinity?: AddedNodeAffinity;
}

export interface DefaultSpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly labelSelector?: object;
  readonly minDomains?: number;
  readonly nodeAffinityPolicy?: string;
  readonly nodeTaintsPolicy?: string;
}

export interface PodTopologySpreadArgs {
  readonly defaultConstraints?: readonly DefaultSpreadConstraint[];
  readonly defaultingType: 'System' | 'List';
}

export interface DefaultPreemptionArgs {
  readonly minCandidateNodesPercentage: number;
  readonly minCandidateNodesAbsolute: number;
}

export interface VolumeBindingArgs {
  readonly bindTimeoutSeconds: number;
  readonly shape?: readonly UtilizationShapePoint[];
}

/** Arguments by the plugin that takes them. Models kubescheduler.config.k8s.io/v1 types_pluginargs.go (v1.34). */
export interface PluginArgs {
  readonly DefaultPreemption: DefaultPreemptionArgs;
  readonly InterPodAffinity: InterPodAffinityArgs;
  readonly NodeAffinity: NodeAffinityArgs;
  readonly NodeResourcesBalancedAllocation: NodeResourcesBalancedAllocationArgs;
  readonly NodeResourcesFit: NodeResourcesFitArgs;
  readonly PodTopologySpread: PodTopologySpreadArgs;
  readonly VolumeBinding: VolumeBindingArgs;
}

type Given = Readonly<Record<string, unknown>>;

const cpuAndMemory: readonly ResourceSpec[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

const defaulters: { readonly [K in keyof PluginArgs]: (given: Given) => PluginArgs[K] } = {
  DefaultPreemption: (given) => ({
    minCandidateNodesPercentage: 10,
    minCandidateNodesAbsolute: 100,
    ...given,
  }),
  InterPodAffinity: (given) => ({ hardPodAffinityWeight: 1, ...given }),
  NodeAffinity: (given) => given,
  NodeResourcesBalancedAllocation: (given) => ({ ...given, resources: weighted(given['resources']) }),
  NodeResourcesFit: (given) => {
    const strategy = (given['scoringStrategy'] ?? { type: 'LeastAllocated' }) as Partial<ScoringStrategy>;
    // A strategy without a type has none: validation says so.
    const type = (strategy.type ?? '') as ScoringStrategyType;
    return { ...given, scoringStrategy: { ...strategy, type, resources: weighted(strategy.resources) } };
  },
  PodTopologySpread: (given) => ({ defaultingType: 'System', ...given }),
  VolumeBinding: (given) => ({ bindTimeoutSeconds: 600, ...given }),
};

function weighted(given: unknown): readonly ResourceSpec[] {
  const resources = (given ?? []) as readonly Partial<ResourceSpec>[];
  if (resources.length === 0) return cpuAndMemory;
  return resources.map(({ name = '', weight = 0 }) => ({ name, weight: weight === 0 ? 1 : weight }));
}

export function takesArgs(plugin: string): plugin is keyof PluginArgs {
  return Object.hasOwn(defaulters, plugin);
}

/** What a plugin is given, with what was left out filled in. Models config/v1/defaults.go (v1.34). */
export function withDefaults<K extends keyof PluginArgs>(plugin: K, given: unknown): PluginArgs[K] {
  return defaulters[plugin]((given ?? {}) as Given);
}
