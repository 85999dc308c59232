import type { FlowSchema, PriorityLevelConfiguration } from '../../api/types.ts';

type Rule = NonNullable<NonNullable<FlowSchema['spec']>['rules']>[number];
type Subject = Rule['subjects'][number];

export const FLOW_CONTROL_GROUP = 'flowcontrol.apiserver.k8s.io';
export const AUTO_UPDATE = 'apf.kubernetes.io/autoupdate-spec';
const ANNOTATIONS = { [AUTO_UPDATE]: 'true' };

/** Shares, lendable percent and queues (none: refuse at once) of each level. Models bootstrap/default.go (v1.34). */
const LEVELS: Readonly<
  Record<string, readonly [shares: number, lendable: number, queues?: number, hand?: number]>
> = {
  'catch-all': [5, 0],
  system: [30, 33, 64, 6],
  'node-high': [40, 25, 64, 6],
  'leader-election': [10, 0, 16, 4],
  'workload-high': [40, 50, 128, 6],
  'workload-low': [100, 90, 128, 6],
  'global-default': [20, 50, 128, 6],
};

const groups = (...names: readonly string[]): Subject[] =>
  names.map((name) => ({ kind: 'Group', group: { name } }));
const users = (...names: readonly string[]): Subject[] =>
  names.map((name) => ({ kind: 'User', user: { name } }));
const accounts = (name: string): Subject[] => [
  { kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name } },
];
const resources = (verbs: string[], apiGroups: string[], names: string[]) => ({
  verbs, apiGroups, resources: names, namespaces: ['*'], clusterScope: true,
}); // prettier-ignore
const EVERY_RESOURCE = resources(['*'], ['*'], ['*']);
const EVERY_PATH = { verbs: ['*'], nonResourceURLs: ['*'] };
const all = (subjects: Subject[]): Rule => ({
  subjects,
  resourceRules: [EVERY_RESOURCE],
  nonResourceRules: [EVERY_PATH],
});
const leases = resources(['get', 'create', 'update'], ['coordination.k8s.io'], ['leases']);
const AUTHENTICATED = groups('system:unauthenticated', 'system:authenticated');

/** Name, level, precedence, how flows are told apart, rules. */
const SCHEMAS: readonly (readonly [string, string, number, string, readonly Rule[]])[] = [
  ['exempt', 'exempt', 1, '', [all(groups('system:masters'))]],
  [
    'probes', 'exempt', 2, '',
    [{ subjects: AUTHENTICATED, nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] }],
  ],
  [
    'system-leader-election', 'leader-election', 100, 'ByUser',
    [
      {
        subjects: [
          ...users('system:kube-controller-manager', 'system:kube-scheduler'),
          { kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name: '*' } },
        ],
        resourceRules: [leases],
      },
    ],
  ],
  [
    'endpoint-controller', 'workload-high', 150, 'ByUser',
    [
      {
        subjects: [...users('system:kube-controller-manager'), ...accounts('endpoint-controller'), ...accounts('endpointslicemirroring-controller')],
        resourceRules: [resources(['get', 'create', 'update'], [''], ['endpoints'])],
      },
    ],
  ],
  ['workload-leader-election', 'leader-election', 200, 'ByUser', [{ subjects: accounts('*'), resourceRules: [leases] }]],
  [
    'system-node-high', 'node-high', 400, 'ByUser',
    [
      {
        subjects: groups('system:nodes'),
        resourceRules: [
          resources(['*'], [''], ['nodes', 'nodes/status']),
          resources(['*'], ['coordination.k8s.io'], ['leases']),
        ],
      },
    ],
  ],
  ['system-nodes', 'system', 500, 'ByUser', [all(groups('system:nodes'))]],
  ['kube-controller-manager', 'workload-high', 800, 'ByNamespace', [all(users('system:kube-controller-manager'))]],
  ['kube-scheduler', 'workload-high', 800, 'ByNamespace', [all(users('system:kube-scheduler'))]],
  ['kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', [all(accounts('*'))]],
  ['service-accounts', 'workload-low', 9000, 'ByUser', [all(groups('system:serviceaccounts'))]],
  ['global-default', 'global-default', 9900, 'ByUser', [all(AUTHENTICATED)]],
  ['catch-all', 'catch-all', 10_000, 'ByUser', [all(AUTHENTICATED)]],
]; // prettier-ignore

/** The priority levels every cluster has. Models pkg/apis/flowcontrol/bootstrap (v1.34). */
export const BOOTSTRAP_PRIORITY_LEVELS: readonly PriorityLevelConfiguration[] = [
  level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }),
  ...Object.entries(LEVELS).map(([name, [nominalConcurrencyShares, lendablePercent, queues, handSize]]) =>
    level(name, {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares,
        lendablePercent,
        limitResponse:
          queues === undefined
            ? { type: 'Reject' }
            : { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } },
      },
    }),
  ),
];

/** The flow schemas every cluster has. */
export const BOOTSTRAP_FLOW_SCHEMAS: readonly FlowSchema[] = SCHEMAS.map(
  ([name, priorityLevel, matchingPrecedence, method, rules]) => ({
    apiVersion: `${FLOW_CONTROL_GROUP}/v1`,
    kind: 'FlowSchema',
    metadata: { name, annotations: ANNOTATIONS },
    spec: {
      priorityLevelConfiguration: { name: priorityLevel },
      matchingPrecedence,
      ...(method === '' ? {} : { distinguisherMethod: { type: method } }),
      rules,
    },
  }),
);

function level(name: string, spec: PriorityLevelConfiguration['spec']): PriorityLevelConfiguration {
  return {
    apiVersion: `${FLOW_CONTROL_GROUP}/v1`,
    kind: 'PriorityLevelConfiguration',
    metadata: { name, annotations: ANNOTATIONS },
    spec,
  };
}
