import { describe, expect, it } from 'vitest';
import { checkProfiles } from '../framework/create-framework.ts';
import type { Handle } from '../framework/interface.ts';
import { Framework } from '../framework/framework.ts';
import { inTreeRegistry } from '../plugins/registry.ts';
import type { SchedulerConfiguration } from './interface.ts';
import { loadConfiguration } from './load.ts';
import { defaultPlugins } from './merge-plugins.ts';

const head = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const load = (body: string): SchedulerConfiguration => {
  const config = loadConfiguration(`${head}${body}`);
  checkProfiles(config.profiles, inTreeRegistry);
  return config;
};
const frameworkOf = (body: string, index = 0): Framework => {
  const profile = load(body).profiles[index];
  if (profile === undefined) throw new Error('no such profile');
  return new Framework(profile, inTreeRegistry, { objects: { volumes: {} } } as unknown as Handle);
};
const profile = (text: string): string =>
  `profiles:\n- schedulerName: default-scheduler\n${text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
const args = (plugin: string, text: string): string =>
  profile(`pluginConfig:\n- name: ${plugin}\n  args: ${text}`);

describe('a KubeSchedulerConfiguration', () => {
  it('has upstream defaults', () => {
    const config = load('');
    expect(config).toMatchObject({
      parallelism: 16,
      percentageOfNodesToScore: 0,
      initialBackoff: 1000,
      maxBackoff: 10_000,
      leaderElection: {
        leaderElect: true,
        leaseDuration: 15_000,
        renewDeadline: 10_000,
        retryPeriod: 2000,
        resourceName: 'kube-scheduler',
        resourceNamespace: 'kube-system',
      },
      clientConnection: { kubeconfig: '', qps: 50, burst: 100 },
    });
    expect(config.profiles).toHaveLength(1);
    expect(config.profiles[0]).toMatchObject({ schedulerName: 'default-scheduler' });
    expect(config.profiles[0]?.plugins.map(({ name, weight }) => ({ name, weight }))).toEqual(
      defaultPlugins.map(({ name, weight }) => ({ name, weight })),
    );
  });

  it('reads what it is given, and flags of leader election win', () => {
    const text = `${head}parallelism: 4
percentageOfNodesToScore: 20
podInitialBackoffSeconds: 2
podMaxBackoffSeconds: 60
leaderElection: {leaderElect: true, resourceName: mine, leaseDuration: 1m0s}
clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf, qps: 5}
profiles:
- schedulerName: a
  percentageOfNodesToScore: 100
