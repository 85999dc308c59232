import type { KubeObject } from '../api/types.ts';

const NAMESPACE = 'local-path-storage';
const NAME = 'local-path-provisioner';
const ACCOUNT = `${NAME}-service-account`;
const RBAC = 'rbac.authorization.k8s.io';
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

const HELPER_POD = `apiVersion: v1
kind: Pod
metadata:
  name: helper-pod
spec:
  priorityClassName: system-node-critical
  tolerations:
    - key: node.kubernetes.io/disk-pressure
      operator: Exists
      effect: NoSchedule
  containers:
  - name: helper-pod
    image: busybox
    imagePullPolicy: IfNotPresent
`;

const read = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): object => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

/**
 * What is applied to have volumes on a cluster of bare machines: Rancher's local path provisioner with its class. `server` is the API
 * server's address: without kube-proxy's rules the Service's address leads nowhere.
 */
export function localPathObjects(server: {
  readonly host: string;
  readonly port: number;
}): readonly KubeObject[] {
  const subject = { kind: 'ServiceAccount', name: ACCOUNT, namespace: NAMESPACE };
  const objects: readonly object[] = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: ACCOUNT, namespace: NAMESPACE } },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata: { name: `${NAME}-role`, namespace: NAMESPACE },
      rules: [read('', ['pods'], ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'])],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: `${NAME}-role` },
      rules: [
        read(
          '',
          ['nodes', 'persistentvolumeclaims', 'configmaps', 'pods', 'pods/log'],
          ['get', 'list', 'watch'],
        ),
        read('', ['persistentvolumes'], ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete']),
        read('', ['events'], ['create', 'patch']),
        read('storage.k8s.io', ['storageclasses'], ['get', 'list', 'watch']),
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name: `${NAME}-bind`, namespace: NAMESPACE },
      roleRef: { apiGroup: RBAC, kind: 'Role', name: `${NAME}-role` },
      subjects: [subject],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: `${NAME}-bind` },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: `${NAME}-role` },
      subjects: [subject],
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'local-path-config', namespace: NAMESPACE },
      data: {
        'config.json': `${JSON.stringify(
          {
            nodePathMap: [
              { node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: ['/opt/local-path-provisioner'] },
            ],
          },
          null,
          2,
        )}\n`,
        'helperPod.yaml': HELPER_POD,
        setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
        teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
      },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'local-path',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'rancher.io/local-path',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: NAME, namespace: NAMESPACE },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: NAME } },
        template: {
          metadata: { labels: { app: NAME } },
          spec: {
            serviceAccountName: ACCOUNT,
            // Workers stay empty for what learners put there.
            nodeSelector: { [CONTROL_PLANE]: '' },
            tolerations: [{ key: CONTROL_PLANE, operator: 'Exists', effect: 'NoSchedule' }],
            containers: [
              {
                name: NAME,
                image: 'rancher/local-path-provisioner:v0.0.32',
                imagePullPolicy: 'IfNotPresent',
                command: [NAME, 'start', '--config', '/etc/config/config.json'],
                volumeMounts: [{ name: 'config-volume', mountPath: '/etc/config/' }],
                env: [
                  { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
                  {
                    name: 'SERVICE_ACCOUNT_NAME',
                    valueFrom: { fieldRef: { fieldPath: 'spec.serviceAccountName' } },
                  },
                  { name: 'KUBERNETES_SERVICE_HOST', value: server.host },
                  { name: 'KUBERNETES_SERVICE_PORT', value: String(server.port) },
                ],
              },
            ],
            volumes: [{ name: 'config-volume', configMap: { name: 'local-path-config' } }],
          },
        },
      },
    },
  ];
  return objects as readonly KubeObject[];
}
