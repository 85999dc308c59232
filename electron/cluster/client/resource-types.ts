import type {
  ClusterRole,
  ConfigMap,
  Deployment,
  Event,
  Lease,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from '../api/types.ts';
import { resourceType } from './resource-type.ts';

/** The resources that components of the control plane and the nodes speak of. */
export const resourceTypes = {
  namespaces: resourceType<Namespace>('', 'v1', 'namespaces', 'Namespace', false),
  nodes: resourceType<Node>('', 'v1', 'nodes', 'Node', false),
  pods: resourceType<Pod>('', 'v1', 'pods', 'Pod'),
  services: resourceType<Service>('', 'v1', 'services', 'Service'),
  configMaps: resourceType<ConfigMap>('', 'v1', 'configmaps', 'ConfigMap'),
  secrets: resourceType<Secret>('', 'v1', 'secrets', 'Secret'),
  serviceAccounts: resourceType<ServiceAccount>('', 'v1', 'serviceaccounts', 'ServiceAccount'),
  events: resourceType<Event>('', 'v1', 'events', 'Event'),
  replicaSets: resourceType<ReplicaSet>('apps', 'v1', 'replicasets', 'ReplicaSet'),
  deployments: resourceType<Deployment>('apps', 'v1', 'deployments', 'Deployment'),
  clusterRoles: resourceType<ClusterRole>(
    'rbac.authorization.k8s.io',
    'v1',
    'clusterroles',
    'ClusterRole',
    false,
  ),
  resourceQuotas: resourceType<ResourceQuota>('', 'v1', 'resourcequotas', 'ResourceQuota'),
  persistentVolumes: resourceType<PersistentVolume>('', 'v1', 'persistentvolumes', 'PersistentVolume', false),
  persistentVolumeClaims: resourceType<PersistentVolumeClaim>(
    '',
    'v1',
    'persistentvolumeclaims',
    'PersistentVolumeClaim',
  ),
  leases: resourceType<Lease>('coordination.k8s.io', 'v1', 'leases', 'Lease'),
} as const;