- schedulerName: b
`;
    expect(loadConfiguration(text, { leaderElect: false })).toMatchObject({
      parallelism: 4,
      percentageOfNodesToScore: 20,
      initialBackoff: 2000,
      maxBackoff: 60_000,
      leaderElection: { leaderElect: false, resourceName: 'mine', leaseDuration: 60_000 },
      clientConnection: { kubeconfig: '/etc/kubernetes/scheduler.conf', qps: 5, burst: 100 },
      profiles: [{ schedulerName: 'a', percentageOfNodesToScore: 100 }, { schedulerName: 'b' }],
    });
  });

  const scheme = 'in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"';
  const unread: [string, string, string][] = [
    [
      'another version',
      'apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration\n',
      `no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io/v1beta3" ${scheme}`,
    ],
    ['no kind', 'apiVersion: v1\n', 'Object \'Kind\' is missing in \'{"apiVersion":"v1"}\''],
    [
      'arguments alone',
      'apiVersion: kubescheduler.config.k8s.io/v1\nkind: NodeAffinityArgs\n',
      "couldn't decode as KubeSchedulerConfiguration, got kubescheduler.config.k8s.io/v1, Kind=NodeAffinityArgs: ",
    ],
    ['an unknown field', `${head}foo: bar\n`, 'strict decoding error: unknown field "foo"'],
    [
      'an unknown extension point',
      `${head}${profile('plugins:\n  filters: {}')}`,
      'strict decoding error: unknown field "profiles[0].plugins.filters"',
    ],
    [
      'a field twice',
      `${head}parallelism: 1\nparallelism: 2\n`,
      'strict decoding error: yaml: unmarshal errors:\n  line 4: key "parallelism" already set in map',
    ],
    [
      'a wrong type',
      `${head}parallelism: many\n`,
      'json: cannot unmarshal string into Go struct field KubeSchedulerConfiguration.parallelism of type int32',
    ],
    [
      'an unknown field in arguments',
      `${head}${args('NodeResourcesFit', '{strategy: x}')}`,
      'strict decoding error: decoding .profiles[0].pluginConfig[0]: strict decoding error: decoding args for plugin NodeResourcesFit: strict decoding error: unknown field "strategy"',
    ],
    [
      'arguments of another plugin',
      `${head}${args('NodeResourcesFit', '{kind: InterPodAffinityArgs, apiVersion: kubescheduler.config.k8s.io/v1}')}`,
      'decoding .profiles[0].pluginConfig[0]: args for plugin NodeResourcesFit were not of type NodeResourcesFitArgs.kubescheduler.config.k8s.io, got InterPodAffinityArgs.kubescheduler.config.k8s.io',
    ],
    ['no duration', `${head}leaderElection: {leaseDuration: soon}\n`, 'time: invalid duration "soon"'],
  ];
  it.each(unread)('is not read with %s', (_what, text, message) => {
    expect(() => loadConfiguration(text)).toThrow(message);
    try {
      loadConfiguration(text);
    } catch (error) {
      expect((error as Error).message).toBe(message);
    }
  });

  const creating = 'initializing profiles: creating profile for scheduler name default-scheduler: ';
  const invalid: [string, string, string][] = [
    [
      'parallelism',
      'parallelism: 0',
      'parallelism: Invalid value: 0: should be an integer value greater than zero',
    ],
    [
      'a percentage',
      'percentageOfNodesToScore: 101',
      'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]',
    ],
    [
      'a percentage of a profile',
      profile('percentageOfNodesToScore: -1'),
      'profiles[0].percentageOfNodesToScore: Invalid value: -1: not in valid range [0-100]',
    ],
    [
      'two that are wrong',
      'podInitialBackoffSeconds: 0\npodMaxBackoffSeconds: -1',
      '[podInitialBackoffSeconds: Invalid value: 0: must be greater than 0, podMaxBackoffSeconds: Invalid value: -1: must be greater than or equal to PodInitialBackoffSeconds]',
    ],
    [
      'the times of leader election',
      'leaderElection: {leaseDuration: 5s}',
      'leaderElection.leaseDuration: Invalid value: "10s": LeaseDuration must be greater than RenewDeadline',
    ],
    [
      'a lock',
      'leaderElection: {resourceLock: endpoints}',
      'leaderElection.resourceLock: Invalid value: "endpoints": resourceLock value must be "leases"',
    ],
    [
      'a name twice',
      'profiles:\n- schedulerName: a\n- schedulerName: a',
      'profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"',
    ],
    [
      'profiles without names',
      'profiles:\n- {}\n- schedulerName: a',
      'profiles[0].schedulerName: Required value',
    ],
    [
      'queues sorted in two ways',
      'profiles:\n- schedulerName: a\n- schedulerName: b\n  plugins: {queueSort: {enabled: [{name: Other}]}}',
      'profiles[1].plugins.queueSort: Invalid value: {"Enabled":[{"Name":"Other","Weight":0}],"Disabled":null}: must be the same for all profiles',
    ],
    [
      'a plugin that is no more',
      profile('plugins: {filter: {enabled: [{name: EBSLimits}]}}'),
      'profiles[0].plugins.filter.enabled[0]: Invalid value: "EBSLimits": was invalid in version "v1" (KubeSchedulerConfiguration is version "kubescheduler.config.k8s.io/v1")',
    ],
    [
      'a negative weight',
      profile('plugins: {score: {enabled: [{name: NodeAffinity, weight: -1}]}}'),
      'profiles[0].plugins.score.enabled[0].weight: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'arguments twice',
      profile('pluginConfig: [{name: NodeAffinity}, {name: NodeAffinity}]'),
      'profiles[0].pluginConfig[1]: Duplicate value: "NodeAffinity"',
    ],
    [
      'hardPodAffinityWeight',
      args('InterPodAffinity', '{hardPodAffinityWeight: 101}'),
      'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]',
    ],
    [
      'constraints beside system defaults',
      args(
        'PodTopologySpread',
        '{defaultConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]}',
      ),
      'profiles[0].pluginConfig[0].args.defaultingType: Invalid value: "System": when .defaultConstraints are not empty',
    ],
    [
      'a constraint with everything wrong',
      args(
        'PodTopologySpread',
        '{defaultingType: List, defaultConstraints: [{maxSkew: 0, labelSelector: {}}]}',
      ),
      '[profiles[0].pluginConfig[0].args.defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0, inf), profiles[0].pluginConfig[0].args.defaultConstraints[0].topologyKey: Required value: can not be empty, profiles[0].pluginConfig[0].args.defaultConstraints[0].whenUnsatisfiable: Required value: can not be empty, profiles[0].pluginConfig[0].args.defaultConstraints[0].labelSelector: Forbidden: constraint must not define a selector, as they deduced for each pod]',
    ],
    [
      'a preemption that tries nothing',
      args('DefaultPreemption', '{minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0}'),
      '[profiles[0].pluginConfig[0].args.minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as minCandidateNodesAbsolute, profiles[0].pluginConfig[0].args.minCandidateNodesAbsolute: Invalid value: 0: cannot be zero at the same time as minCandidateNodesPercentage]',
    ],
    [
      'an operator',
      args(
        'NodeAffinity',
        '{addedAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Is}]}]}}}',
      ),
      'profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: Unsupported value: "Is": supported values: "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"',
    ],
    [
      'a timeout',
      args('VolumeBinding', '{bindTimeoutSeconds: -1}'),
      'profiles[0].pluginConfig[0].args.bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value',
    ],
    [
      'a weight in a balance',
      args(
        'NodeResourcesBalancedAllocation',
        '{resources: [{name: cpu, weight: 2}, {name: cpu, weight: 1}]}',
      ),
      '[profiles[0].pluginConfig[0].args.resources[0].weight: Invalid value: 2: must be 1, profiles[0].pluginConfig[0].args.resources[1].name: Duplicate value: "cpu"]',
    ],
    [
      'an unknown plugin',
      profile('plugins: {multiPoint: {enabled: [{name: Nope}]}}'),
      `${creating}PreFilterPlugin "Nope" does not exist`,
    ],
    [
      'an unknown plugin at a point',
      profile('plugins: {score: {enabled: [{name: Nope}]}}'),
      `${creating}ScorePlugin "Nope" does not exist`,
    ],
    [
      'a plugin twice',
      profile('plugins: {filter: {enabled: [{name: NodeName}, {name: NodeName}]}}'),
      `${creating}plugin "NodeName" already registered as "FilterPlugin"`,
    ],
    [
      'a plugin where it has nothing to say',
      profile('plugins: {score: {enabled: [{name: NodeName}]}}'),
      `${creating}plugin "NodeName" does not extend ScorePlugin plugin`,
    ],
    [
      'no queue sort',
      profile('plugins: {queueSort: {disabled: [{name: "*"}]}}'),
      `${creating}only one queue sort plugin required for profile with scheduler name "default-scheduler", but got 0`,
    ],
    [
      'no bind plugin',
      profile('plugins: {multiPoint: {disabled: [{name: DefaultBinder}]}}'),
      `${creating}at least one bind plugin is needed for profile with scheduler name "default-scheduler"`,
    ],
    [
      'a strategy',
      args('NodeResourcesFit', '{scoringStrategy: {type: Best}}'),
      `${creating}initializing plugin "NodeResourcesFit": scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"`,
    ],
    [
      'a shape that falls back',
      args(
        'NodeResourcesFit',
        '{scoringStrategy: {type: RequestedToCapacityRatio, requestedToCapacityRatio: {shape: [{utilization: 50, score: 1}, {utilization: 10, score: 11}]}}}',
      ),
      `${creating}initializing plugin "NodeResourcesFit": [scoringStrategy.requestedToCapacityRatio.shape[1].utilization: Invalid value: 10: values must be sorted in increasing order, scoringStrategy.requestedToCapacityRatio.shape[1].score: Invalid value: 11: not in valid range [0, 10]]`,
    ],
    [
      'a group with a slash',
      args('NodeResourcesFit', '{ignoredResourceGroups: [a/b]}'),
      `${creating}initializing plugin "NodeResourcesFit": ignoredResourceGroups[0]: Invalid value: "a/b": resource group name can't contain '/'`,
    ],
  ];
  it.each(invalid)('is not valid: %s', (_what, body, message) => {
    let found: string | undefined;
    try {
      load(body);
    } catch (error) {
      found = (error as Error).message;
    }
    expect(found).toBe(message);
  });
});

