import type { ApiAnswer, ApiRequest, Relative, TableItem } from '../../electron/shared/contract/api.ts';

type Resource = readonly [
  resource: string,
  kind: string,
  namespaced: boolean,
  shortNames?: readonly string[],
];
const GROUPS: readonly (readonly [group: string, version: string, resources: readonly Resource[]])[] = [
  [
    '',
    'v1',
    [
      ['pods', 'Pod', true, ['po']],
      ['services', 'Service', true, ['svc']],
      ['configmaps', 'ConfigMap', true, ['cm']],
      ['secrets', 'Secret', true],
      ['nodes', 'Node', false, ['no']],
      ['namespaces', 'Namespace', false, ['ns']],
    ],
  ],
  [
    'apps',
    'v1',
    [
      ['deployments', 'Deployment', true, ['deploy']],
      ['replicasets', 'ReplicaSet', true, ['rs']],
    ],
  ],
  [
    'rbac.authorization.k8s.io',
    'v1',
    [
      ['roles', 'Role', true],
      ['rolebindings', 'RoleBinding', true],
      ['clusterroles', 'ClusterRole', false],
      ['clusterrolebindings', 'ClusterRoleBinding', false],
    ],
  ],
];
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Test only: what aggregated discovery says of `/api` (the core group) or `/apis`. */
export function fakeDiscovery(core: boolean): string {
  return JSON.stringify({
    kind: 'APIGroupDiscoveryList',
    items: GROUPS.filter(([group]) => (group === '') === core).map(([group, version, resources]) => ({
      metadata: { name: group },
      versions: [
        {
          version,
          resources: [
            ...resources.map(([resource, kind, namespaced, shortNames]) => ({
              resource,
              responseKind: { group, version, kind },
              scope: namespaced ? 'Namespaced' : 'Cluster',
              verbs: VERBS,
              shortNames,
            })),
            {
              resource: 'bindings',
              responseKind: { kind: 'Binding' },
              scope: 'Namespaced',
              verbs: ['create'],
            },
          ],
        },
      ],
    })),
  });
}

/** Test only: schemas as `/openapi/v3` gives them. */
export const FAKE_OPENAPI = JSON.stringify({
  components: {
    schemas: {
      Pod: {
        type: 'object',
        'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Pod' }],
        properties: {
          apiVersion: { type: 'string' },
          kind: { type: 'string' },
          metadata: { allOf: [{ $ref: '#/components/schemas/Meta' }] },
          spec: { allOf: [{ $ref: '#/components/schemas/PodSpec' }], description: 'What is wanted.' },
          status: { type: 'object' },
        },
      },
      Meta: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          namespace: { type: 'string' },
          uid: { type: 'string' },
          resourceVersion: { type: 'string' },
          creationTimestamp: { type: 'string' },
          labels: { type: 'object', additionalProperties: { type: 'string' } },
        },
      },
      PodSpec: {
        type: 'object',
        required: ['containers'],
        properties: {
          containers: { type: 'array', items: { allOf: [{ $ref: '#/components/schemas/Container' }] } },
          nodeName: { type: 'string' },
          restartPolicy: { type: 'string', enum: ['Always', 'Never', 'OnFailure'] },
          hostNetwork: { type: 'boolean' },
          terminationGracePeriodSeconds: { type: 'integer', format: 'int64' },
        },
      },
      Container: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          image: { type: 'string' },
          ports: {
            type: 'array',
            items: { type: 'object', properties: { containerPort: { type: 'integer' } } },
          },
          resources: {
            type: 'object',
            properties: {
              limits: {
                type: 'object',
                additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }] },
              },
            },
          },
        },
      },
    },
  },
});

export const FAKE_POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-7c5ddbdf54-x2x9k',
    namespace: 'default',
    uid: 'pod-1',
    resourceVersion: '1044',
    creationTimestamp: '2026-03-02T12:03:49Z',
    labels: { app: 'web' },
    managedFields: [{ manager: 'kube-controller-manager' }],
  },
  spec: { nodeName: 'worker-1', containers: [{ name: 'nginx', image: 'nginx' }] },
  status: { phase: 'Running' },
};

