import type { ClusterRole, ClusterRoleBinding } from '../../../api/types.ts';
import {
  account,
  clusterBinding,
  clusterRole,
  EVENTS,
  group,
  READ,
  READ_WRITE,
  rule,
  urls,
  user,
  WRITE,
} from './define.ts';
import { NODE_RULES } from './node-rules.ts';

const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';
const into = (name: string): Readonly<Record<string, string>> => ({ [`${AGGREGATE}${name}`]: 'true' });

const POD_STREAMS = 'pods/attach pods/exec pods/portforward pods/proxy';
const APPS =
  'daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale';
const EXTENSIONS =
  'daemonsets deployments deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale';

const HEALTH = '/healthz /livez /readyz';
const SIGNERS = [
  'kube-apiserver-client',
  'kube-apiserver-client-kubelet',
  'kubelet-serving',
  'legacy-unknown',
];
const AUTH = [
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
];

const leaderLease = (name: string) => [
  EVENTS,
  rule('create', 'coordination.k8s.io', 'leases'),
  rule('get update', 'coordination.k8s.io', 'leases', name),
];

/** ClusterRoles for people. `admin`, `edit` and `view` gather theirs. */
const FOR_PEOPLE: readonly ClusterRole[] = [
  clusterRole('cluster-admin', [rule('*', '*', '*'), urls('*', '*')]),
  clusterRole('admin', [], { gathers: `${AGGREGATE}admin` }),
  clusterRole('edit', [], { gathers: `${AGGREGATE}edit`, labels: into('admin') }),
  clusterRole('view', [], { gathers: `${AGGREGATE}view`, labels: into('edit') }),
  clusterRole(
    'system:aggregate-to-admin',
    [
      rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
      rule(READ_WRITE, 'rbac.authorization.k8s.io', 'rolebindings roles'),
    ],
    { labels: into('admin') },
  ),
  clusterRole(
    'system:aggregate-to-edit',
    [
      rule(READ, 'core', `${POD_STREAMS} secrets services/proxy`),
      rule('impersonate', 'core', 'serviceaccounts'),
      rule(WRITE, 'core', `pods ${POD_STREAMS}`),
      rule('create', 'core', 'pods/eviction'),
      rule(
        WRITE,
        'core',
        'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
      ),
      rule('create', 'core', 'serviceaccounts/token'),
      rule(WRITE, 'apps', `${APPS} deployments/rollback`),
      rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
      rule(WRITE, 'batch', 'cronjobs jobs'),
      rule(WRITE, 'extensions', `${EXTENSIONS} deployments/rollback`),
      rule(WRITE, 'policy', 'poddisruptionbudgets'),
      rule(WRITE, 'networking.k8s.io', 'ingresses networkpolicies'),
      rule(READ_WRITE, 'coordination.k8s.io', 'leases'),
    ],
    { labels: into('edit') },
  ),
  clusterRole(
    'system:aggregate-to-view',
    [
      rule(
        READ,
        'core',
        'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
      ),
      rule(
        READ,
        'core',
        'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
      ),
      rule(READ, 'core', 'namespaces'),
      rule(READ, 'discovery.k8s.io', 'endpointslices'),
      rule(
        READ,
        'apps',
        `${APPS} controllerrevisions daemonsets/status deployments/status replicasets/status statefulsets/status`,
      ),
      rule(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
      rule(READ, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
      rule(
        READ,
        'extensions',
        `${EXTENSIONS} daemonsets/status deployments/status ingresses/status replicasets/status`,
      ),
      rule(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
      rule(READ, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
    ],
    { labels: into('view') },
  ),
  clusterRole('system:discovery', [
    urls('get', `${HEALTH} /api /api/* /apis /apis/* /openapi /openapi/* /version /version/`),
  ]),
  clusterRole('system:basic-user', [
    rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
  ]),
  clusterRole('system:public-info-viewer', [urls('get', `${HEALTH} /version /version/`)]),
  clusterRole('system:monitoring', [
    urls('get', `${HEALTH} /healthz/* /livez/* /readyz/* /metrics /metrics/slis`),
  ]),
];

const FOR_COMPONENTS: readonly ClusterRole[] = [
  clusterRole('system:node', NODE_RULES),
  clusterRole('system:node-problem-detector', [
    rule('get', 'core', 'nodes'),
    rule('patch', 'core', 'nodes/status'),
    EVENTS,
  ]),
  clusterRole('system:kubelet-api-admin', [
    rule(`${READ} proxy`, 'core', 'nodes'),
    rule(
      '*',
      'core',
      'nodes/checkpoint nodes/configz nodes/healthz nodes/log nodes/metrics nodes/pods nodes/proxy nodes/stats',
    ),
  ]),
  clusterRole('system:node-bootstrapper', [
    rule(`create ${READ}`, 'certificates.k8s.io', 'certificatesigningrequests'),
  ]),
  clusterRole('system:node-proxier', [
    rule('list watch', 'core', 'endpoints services'),
    rule(READ, 'core', 'nodes'),
    EVENTS,
    rule('list watch', 'discovery.k8s.io', 'endpointslices'),
    rule('list watch', 'networking.k8s.io', 'servicecidrs'),
  ]),
  clusterRole('system:auth-delegator', AUTH),
  clusterRole('system:kube-aggregator', [rule(READ, 'core', 'endpoints services')]),
  clusterRole('system:heapster', [
    rule(READ, 'core', 'events namespaces nodes pods'),
    rule(READ, 'extensions', 'deployments'),
  ]),
  clusterRole('system:kube-dns', [rule('list watch', 'core', 'endpoints services')]),
  clusterRole('system:kube-controller-manager', [
    ...leaderLease('kube-controller-manager'),
    rule('create', 'core', 'secrets serviceaccounts'),
    rule('delete', 'core', 'secrets'),
    rule('get', 'core', 'configmaps namespaces secrets serviceaccounts'),
    rule('update', 'core', 'secrets serviceaccounts'),
    ...AUTH,
    rule('list watch', '*', '*'),
    rule('create', 'core', 'serviceaccounts/token'),
  ]),
  clusterRole('system:kube-scheduler', [
    ...leaderLease('kube-scheduler'),
    rule(READ, 'core', 'nodes'),
    rule(`delete ${READ}`, 'core', 'pods'),
    rule('create', 'core', 'bindings pods/binding'),
    rule('patch update', 'core', 'pods/status'),
    rule(READ, 'core', 'replicationcontrollers services'),
    rule(READ, 'apps extensions', 'replicasets'),
    rule(READ, 'apps', 'statefulsets'),
    rule(READ, 'policy', 'poddisruptionbudgets'),
    rule(READ, 'core', 'persistentvolumeclaims persistentvolumes'),
    ...AUTH,
    rule(READ, 'storage.k8s.io', 'csinodes'),
    rule(READ, 'core', 'namespaces'),
    rule(READ, 'storage.k8s.io', 'csidrivers'),
    rule(READ, 'storage.k8s.io', 'csistoragecapacities'),
    rule(READ, 'storage.k8s.io', 'volumeattachments'),
    rule(READ, 'resource.k8s.io', 'deviceclasses resourceclaims resourceslices'),
    rule('patch update', 'resource.k8s.io', 'resourceclaims resourceclaims/status'),
  ]),
  clusterRole('system:volume-scheduler', [
    rule(`patch update ${READ}`, 'core', 'persistentvolumes'),
    rule(READ, 'storage.k8s.io', 'storageclasses'),
    rule(`patch update ${READ}`, 'core', 'persistentvolumeclaims'),
  ]),
  clusterRole('system:persistent-volume-provisioner', [
    rule(`create delete ${READ}`, 'core', 'persistentvolumes'),
    rule(`update ${READ}`, 'core', 'persistentvolumeclaims'),
    rule(READ, 'storage.k8s.io', 'storageclasses'),
    rule('watch', 'core', 'events'),
    EVENTS,
  ]),
  clusterRole('system:service-account-issuer-discovery', [
    urls(
      'get',
      '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
    ),
  ]),
  clusterRole('system:certificates.k8s.io:certificatesigningrequests:nodeclient', [
    rule('create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient'),
  ]),
  clusterRole('system:certificates.k8s.io:certificatesigningrequests:selfnodeclient', [
    rule('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient'),
  ]),
  ...SIGNERS.map((signer) =>
    clusterRole(`system:certificates.k8s.io:${signer}-approver`, [
      rule('approve', 'certificates.k8s.io', 'signers', `kubernetes.io/${signer}`),
    ]),
  ),
];

/** ClusterRoles that exist from the start, less those of controllers. Models ClusterRoles (bootstrappolicy, v1.34). */
export const CLUSTER_ROLES: readonly ClusterRole[] = [...FOR_PEOPLE, ...FOR_COMPONENTS];

/** Models ClusterRoleBindings (bootstrappolicy, v1.34). */
export const CLUSTER_ROLE_BINDINGS: readonly ClusterRoleBinding[] = [
  clusterBinding('cluster-admin', [group('system:masters')]),
  clusterBinding('system:monitoring', [group('system:monitoring')]),
  clusterBinding('system:discovery', [group('system:authenticated')]),
  clusterBinding('system:basic-user', [group('system:authenticated')]),
  clusterBinding('system:public-info-viewer', [
    group('system:authenticated'),
    group('system:unauthenticated'),
  ]),
  clusterBinding('system:node-proxier', [user('system:kube-proxy')]),
  clusterBinding('system:kube-controller-manager', [user('system:kube-controller-manager')]),
  clusterBinding('system:kube-dns', [account('kube-dns')]),
  clusterBinding('system:kube-scheduler', [user('system:kube-scheduler')]),
  clusterBinding('system:volume-scheduler', [user('system:kube-scheduler')]),
  // Kept without subjects: the Node authorizer decides for kubelets.
  clusterBinding('system:node', []),
  clusterBinding('system:service-account-issuer-discovery', [group('system:serviceaccounts')]),
];
