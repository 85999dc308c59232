import type {
  ClusterRole,
  ClusterRoleBinding,
  KubeObject,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '../api/types.ts';
import { CLUSTER_INFO, KUBEADM_CONFIG, KUBELET_CONFIG_MAP } from './upload-config.ts';

const GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${GROUP}/v1`;
const JOINING = 'system:bootstrappers:kubeadm:default-node-token';

function binding(name: string, role: string, subjects: readonly Subject[]): ClusterRoleBinding {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: role },
    subjects,
  };
}

function role(name: string, rules: readonly PolicyRule[]): ClusterRole {
  return { apiVersion: API_VERSION, kind: 'ClusterRole', metadata: { name }, rules };
}

/** A Role that lets `subjects` read one ConfigMap, and what binds it to them. */
function mayRead(
  namespace: string,
  name: string,
  resourceName: string,
  subjects: readonly Subject[],
): readonly KubeObject[] {
  const metadata = { name, namespace };
  const rule = { apiGroups: [''], resources: ['configmaps'], resourceNames: [resourceName], verbs: ['get'] };
  const read: Role = { apiVersion: API_VERSION, kind: 'Role', metadata, rules: [rule] };
  const bound: RoleBinding = {
    apiVersion: API_VERSION,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: GROUP, kind: 'Role', name },
    subjects,
  };
  return [read, bound];
}

const group = (name: string): Subject => ({ apiGroup: GROUP, kind: 'Group', name });

/** Those that join, and those that have joined. */
const MACHINES: readonly Subject[] = [group('system:nodes'), group(JOINING)];

/**
 * What `kubeadm init` creates through the API once the server answers, as far as its kinds are here. Models
 * cmd/kubeadm/app/phases: the administrators' binding, bootstrap tokens, who reads its ConfigMaps, and kube-proxy (v1.34).
 */
export const INIT_OBJECTS: readonly KubeObject[] = [
  binding('kubeadm:cluster-admins', 'cluster-admin', [group('kubeadm:cluster-admins')]),
  role('kubeadm:get-nodes', [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }]),
  binding('kubeadm:get-nodes', 'kubeadm:get-nodes', [group(JOINING)]),
  binding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', [group(JOINING)]),
  binding(
    'kubeadm:node-autoapprove-bootstrap',
    'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    [group(JOINING)],
  ),
  binding(
    'kubeadm:node-autoapprove-certificate-rotation',
    'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    [group('system:nodes')],
  ),
  binding('kubeadm:node-proxier', 'system:node-proxier', [
    { kind: 'ServiceAccount', name: 'kube-proxy', namespace: 'kube-system' },
  ]),
  ...mayRead('kube-public', 'kubeadm:bootstrap-signer-clusterinfo', CLUSTER_INFO, [
    { apiGroup: GROUP, kind: 'User', name: 'system:anonymous' },
  ]),
  ...mayRead('kube-system', 'kubeadm:kubelet-config', KUBELET_CONFIG_MAP, MACHINES),
  ...mayRead('kube-system', 'kubeadm:nodes-kubeadm-config', KUBEADM_CONFIG, MACHINES),
];