describe('the plugins of a profile', () => {
  const scores = (framework: Framework): string => framework.scoreNames.join(' ');

  it('keep their place when configured again, and come after when new to the point', () => {
    const again = frameworkOf(
      profile('plugins: {multiPoint: {enabled: [{name: ImageLocality, weight: 7}]}}'),
    );
    expect(scores(again)).toBe(
      'TaintToleration:3 NodeAffinity:2 NodeResourcesFit:1 PodTopologySpread:2 InterPodAffinity:2 NodeResourcesBalancedAllocation:1 ImageLocality:7',
    );
  });

  it('run first where the point names them, in its order', () => {
    const text = 'plugins: {score: {enabled: [{name: ImageLocality, weight: 5}, {name: NodeAffinity}]}}';
    expect(scores(frameworkOf(profile(text)))).toBe(
      'ImageLocality:5 NodeAffinity:1 TaintToleration:3 NodeResourcesFit:1 PodTopologySpread:2 InterPodAffinity:2 NodeResourcesBalancedAllocation:1',
    );
  });

  it('are off by name at a point, or everywhere, or all of them', () => {
    const one = frameworkOf(profile('plugins: {score: {disabled: [{name: NodeResourcesFit}]}}'));
    expect(scores(one)).not.toContain('NodeResourcesFit');
    expect(one.plugins.map(({ name }) => name)).toContain('NodeResourcesFit');
    const everywhere = frameworkOf(profile('plugins: {multiPoint: {disabled: [{name: NodeAffinity}]}}'));
    expect(everywhere.plugins.map(({ name }) => name)).not.toContain('NodeAffinity');
    const all = 'plugins: {score: {disabled: [{name: "*"}], enabled: [{name: NodeResourcesFit, weight: 9}]}}';
    expect(scores(frameworkOf(profile(all)))).toBe('NodeResourcesFit:9');
  });

  it('differ from profile to profile', () => {
    const two =
      'profiles:\n- schedulerName: a\n- schedulerName: b\n  plugins: {score: {disabled: [{name: "*"}]}}';
    expect(scores(frameworkOf(two, 0))).toContain('NodeResourcesFit:1');
    expect(scores(frameworkOf(two, 1))).toBe('');
  });
});
