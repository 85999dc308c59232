import type { Resource, Scenario, Step } from './scenario.testing.ts';

const HEALTH = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];
const at = '2026-01-01T00:00:00Z';

/** A node with its lease. */
function node(name: string, zone: string): readonly (readonly [Resource, object])[] {
  const conditions = HEALTH.map((type) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    lastHeartbeatTime: at,
    lastTransitionTime: at,
  }));
  const labels = { 'topology.kubernetes.io/zone': zone };
  return [
    ['nodes', { metadata: { name, labels }, spec: {}, status: { conditions } }],
    ['leases', { metadata: { name, namespace: 'kube-node-lease' }, spec: { holderIdentity: name } }],
  ];
}

function pod(
  name: string,
  nodeName: string,
  tolerationSeconds: number | undefined,
): readonly [Resource, object] {
  const tolerations =
    tolerationSeconds === undefined
      ? [{ operator: 'Exists' }]
      : [
          {
            key: 'node.kubernetes.io/unreachable',
            operator: 'Exists',
            effect: 'NoExecute',
            tolerationSeconds,
          },
        ];
  return [
    'pods',
    {
      metadata: { name, namespace: 'default' },
      spec: { nodeName, tolerations, containers: [] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    },
  ];
}

/** Nodes that fall silent. */
export const NODE_FAILURES: readonly Scenario[] = [
  {
    title: 'Pods go when their tolerationSeconds are over, and when the node is back they need not',
    controllers: ['nodelifecycle', 'taint-eviction'],
    objects: [
      ...node('n1', 'a'),
      ...node('n2', 'a'),
      pod('soon', 'n1', 30),
      pod('later', 'n1', 300),
      pod('daemon', 'n1', undefined),
    ],
    rows: [
      {
        step: { wait: 10_000, alive: ['n1', 'n2'] },
        then: [
          'Normal RegisteredNode: Node n1 event: Registered Node n1 in Controller',
          'Normal RegisteredNode: Node n2 event: Registered Node n2 in Controller',
        ],
      },
      {
        step: { wait: 60_000, alive: ['n2'] },
        then: [
          '~ nodes n1 Ready=Unknown/NodeStatusUnknown MemoryPressure=Unknown/NodeStatusUnknown DiskPressure=Unknown/NodeStatusUnknown PIDPressure=Unknown/NodeStatusUnknown',
          '~ pods soon Ready=False',
          'Normal NodeNotReady: Node n1 status is now: NodeNotReady',
          '~ pods later Ready=False',
          '~ nodes n1 spec.taints=[node.kubernetes.io/unreachable:NoSchedule]',
          'Warning NodeNotReady: Node is not ready',
          '~ pods daemon Ready=False',
          'Warning NodeNotReady: Node is not ready',
          'Warning NodeNotReady: Node is not ready',
        ],
      },
      {
        step: { wait: 40_000, alive: ['n2'] },
        then: [
          '~ nodes n1 spec.taints=[node.kubernetes.io/unreachable:NoSchedule,node.kubernetes.io/unreachable:NoExecute]',
          '~ pods soon DisruptionTarget=True/DeletionByTaintManager',
          'Normal TaintManagerEviction: Marking for deletion Pod default/soon',
          '- pods soon',
        ],
      },
      {
        step: {
          patch: 'nodes',
          key: 'n1',
          with: {
            status: {
              conditions: HEALTH.map((type) => ({
                type,
                status: type === 'Ready' ? 'True' : 'False',
                lastHeartbeatTime: '2026-01-01T00:02:00Z',
                lastTransitionTime: '2026-01-01T00:02:00Z',
              })),
            },
          },
        },
        then: [
          '~ nodes n1 Ready=True MemoryPressure=False DiskPressure=False PIDPressure=False',
          '~ nodes n1 spec.taints=[node.kubernetes.io/unreachable:NoExecute]',
        ],
      },
      {
        step: { wait: 10_000, alive: ['n1', 'n2'] },
        then: [
          '~ nodes n1 spec.taints=',
          'Normal TaintManagerEviction: Cancelling deletion of Pod default/later',
        ],
      },
    ],
  },
  {
    title: 'a zone of which most are silent is left alone, while another lives',
    controllers: ['nodelifecycle'],
    objects: [
      ...node('a1', 'a'),
      ...node('a2', 'a'),
      ...node('a3', 'a'),
      ...node('a4', 'a'),
      ...node('b1', 'b'),
    ],
    rows: [
      {
        step: { wait: 10_000, alive: ['a1', 'a2', 'a3', 'a4', 'b1'] },
        then: [
          'Normal RegisteredNode: Node a1 event: Registered Node a1 in Controller',
          'Normal RegisteredNode: Node a2 event: Registered Node a2 in Controller',
          'Normal RegisteredNode: Node a3 event: Registered Node a3 in Controller',
          'Normal RegisteredNode: Node a4 event: Registered Node a4 in Controller',
          'Normal RegisteredNode: Node b1 event: Registered Node b1 in Controller',
        ],
      },
      {
        step: { wait: 60_000, alive: ['a4', 'b1'] },
        then: [
          '~ nodes a1 Ready=Unknown/NodeStatusUnknown MemoryPressure=Unknown/NodeStatusUnknown DiskPressure=Unknown/NodeStatusUnknown PIDPressure=Unknown/NodeStatusUnknown',
          '~ nodes a2 Ready=Unknown/NodeStatusUnknown MemoryPressure=Unknown/NodeStatusUnknown DiskPressure=Unknown/NodeStatusUnknown PIDPressure=Unknown/NodeStatusUnknown',
          'Normal NodeNotReady: Node a1 status is now: NodeNotReady',
          '~ nodes a3 Ready=Unknown/NodeStatusUnknown MemoryPressure=Unknown/NodeStatusUnknown DiskPressure=Unknown/NodeStatusUnknown PIDPressure=Unknown/NodeStatusUnknown',
          '~ nodes a1 spec.taints=[node.kubernetes.io/unreachable:NoSchedule]',
          'Normal NodeNotReady: Node a2 status is now: NodeNotReady',
          '~ nodes a2 spec.taints=[node.kubernetes.io/unreachable:NoSchedule]',
          'Normal NodeNotReady: Node a3 status is now: NodeNotReady',
          '~ nodes a3 spec.taints=[node.kubernetes.io/unreachable:NoSchedule]',
        ],
      },
    ],
  },
  {
    title: 'nodes of a wholly silent zone are tainted one in ten seconds, while another lives',
    controllers: ['nodelifecycle'],
    objects: [...node('a1', 'a'), ...node('a2', 'a'), ...node('b1', 'b')],
    rows: [
      {
        step: { wait: 10_000, alive: ['a1', 'a2', 'b1'] },
        then: [
          'Normal RegisteredNode: Node a1 event: Registered Node a1 in Controller',
          'Normal RegisteredNode: Node a2 event: Registered Node a2 in Controller',
          'Normal RegisteredNode: Node b1 event: Registered Node b1 in Controller',
        ],
      },
      {
        step: { wait: 60_000, alive: ['b1'] },
        then: [
          '~ nodes a1 Ready=Unknown/NodeStatusUnknown MemoryPressure=Unknown/NodeStatusUnknown DiskPressure=Unknown/NodeStatusUnknown PIDPressure=Unknown/NodeStatusUnknown',
          '~ nodes a2 Ready=Unknown/NodeStatusUnknown MemoryPressure=Unknown/NodeStatusUnknown DiskPressure=Unknown/NodeStatusUnknown PIDPressure=Unknown/NodeStatusUnknown',
          'Normal NodeNotReady: Node a1 status is now: NodeNotReady',
          '~ nodes a1 spec.taints=[node.kubernetes.io/unreachable:NoExecute]',
          'Normal NodeNotReady: Node a2 status is now: NodeNotReady',
          '~ nodes a2 spec.taints=[node.kubernetes.io/unreachable:NoSchedule]',
          '~ nodes a1 spec.taints=[node.kubernetes.io/unreachable:NoExecute,node.kubernetes.io/unreachable:NoSchedule]',
        ],
      },
      {
        step: { wait: 10_000, alive: ['b1'] },
        then: [
          '~ nodes a2 spec.taints=[node.kubernetes.io/unreachable:NoSchedule,node.kubernetes.io/unreachable:NoExecute]',
        ],
      },
    ],
  },
];

const ready = (status: 'True' | 'False'): Step => ({
  patch: 'pods',
  key: 'default/one',
  with: { status: { conditions: [{ type: 'Ready', status }] } },
});

/** Budgets as their Pods come and go. */
export const DISRUPTION: readonly Scenario[] = [
  {
    title: 'one Pod of two may go, while both are ready',
    controllers: ['disruption'],
    objects: [
      labelled(pod('one', 'n1', undefined)),
      labelled(pod('two', 'n1', undefined)),
      [
        'podDisruptionBudgets',
        {
          metadata: { name: 'keep', namespace: 'default' },
          spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
        },
      ],
    ],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '~ poddisruptionbudgets.policy keep status.currentHealthy=2 status.desiredHealthy=1 status.disruptionsAllowed=1 status.expectedPods=2 DisruptionAllowed=True/SufficientPods',
        ],
      },
      {
        step: ready('False'),
        then: [
          '~ pods one Ready=False',
          '~ poddisruptionbudgets.policy keep status.currentHealthy=1 status.disruptionsAllowed=0 DisruptionAllowed=False/InsufficientPods',
        ],
      },
      {
        step: ready('True'),
        then: [
          '~ pods one Ready=True',
          '~ poddisruptionbudgets.policy keep status.currentHealthy=2 status.disruptionsAllowed=1 DisruptionAllowed=True/SufficientPods',
        ],
      },
      {
        step: { delete: 'pods', key: 'default/one' },
        then: [
          '- pods one',
          '~ poddisruptionbudgets.policy keep status.currentHealthy=1 status.disruptionsAllowed=0 status.expectedPods=1 DisruptionAllowed=False/InsufficientPods',
        ],
      },
      {
        step: { delete: 'pods', key: 'default/two' },
        then: [
          '- pods two',
          '~ poddisruptionbudgets.policy keep status.currentHealthy=0 status.expectedPods=0',
          'Normal NoPods: No matching pods found',
          'Normal NoPods (x2): No matching pods found',
        ],
      },
    ],
  },
];

