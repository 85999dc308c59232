import type { GroupVersionResource } from '../apimachinery/gvk.ts';
import { gvkKey, gvrKey } from '../apimachinery/gvk.ts';
import type { GroupVersionKind } from '../apimachinery/gvk.ts';
import { DAEMON_SET_STRATEGY } from './apps/v1/daemon-set/strategy.ts';
import { CERTIFICATE_SIGNING_REQUEST_STRATEGY } from './certificates/v1/certificate-signing-request/strategy.ts';
import { CUSTOM_RESOURCE_DEFINITION_STRATEGY } from './apiextensions/v1/custom-resource-definition/strategy.ts';
import { STATEFUL_SET_STRATEGY } from './apps/v1/stateful-set/strategy.ts';
import { CONTROLLER_REVISION_STRATEGY } from './apps/v1/controller-revision/strategy.ts';
import { JOB_STRATEGY } from './batch/v1/job/strategy.ts';
import { CRON_JOB_STRATEGY } from './batch/v1/cron-job/strategy.ts';
import { REPLICATION_CONTROLLER_STRATEGY } from './core/v1/replication-controller/strategy.ts';
import { POD_TEMPLATE_STRATEGY } from './core/v1/pod-template/strategy.ts';
import { IDENTITY_REVIEW_STRATEGIES } from './authentication/v1/reviews.ts';
import { BINDING_STRATEGY } from './core/v1/binding/strategy.ts';
import { ACCESS_REVIEW_STRATEGIES } from './authorization/v1/reviews.ts';
import { DEPLOYMENT_STRATEGY } from './apps/v1/deployment/strategy.ts';
import { REPLICA_SET_STRATEGY } from './apps/v1/replica-set/strategy.ts';
import { LEASE_STRATEGY } from './coordination/v1/lease/strategy.ts';
import { COMPONENT_STATUS_STRATEGY } from './core/v1/component-status/strategy.ts';
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
import { ENDPOINTS_STRATEGY } from './core/v1/endpoints/strategy.ts';
import { LIMIT_RANGE_STRATEGY } from './core/v1/limit-range/strategy.ts';
import { PERSISTENT_VOLUME_STRATEGY } from './core/v1/persistent-volume/strategy.ts';
import { PERSISTENT_VOLUME_CLAIM_STRATEGY } from './core/v1/persistent-volume-claim/strategy.ts';
import { RESOURCE_QUOTA_STRATEGY } from './core/v1/resource-quota/strategy.ts';
import { ENDPOINT_SLICE_STRATEGY } from './discovery/v1/endpoint-slice/strategy.ts';
import { PRIORITY_CLASS_STRATEGY } from './scheduling/v1/priority-class/strategy.ts';
import { STORAGE_CLASS_STRATEGY } from './storage/v1/storage-class/strategy.ts';
import { CSI_DRIVER_STRATEGY } from './storage/v1/csi-driver/strategy.ts';
import { CSI_NODE_STRATEGY } from './storage/v1/csi-node/strategy.ts';
import { VOLUME_ATTACHMENT_STRATEGY } from './storage/v1/volume-attachment/strategy.ts';
import { CSI_STORAGE_CAPACITY_STRATEGY } from './storage/v1/csi-storage-capacity/strategy.ts';
import { VOLUME_ATTRIBUTES_CLASS_STRATEGY } from './storage/v1/volume-attributes-class/strategy.ts';
import { RUNTIME_CLASS_STRATEGY } from './node/v1/runtime-class/strategy.ts';
import { POD_DISRUPTION_BUDGET_STRATEGY } from './policy/v1/pod-disruption-budget/strategy.ts';
import { HORIZONTAL_POD_AUTOSCALER_STRATEGY } from './autoscaling/v2/horizontal-pod-autoscaler/strategy.ts';
import { HORIZONTAL_POD_AUTOSCALER_V1_STRATEGY } from './autoscaling/v1/horizontal-pod-autoscaler/strategy.ts';
import { INGRESS_STRATEGY } from './networking/v1/ingress/strategy.ts';
import { INGRESS_CLASS_STRATEGY } from './networking/v1/ingress-class/strategy.ts';
import { NETWORK_POLICY_STRATEGY } from './networking/v1/network-policy/strategy.ts';
import { IP_ADDRESS_STRATEGY } from './networking/v1/ip-address/strategy.ts';
import { SERVICE_CIDR_STRATEGY } from './networking/v1/service-cidr/strategy.ts';
import { FLOW_SCHEMA_STRATEGY } from './flowcontrol/v1/flow-schema/strategy.ts';
import { PRIORITY_LEVEL_CONFIGURATION_STRATEGY } from './flowcontrol/v1/priority-level-configuration/strategy.ts';
import { API_SERVICE_STRATEGY } from './apiregistration/v1/api-service/strategy.ts';
import { VALIDATING_ADMISSION_POLICY_STRATEGY } from './admissionregistration/v1/validating-admission-policy/strategy.ts';
import { VALIDATING_ADMISSION_POLICY_BINDING_STRATEGY } from './admissionregistration/v1/validating-admission-policy-binding/strategy.ts';
import { VALIDATING_WEBHOOK_CONFIGURATION_STRATEGY } from './admissionregistration/v1/validating-webhook-configuration/strategy.ts';
import { MUTATING_WEBHOOK_CONFIGURATION_STRATEGY } from './admissionregistration/v1/mutating-webhook-configuration/strategy.ts';
import type { KindStrategy } from './strategy.ts';
import type { KubeObject } from './types.ts';

