import type { ApiResource } from '../discovery.ts';
import { kindName } from '../rest-mapper.ts';
import { describeConfigMap, describeSecret, describeServiceAccount } from './config.ts';
import { describeGeneric } from './generic.ts';
import type { Describer } from './interface.ts';
import { describeCronJob, describeJob } from './jobs.ts';
import {
  describeAutoscaler,
  describeBudget,
  describeLimitRange,
  describePriorityClass,
  describeQuota,
} from './limits.ts';
import { describeNamespace } from './namespace.ts';
import {
  describeEndpoints,
  describeEndpointSlice,
  describeIngress,
  describeIngressClass,
  describeNetworkPolicy,
} from './network.ts';
import { describeNode } from './node.ts';
import { describePod } from './pod.ts';
import { describeBinding, describeRole } from './rbac.ts';
import { describeService } from './service.ts';
import { describeCSINode } from './csi-node.ts';
import { describeClaim, describeStorageClass, describeVolume } from './storage.ts';
import {
  describeDaemonSet,
  describeDeployment,
  describeReplicaSet,
  describeStatefulSet,
} from './workloads.ts';

/** By `kind.group`, lower case. Everything else is described field by field. */
const describers: ReadonlyMap<string, Describer> = new Map<string, Describer>([
  ['pod', describePod],
  ['node', describeNode],
  ['namespace', describeNamespace],
  ['service', describeService],
  ['configmap', describeConfigMap],
  ['secret', describeSecret],
  ['serviceaccount', describeServiceAccount],
  ['replicationcontroller', describeReplicaSet],
  ['deployment.apps', describeDeployment],
  ['replicaset.apps', describeReplicaSet],
  ['statefulset.apps', describeStatefulSet],
  ['daemonset.apps', describeDaemonSet],
  ['job.batch', describeJob],
  ['cronjob.batch', describeCronJob],
  ['role.rbac.authorization.k8s.io', describeRole],
  ['clusterrole.rbac.authorization.k8s.io', describeRole],
  ['rolebinding.rbac.authorization.k8s.io', describeBinding],
  ['clusterrolebinding.rbac.authorization.k8s.io', describeBinding],
  ['resourcequota', describeQuota],
  ['limitrange', describeLimitRange],
  ['poddisruptionbudget.policy', describeBudget],
  ['priorityclass.scheduling.k8s.io', describePriorityClass],
  ['horizontalpodautoscaler.autoscaling', describeAutoscaler],
  ['persistentvolume', describeVolume],
  ['persistentvolumeclaim', describeClaim],
  ['csinode.storage.k8s.io', describeCSINode],
  ['storageclass.storage.k8s.io', describeStorageClass],
  ['ingress.networking.k8s.io', describeIngress],
  ['ingressclass.networking.k8s.io', describeIngressClass],
  ['networkpolicy.networking.k8s.io', describeNetworkPolicy],
  ['endpoints', describeEndpoints],
  ['endpointslice.discovery.k8s.io', describeEndpointSlice],
]);

export function describerFor(mapping: ApiResource): Describer {
  return describers.get(kindName(mapping.kind, mapping.group)) ?? describeGeneric;
}
