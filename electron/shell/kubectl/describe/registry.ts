import type { ApiResource } from '../discovery.ts';
import { kindName } from '../rest-mapper.ts';
import { describeConfigMap, describeSecret, describeServiceAccount } from './config.ts';
import { describeGeneric } from './generic.ts';
import type { Describer } from './interface.ts';
import { describeJob } from './jobs.ts';
import { describeNamespace } from './namespace.ts';
import { describeNode } from './node.ts';
import { describePod } from './pod.ts';
import { describeService } from './service.ts';
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
]);

export function describerFor(mapping: ApiResource): Describer {
  return describers.get(kindName(mapping.kind, mapping.group)) ?? describeGeneric;
}
