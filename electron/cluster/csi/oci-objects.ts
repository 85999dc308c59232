import type { KubeObject } from '../api/types.ts';
import { OCI_CONTROLLER_USER, OCI_DRIVER } from './oci-driver.ts';

const RBAC = 'rbac.authorization.k8s.io';
const NODE = 'csi-oci-node';

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): object => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});
const WATCH = ['get', 'list', 'watch'];

/** What a new cluster of OKE has for block volumes: driver, class, and the driver's half on each node. */
export function ociObjects(): readonly KubeObject[] {
  const objects: readonly object[] = [
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'csi-oci' },
      rules: [
        rule('', ['events'], ['create', 'patch', 'update', ...WATCH]),
        rule('', ['nodes'], WATCH),
        rule('', ['persistentvolumes'], ['create', 'delete', 'patch', 'update', ...WATCH]),
        rule('', ['persistentvolumeclaims'], ['update', ...WATCH]),
        rule('', ['persistentvolumeclaims/status'], ['patch', 'update']),
        rule('storage.k8s.io', ['storageclasses', 'csinodes'], WATCH),
        rule('storage.k8s.io', ['volumeattachments'], ['patch', 'update', ...WATCH]),
        rule('storage.k8s.io', ['volumeattachments/status'], ['patch']),
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'csi-oci-binding' },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'csi-oci' },
      subjects: [{ apiGroup: RBAC, kind: 'User', name: OCI_CONTROLLER_USER }],
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: OCI_DRIVER },
      spec: { attachRequired: true, podInfoOnMount: false, fsGroupPolicy: 'File' },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'oci-bv',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: OCI_DRIVER,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    },
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'csi-oci-node-sa', namespace: 'kube-system' },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: NODE, namespace: 'kube-system' },
      spec: {
        selector: { matchLabels: { app: NODE } },
        template: {
          metadata: { labels: { app: NODE, role: NODE } },
          spec: {
            serviceAccountName: 'csi-oci-node-sa',
            hostNetwork: true,
            priorityClassName: 'system-node-critical',
            tolerations: [{ operator: 'Exists' }],
            containers: [
              {
                name: 'oci-csi-node-driver',
                image: 'ghcr.io/oracle/cloud-provider-oci:v1.34.0',
                imagePullPolicy: 'IfNotPresent',
                command: ['/usr/local/bin/oci-csi-node-driver'],
                args: ['--v=2', '--endpoint=unix:///csi/csi.sock', '--nodeid=$(KUBE_NODE_NAME)'],
                env: [{ name: 'KUBE_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
                securityContext: { privileged: true },
                volumeMounts: [
                  { name: 'plugin-dir', mountPath: '/csi' },
                  { name: 'registration-dir', mountPath: '/registration' },
                  {
                    name: 'pods-mount-dir',
                    mountPath: '/var/lib/kubelet',
                    mountPropagation: 'Bidirectional',
                  },
                ],
              },
            ],
            volumes: [
              {
                name: 'registration-dir',
                hostPath: { path: '/var/lib/kubelet/plugins_registry/', type: 'DirectoryOrCreate' },
              },
              {
                name: 'plugin-dir',
                hostPath: { path: `/var/lib/kubelet/plugins/${OCI_DRIVER}`, type: 'DirectoryOrCreate' },
              },
              { name: 'pods-mount-dir', hostPath: { path: '/var/lib/kubelet', type: 'Directory' } },
            ],
          },
        },
      },
    },
  ];
  return objects as readonly KubeObject[];
}
