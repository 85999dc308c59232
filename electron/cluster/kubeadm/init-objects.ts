import type { ClusterRole, ClusterRoleBinding, KubeObject, PolicyRule, Subject } from '../api/types.ts';

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

const group = (name: string): Subject => ({ apiGroup: GROUP, kind: 'Group', name });

/**
 * What `kubeadm init` creates through the API once the server answers, as far as its kinds are here. Models
 * cmd/kubeadm/app/phases: the administrators' binding, bootstrap tokens and kube-proxy (v1.34).
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
];