const role = (name: string, verbs: string[], resources: string[], namespace?: string) => ({
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  rules: [{ verbs, apiGroups: [''], resources }],
});
const binding = (name: string, roleRef: object, subjects: object[], namespace?: string) => ({
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  roleRef,
  subjects,
});
const RBAC: Readonly<Record<string, readonly unknown[]>> = {
  roles: [role('reader', ['get', 'list', 'watch'], ['pods'], 'default')],
  clusterroles: [role('view', ['get', 'list', 'watch'], ['pods', 'services'])],
  rolebindings: [
    binding('ana-reads', { kind: 'Role', name: 'reader' }, [{ kind: 'User', name: 'ana' }], 'default'),
  ],
  clusterrolebindings: [
    binding('viewers', { kind: 'ClusterRole', name: 'view' }, [
      { kind: 'Group', name: 'developers' },
      { kind: 'ServiceAccount', name: 'dashboard', namespace: 'kube-system' },
    ]),
  ],
};

/** Test only: an API server with one Pod, which refuses what is older than the Pod. */
export function fakeApi(): (request: ApiRequest) => ApiAnswer {
  let pod = structuredClone(FAKE_POD);
  const answer = (status: number, value: unknown): ApiAnswer => ({
    status,
    body: JSON.stringify(value),
    warnings: [],
  });
  return ({ method, target, body }) => {
    if (target === '/api' || target === '/apis')
      return { status: 200, body: fakeDiscovery(target === '/api'), warnings: [] };
    if (target === '/openapi/v3')
      return answer(200, { paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=1' } } });
    if (target.startsWith('/openapi/v3/')) return { status: 200, body: FAKE_OPENAPI, warnings: [] };
    const list = /^\/apis\/rbac\.authorization\.k8s\.io\/v1\/(\w+)$/.exec(target)?.[1];
    if (list !== undefined) return answer(200, { items: RBAC[list] });
    if (!target.includes('/pods/')) return answer(404, { reason: 'NotFound', message: 'not found' });
    if (method !== 'PUT') return answer(200, pod);
    const sent = JSON.parse(body ?? '{}') as typeof pod;
    if (sent.metadata.resourceVersion !== pod.metadata.resourceVersion)
      return answer(409, {
        kind: 'Status',
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on pods "web-7c5ddbdf54-x2x9k": the object has been modified; please apply your changes to the latest version and try again',
      });
    const result = { ...sent, metadata: { ...sent.metadata, resourceVersion: '1050' } };
    if (!target.includes('dryRun=All')) pod = result;
    return answer(200, result);
  };
}

/** Test only: a list of Pods, or of namespaces. */
export function fakeTable(target: string, count: number): TableItem {
  const namespaces = target.endsWith('/namespaces');
  const names = namespaces
    ? ['default', 'kube-node-lease', 'kube-public', 'kube-system']
    : [
        'web-7c5ddbdf54-x2x9k',
        ...Array.from({ length: count - 1 }, (_, at) => `pod-${String(at).padStart(4, '0')}`),
      ];
  const column = (name: string, priority = 0) => ({
    name,
    type: 'string',
    description: `${name}.`,
    priority,
  });
  return {
    reset: true,
    columns: namespaces
      ? [column('Name'), column('Status'), column('Age')]
      : [
          column('Name'),
          column('Ready'),
          column('Status'),
          column('Restarts'),
          column('Age'),
          column('Node', 1),
        ],
    rows: names.map((name, at) => ({
      uid: name,
      namespace: namespaces ? '' : 'default',
      name,
      created: new Date(Date.UTC(2026, 2, 2, 12, 3) - at * 60_000).toISOString(),
      deleting: at === 3,
      resourceVersion: '1044',
      cells: namespaces
        ? [name, 'Active', '10m']
        : [name, '1/1', at === 3 ? 'Terminating' : 'Running', '0', '42s', 'worker-1'],
    })),
    removed: [],
    failure: null,
  };
}

/** Test only: a Deployment, its ReplicaSet and two Pods. */
export function fakeFamily(uid: string): Relative[] {
  const one = (
    kind: string,
    name: string,
    generation: number,
    own: string,
    parent: string | null,
  ): Relative => ({
    apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
    kind,
    namespace: 'default',
    name,
    uid: own,
    generation,
    exists: true,
    parent,
  });
  return [
    one('Deployment', 'web', -2, 'd', null),
    one('ReplicaSet', 'web-7c5ddbdf54', -1, 'r', 'd'),
    one('Pod', 'web-7c5ddbdf54-x2x9k', 0, uid, 'r'),
  ];
}
