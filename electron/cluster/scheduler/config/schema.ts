import { SchemaRegistry } from '../../apimachinery/schema/compile.ts';
import type { OpenApiSchema } from '../../apimachinery/schema/openapi.ts';
import type { StructType } from '../../apimachinery/schema/type-schema.ts';

const prefix = 'io.k8s.kube-scheduler.config.v1.';
const string: OpenApiSchema = { type: 'string' };
const strings: OpenApiSchema = { type: 'array', items: string };
const boolean: OpenApiSchema = { type: 'boolean' };
const int32: OpenApiSchema = { type: 'integer', format: 'int32' };
const int64: OpenApiSchema = { type: 'integer', format: 'int64' };
const number: OpenApiSchema = { type: 'number' };
const object: OpenApiSchema = { type: 'object' };
const of = (name: string): OpenApiSchema => ({ $ref: `#/components/schemas/${prefix}${name}` });
const listOf = (name: string): OpenApiSchema => ({ type: 'array', items: of(name) });
const meta = { apiVersion: string, kind: string };

const points = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
  'multiPoint',
];

const structs: Readonly<Record<string, Readonly<Record<string, OpenApiSchema>>>> = {
  KubeSchedulerConfiguration: {
    ...meta,
    parallelism: int32,
    leaderElection: of('LeaderElectionConfiguration'),
    clientConnection: of('ClientConnectionConfiguration'),
    enableProfiling: boolean,
    enableContentionProfiling: boolean,
    percentageOfNodesToScore: int32,
    podInitialBackoffSeconds: int64,
    podMaxBackoffSeconds: int64,
    profiles: listOf('KubeSchedulerProfile'),
    extenders: listOf('Extender'),
    delayCacheUntilActive: boolean,
  },
  LeaderElectionConfiguration: {
    leaderElect: boolean,
    leaseDuration: string,
    renewDeadline: string,
    retryPeriod: string,
    resourceLock: string,
    resourceName: string,
    resourceNamespace: string,
  },
  ClientConnectionConfiguration: {
    kubeconfig: string,
    acceptContentTypes: string,
    contentType: string,
    qps: number,
    burst: int32,
  },
  KubeSchedulerProfile: {
    schedulerName: string,
    percentageOfNodesToScore: int32,
    plugins: of('Plugins'),
    pluginConfig: listOf('PluginConfig'),
  },
  Plugins: Object.fromEntries(points.map((point) => [point, of('PluginSet')])),
  PluginSet: { enabled: listOf('Plugin'), disabled: listOf('Plugin') },
  Plugin: { name: string, weight: int32 },
  PluginConfig: { name: string, args: object },
  Extender: {
    urlPrefix: string,
    filterVerb: string,
    preemptVerb: string,
    prioritizeVerb: string,
    weight: int64,
    bindVerb: string,
    enableHTTPS: boolean,
    tlsConfig: object,
    httpTimeout: string,
    nodeCacheCapable: boolean,
    managedResources: listOf('ExtenderManagedResource'),
    ignorable: boolean,
  },
  ExtenderManagedResource: { name: string, ignoredByScheduler: boolean },
  DefaultPreemptionArgs: { ...meta, minCandidateNodesPercentage: int32, minCandidateNodesAbsolute: int32 },
  InterPodAffinityArgs: {
    ...meta,
    hardPodAffinityWeight: int32,
    ignorePreferredTermsOfExistingPods: boolean,
  },
  NodeAffinityArgs: { ...meta, addedAffinity: of('NodeAffinity') },
  NodeResourcesBalancedAllocationArgs: { ...meta, resources: listOf('ResourceSpec') },
  NodeResourcesFitArgs: {
    ...meta,
    ignoredResources: strings,
    ignoredResourceGroups: strings,
    scoringStrategy: of('ScoringStrategy'),
  },
  PodTopologySpreadArgs: {
    ...meta,
    defaultConstraints: listOf('TopologySpreadConstraint'),
    defaultingType: string,
  },
  VolumeBindingArgs: { ...meta, bindTimeoutSeconds: int64, shape: listOf('UtilizationShapePoint') },
  ScoringStrategy: {
    type: string,
    resources: listOf('ResourceSpec'),
    requestedToCapacityRatio: of('RequestedToCapacityRatioParam'),
  },
  RequestedToCapacityRatioParam: { shape: listOf('UtilizationShapePoint') },
  ResourceSpec: { name: string, weight: int64 },
  UtilizationShapePoint: { utilization: int32, score: int32 },
  TopologySpreadConstraint: {
    maxSkew: int32,
    topologyKey: string,
    whenUnsatisfiable: string,
    labelSelector: of('LabelSelector'),
    minDomains: int32,
    nodeAffinityPolicy: string,
    nodeTaintsPolicy: string,
    matchLabelKeys: strings,
  },
  LabelSelector: {
    matchLabels: { type: 'object', additionalProperties: string },
    matchExpressions: listOf('Requirement'),
  },
  Requirement: { key: string, operator: string, values: strings },
  NodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: of('NodeSelector'),
    preferredDuringSchedulingIgnoredDuringExecution: listOf('PreferredSchedulingTerm'),
  },
  NodeSelector: { nodeSelectorTerms: listOf('NodeSelectorTerm') },
  NodeSelectorTerm: { matchExpressions: listOf('Requirement'), matchFields: listOf('Requirement') },
  PreferredSchedulingTerm: { weight: int32, preference: of('NodeSelectorTerm') },
};

const registry = new SchemaRegistry(
  Object.fromEntries(
    Object.entries(structs).map(([name, properties]) => [`${prefix}${name}`, { properties }]),
  ),
);

/** A type of `kubescheduler.config.k8s.io/v1` (v1.34) by name, such as `NodeResourcesFitArgs`; undefined when there is none. */
export function configType(name: string): StructType | undefined {
  return Object.hasOwn(structs, name) ? (registry.byName(`${prefix}${name}`) as StructType) : undefined;
}
