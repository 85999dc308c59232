import type { GroupVersionResource } from '../apimachinery/gvk.ts';
import { gvkKey, gvrKey } from '../apimachinery/gvk.ts';
import type { GroupVersionKind } from '../apimachinery/gvk.ts';
import { DAEMON_SET_STRATEGY } from './apps/v1/daemon-set/strategy.ts';
import { STATEFUL_SET_STRATEGY } from './apps/v1/stateful-set/strategy.ts';
import { CONTROLLER_REVISION_STRATEGY } from './apps/v1/controller-revision/strategy.ts';
import { JOB_STRATEGY } from './batch/v1/job/strategy.ts';
import { CRON_JOB_STRATEGY } from './batch/v1/cron-job/strategy.ts';
import { REPLICATION_CONTROLLER_STRATEGY } from './core/v1/replication-controller/strategy.ts';
import { POD_TEMPLATE_STRATEGY } from './core/v1/pod-template/strategy.ts';
import { IDENTITY_REVIEW_STRATEGIES } from './authentication/v1/reviews.ts';
import { ACCESS_REVIEW_STRATEGIES } from './authorization/v1/reviews.ts';
import { DEPLOYMENT_STRATEGY } from './apps/v1/deployment/strategy.ts';
import { REPLICA_SET_STRATEGY } from './apps/v1/replica-set/strategy.ts';
import { LEASE_STRATEGY } from './coordination/v1/lease/strategy.ts';
import { CONFIG_MAP_STRATEGY } from './core/v1/config-map/strategy.ts';
import { EVENT_STRATEGY } from './core/v1/event/strategy.ts';
import { NAMESPACE_STRATEGY } from './core/v1/namespace/strategy.ts';
import { NODE_STRATEGY } from './core/v1/node/strategy.ts';
import { POD_STRATEGY } from './core/v1/pod/strategy.ts';
import { SECRET_STRATEGY } from './core/v1/secret/strategy.ts';
import { SERVICE_STRATEGY } from './core/v1/service/strategy.ts';
import { SERVICE_ACCOUNT_STRATEGY } from './core/v1/service-account/strategy.ts';
import { EVENTS_V1_EVENT_STRATEGY } from './events/v1/event/strategy.ts';
import { CLUSTER_ROLE_STRATEGY } from './rbac/v1/cluster-role/strategy.ts';
import { CLUSTER_ROLE_BINDING_STRATEGY } from './rbac/v1/cluster-role-binding/strategy.ts';
import { ROLE_STRATEGY } from './rbac/v1/role/strategy.ts';
import { ROLE_BINDING_STRATEGY } from './rbac/v1/role-binding/strategy.ts';
import type { KindStrategy } from './strategy.ts';
import type { KubeObject } from './types.ts';

/** A strategy whose object type is forgotten: the registry hands it only objects of its kind. */
export type AnyStrategy = KindStrategy<KubeObject>;

/** Every kind this API server serves, one a line, in the order discovery lists them. */
export const STRATEGIES: readonly AnyStrategy[] = [
  CONFIG_MAP_STRATEGY,
  EVENT_STRATEGY,
  NAMESPACE_STRATEGY,
  NODE_STRATEGY,
  POD_STRATEGY,
  POD_TEMPLATE_STRATEGY,
  REPLICATION_CONTROLLER_STRATEGY,
  SECRET_STRATEGY,
  SERVICE_ACCOUNT_STRATEGY,
  SERVICE_STRATEGY,
  CONTROLLER_REVISION_STRATEGY,
  DAEMON_SET_STRATEGY,
  DEPLOYMENT_STRATEGY,
  REPLICA_SET_STRATEGY,
  ...IDENTITY_REVIEW_STRATEGIES,
  ...ACCESS_REVIEW_STRATEGIES,
  CLUSTER_ROLE_BINDING_STRATEGY,
  CLUSTER_ROLE_STRATEGY,
  ROLE_BINDING_STRATEGY,
  ROLE_STRATEGY,
  STATEFUL_SET_STRATEGY,
  CRON_JOB_STRATEGY,
  JOB_STRATEGY,
  LEASE_STRATEGY,
  EVENTS_V1_EVENT_STRATEGY,
];

const BY_RESOURCE: ReadonlyMap<string, AnyStrategy> = new Map(
  STRATEGIES.map((strategy) => [gvrKey({ ...strategy.gvk, resource: strategy.resource }), strategy]),
);
const BY_KIND: ReadonlyMap<string, AnyStrategy> = new Map(
  STRATEGIES.map((strategy) => [gvkKey(strategy.gvk), strategy]),
);

/** The strategy of a resource; undefined when it is not served. */
export function strategyOf(resource: GroupVersionResource): AnyStrategy | undefined {
  return BY_RESOURCE.get(gvrKey(resource));
}

/** The strategy of a kind; undefined when it is not served. */
export function strategyOfKind(gvk: GroupVersionKind): AnyStrategy | undefined {
  return BY_KIND.get(gvkKey(gvk));
}
