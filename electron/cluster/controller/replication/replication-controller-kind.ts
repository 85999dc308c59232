import type { ReplicaSet, ReplicationController } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SetKind } from '../replicaset/set-source.ts';

const converted = new WeakMap<ReplicationController, ReplicaSet>();

/** ReplicationControllers as ReplicaSets: the selector is a map there. Models pkg/controller/replication (v1.34). */
export const replicationControllerKind: SetKind<ReplicationController> = {
  type: resourceTypes.replicationControllers,
  queue: 'replicationmanager',
  toSet: (object) => {
    const present = converted.get(object);
    if (present !== undefined) return present;
    const { metadata, spec, status } = object;
    const set = {
      metadata,
      spec: { ...spec, selector: { matchLabels: spec?.selector ?? {} } },
      ...(status === undefined ? {} : { status }),
    } as ReplicaSet;
    converted.set(object, set);
    return set;
  },
  withStatus: (object, status) =>
    ({ ...object, status: status as ReplicationController['status'] }) as ReplicationController,
};