function labelled([resource, object]: readonly [Resource, object]): readonly [Resource, object] {
  const { metadata } = object as { readonly metadata: object };
  return [resource, { ...object, metadata: { ...metadata, labels: { app: 'web' } } }];
}

const held = { name: 'held', namespace: 'gone', finalizers: ['example.com/hold'] };

/** Deletion with all that hangs on it. */
export const DELETIONS: readonly Scenario[] = [
  {
    title: 'a namespace waits for a finalizer that nobody takes away, and says so',
    controllers: ['namespace'],
    objects: [
      [
        'namespaces',
        { metadata: { name: 'gone' }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
      ],
      ['pods', { metadata: { name: 'p', namespace: 'gone' }, spec: { containers: [] } }],
      ['configMaps', { metadata: held }],
    ],
    rows: [
      { step: { patch: 'namespaces', key: 'gone', with: { metadata: { deletionTimestamp: at } } }, then: [] },
      {
        step: { wait: 6000 },
        then: [
          '~ namespaces gone status.phase=Terminating',
          '- pods p',
          '~ namespaces gone NamespaceDeletionDiscoveryFailure=False/ResourcesDiscovered NamespaceDeletionGroupVersionParsingFailure=False/ParsedGroupVersions NamespaceDeletionContentFailure=False/ContentDeleted NamespaceContentRemaining=True/SomeResourcesRemain NamespaceFinalizersRemaining=True/SomeFinalizersRemain',
        ],
      },
      { step: { wait: 10_000 }, then: [] },
      {
        step: { patch: 'configMaps', key: 'gone/held', with: { metadata: { finalizers: [] } } },
        then: ['~ configmaps held metadata.finalizers=[]'],
      },
      {
        step: { wait: 10_000 },
        then: [
          '- configmaps held',
          '~ namespaces gone NamespaceContentRemaining=False/ContentRemoved NamespaceFinalizersRemaining=False/ContentHasNoFinalizers',
          '- namespaces gone',
        ],
      },
    ],
  },
  deletion('Background', ['- replicasets.apps web', '- pods p']),
  deletion('Foreground', [
    '~ replicasets.apps web metadata.finalizers=[foregroundDeletion]',
    '- pods p',
    '- replicasets.apps web',
  ]),
  deletion('Orphan', [
    '~ replicasets.apps web metadata.finalizers=[orphan]',
    '~ pods p metadata.ownerReferences=[]',
    '- replicasets.apps web',
  ]),
];

/** Of a ReplicaSet with its Pod. */
function deletion(policy: 'Background' | 'Foreground' | 'Orphan', then: readonly string[]): Scenario {
  const by = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs' };
  const ownerReferences = [{ ...by, controller: true, blockOwnerDeletion: true }];
  return {
    title: policy,
    controllers: ['garbagecollector'],
    objects: [
      ['replicaSets', { metadata: { name: 'web', namespace: 'default', uid: 'rs' } }],
      ['pods', { metadata: { name: 'p', namespace: 'default', ownerReferences } }],
    ],
    rows: [{ step: { delete: 'replicaSets', key: 'default/web', policy }, then }],
  };
}
