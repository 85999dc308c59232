import type { PolicyRule } from './policy-rule.ts';

/**
 * Who may do what without anybody having written an RBAC object: an explicit table in the shape of the
 * bootstrap ClusterRoles and their bindings. Models plugin/pkg/auth/authorizer/rbac/bootstrappolicy (v1.34),
 * reduced to the kinds that exist here; RBAC objects replace it.
 */
export interface BootstrapRole {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
}

const READ = ['get', 'list', 'watch'];
const READ_WRITE = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const KCM = 'system:kube-controller-manager';

const rule = (
  verbs: readonly string[],
  apiGroups: readonly string[],
  resources: readonly string[],
): PolicyRule => ({
  verbs,
  apiGroups,
  resources,
});
const EVENTS = rule(['create', 'patch', 'update'], ['', 'events.k8s.io'], ['events']);

/** A controller's own role. Its service account and, until tokens exist, the controller manager itself have it. */
function controller(name: string, rules: readonly PolicyRule[]): BootstrapRole {
  return {
    name: `system:controller:${name}`,
    rules: [...rules, EVENTS],
    users: [`system:serviceaccount:kube-system:${name}`, KCM],
  };
}

export const BOOTSTRAP_ROLES: readonly BootstrapRole[] = [
  {
    name: 'cluster-admin',
    rules: [rule(['*'], ['*'], ['*']), { verbs: ['*'], nonResourceURLs: ['*'] }],
    groups: ['kubeadm:cluster-admins'],
  },
  {
    name: 'system:discovery',
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: [
          '/livez',
          '/readyz',
          '/healthz',
          '/version',
          '/version/',
          '/openapi',
          '/openapi/*',
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
        ],
      },
    ],
    groups: ['system:authenticated'],
  },
  {
    name: 'system:public-info-viewer',
    rules: [{ verbs: ['get'], nonResourceURLs: ['/livez', '/readyz', '/healthz', '/version', '/version/'] }],
    groups: ['system:authenticated', 'system:unauthenticated'],
  },
  {
    name: 'system:basic-user',
    rules: [
      rule(['create'], ['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews']),
      rule(['create'], ['authentication.k8s.io'], ['selfsubjectreviews']),
    ],
    groups: ['system:authenticated'],
  },
  {
    name: 'system:monitoring',
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: ['/metrics', '/livez', '/readyz', '/healthz', '/livez/*', '/readyz/*', '/healthz/*'],
      },
    ],
    groups: ['system:monitoring'],
  },
  {
    // The Node authorizer narrows this by what is bound to the node; here the rules alone decide.
    name: 'system:node',
    rules: [
      rule(['create', 'get', 'list', 'watch', 'delete', 'patch', 'update'], [''], ['nodes']),
      rule(['patch', 'update'], [''], ['nodes/status']),
      rule(['create', 'delete', 'get', 'list', 'watch'], [''], ['pods']),
      rule(['patch', 'update'], [''], ['pods/status']),
      rule(['create'], [''], ['pods/eviction', 'serviceaccounts/token']),
      rule(READ, [''], ['services', 'configmaps', 'secrets', 'persistentvolumes', 'persistentvolumeclaims']),
      rule(['create', 'delete', 'get', 'patch', 'update'], ['coordination.k8s.io'], ['leases']),
      rule(READ, ['storage.k8s.io'], ['csidrivers', 'volumeattachments']),
      rule(READ, ['node.k8s.io'], ['runtimeclasses']),
      rule(['create', 'get', 'list', 'watch'], ['certificates.k8s.io'], ['certificatesigningrequests']),
      EVENTS,
    ],
    groups: ['system:nodes'],
  },
  {
    name: 'system:node-proxier',
    rules: [
      rule(['list', 'watch'], [''], ['services', 'endpoints']),
      rule(READ, [''], ['nodes']),
      rule(['list', 'watch'], ['discovery.k8s.io'], ['endpointslices']),
      EVENTS,
    ],
    users: ['system:kube-proxy', 'system:serviceaccount:kube-system:kube-proxy'],
  },
  {
    name: 'system:kube-scheduler',
    rules: [
      rule(['create', 'get', 'list', 'watch', 'update'], ['coordination.k8s.io'], ['leases']),
      rule(READ, [''], ['nodes', 'namespaces']),
      rule(['delete', 'get', 'list', 'watch'], [''], ['pods']),
      rule(['create'], [''], ['pods/binding', 'bindings']),
      rule(['patch', 'update'], [''], ['pods/status']),
      rule(READ, [''], ['replicationcontrollers', 'services', 'persistentvolumes', 'persistentvolumeclaims']),
      rule(READ, ['apps', 'extensions'], ['replicasets', 'statefulsets']),
      rule(READ, ['policy'], ['poddisruptionbudgets']),
      rule(READ, ['storage.k8s.io'], ['csinodes', 'storageclasses', 'csidrivers', 'csistoragecapacities']),
      EVENTS,
    ],
    users: ['system:kube-scheduler'],
  },
  {
    name: KCM,
    rules: [
      rule(['create', 'get', 'list', 'watch', 'update'], ['coordination.k8s.io'], ['leases']),
      rule(['create', 'delete', 'get', 'update'], [''], ['secrets']),
      rule(['create', 'get', 'update'], [''], ['serviceaccounts', 'configmaps']),
      rule(['create'], [''], ['serviceaccounts/token']),
      rule(['create'], ['authentication.k8s.io'], ['tokenreviews']),
      rule(['create'], ['authorization.k8s.io'], ['subjectaccessreviews']),
      rule(['list', 'watch'], ['*'], ['*']),
      EVENTS,
    ],
    users: [KCM],
  },
  controller('deployment-controller', [
    rule(['get', 'list', 'patch', 'update', 'watch'], ['apps'], ['deployments']),
    rule(['update', 'patch'], ['apps'], ['deployments/status', 'deployments/finalizers']),
    rule(['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'], ['apps'], ['replicasets']),
    rule(['get', 'list', 'update', 'watch'], [''], ['pods']),
  ]),
  controller('replicaset-controller', [
    rule(['get', 'list', 'update', 'watch'], ['apps'], ['replicasets']),
    rule(['update', 'patch'], ['apps'], ['replicasets/status', 'replicasets/finalizers']),
    rule(['create', 'delete', 'list', 'patch', 'watch', 'get'], [''], ['pods']),
  ]),
  controller('namespace-controller', [
    rule(['delete', 'get', 'list', 'watch'], [''], ['namespaces']),
    rule(['update'], [''], ['namespaces/finalize', 'namespaces/status']),
    rule(['delete', 'deletecollection', 'get', 'list'], ['*'], ['*']),
  ]),
  controller('node-controller', [
    rule(['delete', 'get', 'list', 'patch', 'update', 'watch'], [''], ['nodes']),
    rule(['patch', 'update'], [''], ['nodes/status']),
    rule(['patch', 'update'], [''], ['pods/status']),
    rule(['delete', 'get', 'list', 'watch'], [''], ['pods']),
    rule(READ, ['coordination.k8s.io'], ['leases']),
  ]),
  controller('generic-garbage-collector', [
    rule(['delete', 'get', 'list', 'patch', 'update', 'watch'], ['*'], ['*']),
  ]),
  controller('pod-garbage-collector', [
    rule(['delete', 'list', 'watch'], [''], ['pods']),
    rule(['get', 'list'], [''], ['nodes']),
    rule(['patch', 'update'], [''], ['pods/status']),
  ]),
  controller('service-account-controller', [
    rule(['create', 'get', 'list', 'watch'], [''], ['serviceaccounts']),
  ]),
  controller('root-ca-cert-publisher', [
    rule(['create', 'get', 'list', 'update', 'watch'], [''], ['configmaps']),
  ]),
  controller('endpointslice-controller', [
    rule(READ, [''], ['services', 'pods', 'nodes']),
    rule(READ_WRITE, ['discovery.k8s.io'], ['endpointslices']),
  ]),
];