/** A strategy whose object type is forgotten: the registry hands it only objects of its kind. */
export type AnyStrategy = KindStrategy<KubeObject>;

/** Every kind this API server serves, one a line, in the order discovery lists them. */
export const STRATEGIES: readonly AnyStrategy[] = [
  BINDING_STRATEGY,
  COMPONENT_STATUS_STRATEGY,
  CONFIG_MAP_STRATEGY,
  ENDPOINTS_STRATEGY,
  EVENT_STRATEGY,
  LIMIT_RANGE_STRATEGY,
  NAMESPACE_STRATEGY,
  NODE_STRATEGY,
  PERSISTENT_VOLUME_STRATEGY,
  PERSISTENT_VOLUME_CLAIM_STRATEGY,
  POD_STRATEGY,
  POD_TEMPLATE_STRATEGY,
  REPLICATION_CONTROLLER_STRATEGY,
  RESOURCE_QUOTA_STRATEGY,
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
  ENDPOINT_SLICE_STRATEGY,
  PRIORITY_CLASS_STRATEGY,
  STORAGE_CLASS_STRATEGY,
  CSI_DRIVER_STRATEGY,
  CSI_NODE_STRATEGY,
  VOLUME_ATTACHMENT_STRATEGY,
  CSI_STORAGE_CAPACITY_STRATEGY,
  VOLUME_ATTRIBUTES_CLASS_STRATEGY,
  RUNTIME_CLASS_STRATEGY,
  POD_DISRUPTION_BUDGET_STRATEGY,
  HORIZONTAL_POD_AUTOSCALER_STRATEGY,
  HORIZONTAL_POD_AUTOSCALER_V1_STRATEGY,
  INGRESS_STRATEGY,
  INGRESS_CLASS_STRATEGY,
  NETWORK_POLICY_STRATEGY,
  IP_ADDRESS_STRATEGY,
  SERVICE_CIDR_STRATEGY,
  FLOW_SCHEMA_STRATEGY,
  PRIORITY_LEVEL_CONFIGURATION_STRATEGY,
  API_SERVICE_STRATEGY,
  VALIDATING_ADMISSION_POLICY_STRATEGY,
  VALIDATING_ADMISSION_POLICY_BINDING_STRATEGY,
  VALIDATING_WEBHOOK_CONFIGURATION_STRATEGY,
  MUTATING_WEBHOOK_CONFIGURATION_STRATEGY,
  CUSTOM_RESOURCE_DEFINITION_STRATEGY,
  CERTIFICATE_SIGNING_REQUEST_STRATEGY,
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
