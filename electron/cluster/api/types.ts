import type * as k8s from '@kubernetes/client-node';
import type { Wire } from '../apimachinery/types.ts';

export type {
  Draft,
  KubeList,
  KubeObject,
  LabelSelector,
  LabelSelectorRequirement,
  ObjectMeta,
  OwnerReference,
  Status,
  StatusCause,
  StatusDetails,
  Wire,
} from '../apimachinery/types.ts';
export type Namespace = Wire<k8s.V1Namespace>;
export type Node = Wire<k8s.V1Node>;
export type NodeCondition = Wire<k8s.V1NodeCondition>;
export type Taint = Wire<k8s.V1Taint>;
export type Toleration = Wire<k8s.V1Toleration>;
export type Pod = Wire<k8s.V1Pod>;
export type PodSpec = Wire<k8s.V1PodSpec>;
export type PodStatus = Wire<k8s.V1PodStatus>;
export type PodCondition = Wire<k8s.V1PodCondition>;
export type PodTemplateSpec = Wire<k8s.V1PodTemplateSpec>;
export type Container = Wire<k8s.V1Container>;
export type ContainerStatus = Wire<k8s.V1ContainerStatus>;
export type ContainerState = Wire<k8s.V1ContainerState>;
export type ReplicaSet = Wire<k8s.V1ReplicaSet>;
export type Deployment = Wire<k8s.V1Deployment>;
export type DeploymentCondition = Wire<k8s.V1DeploymentCondition>;
export type Service = Wire<k8s.V1Service>;
export type CertificateSigningRequest = Wire<k8s.V1CertificateSigningRequest>;
export type ComponentStatus = Wire<k8s.V1ComponentStatus>;
export type CustomResourceDefinition = Wire<k8s.V1CustomResourceDefinition>;
export type ConfigMap = Wire<k8s.V1ConfigMap>;
export type Secret = Wire<k8s.V1Secret>;
export type ServiceAccount = Wire<k8s.V1ServiceAccount>;
export type Event = Wire<k8s.CoreV1Event>;
export type Lease = Wire<k8s.V1Lease>;
export type Scale = Wire<k8s.V1Scale>;
export type Binding = Wire<k8s.V1Binding>;
export type Probe = Wire<k8s.V1Probe>;
export type Volume = Wire<k8s.V1Volume>;
export type ServicePort = Wire<k8s.V1ServicePort>;
export type ServiceSpec = Wire<k8s.V1ServiceSpec>;
export type EventsV1Event = Wire<k8s.EventsV1Event>;
export type DeploymentSpec = Wire<k8s.V1DeploymentSpec>;
export type ReplicaSetSpec = Wire<k8s.V1ReplicaSetSpec>;
export type PolicyRule = Wire<k8s.V1PolicyRule>;
export type RoleRef = Wire<k8s.V1RoleRef>;
export type Subject = Wire<k8s.RbacV1Subject>;
export type Role = Wire<k8s.V1Role>;
export type ClusterRole = Wire<k8s.V1ClusterRole>;
export type RoleBinding = Wire<k8s.V1RoleBinding>;
export type ClusterRoleBinding = Wire<k8s.V1ClusterRoleBinding>;
export type DaemonSet = Wire<k8s.V1DaemonSet>;
export type DaemonSetSpec = Wire<k8s.V1DaemonSetSpec>;
export type StatefulSet = Wire<k8s.V1StatefulSet>;
export type StatefulSetSpec = Wire<k8s.V1StatefulSetSpec>;
export type ControllerRevision = Wire<k8s.V1ControllerRevision>;
export type ReplicationController = Wire<k8s.V1ReplicationController>;
export type ReplicationControllerSpec = Wire<k8s.V1ReplicationControllerSpec>;
export type PodTemplate = Wire<k8s.V1PodTemplate>;
export type Job = Wire<k8s.V1Job>;
export type JobSpec = Wire<k8s.V1JobSpec>;
export type JobTemplateSpec = Wire<k8s.V1JobTemplateSpec>;
export type PodFailurePolicy = Wire<k8s.V1PodFailurePolicy>;
export type SuccessPolicy = Wire<k8s.V1SuccessPolicy>;
export type CronJob = Wire<k8s.V1CronJob>;
export type CronJobSpec = Wire<k8s.V1CronJobSpec>;
export type SubjectAccessReview = Wire<k8s.V1SubjectAccessReview>;
export type SubjectAccessReviewSpec = Wire<k8s.V1SubjectAccessReviewSpec>;
export type SelfSubjectRulesReview = Wire<k8s.V1SelfSubjectRulesReview>;
export type TokenReview = Wire<k8s.V1TokenReview>;
export type TokenRequest = Wire<k8s.AuthenticationV1TokenRequest>;
export type Endpoints = Wire<k8s.V1Endpoints>;
export type EndpointSlice = Wire<k8s.V1EndpointSlice>;
export type PersistentVolume = Wire<k8s.V1PersistentVolume>;
export type PersistentVolumeSpec = Wire<k8s.V1PersistentVolumeSpec>;
export type PersistentVolumeClaim = Wire<k8s.V1PersistentVolumeClaim>;
export type PersistentVolumeClaimSpec = Wire<k8s.V1PersistentVolumeClaimSpec>;
export type ResourceQuota = Wire<k8s.V1ResourceQuota>;
export type LimitRange = Wire<k8s.V1LimitRange>;
export type LimitRangeItem = Wire<k8s.V1LimitRangeItem>;
export type PriorityClass = Wire<k8s.V1PriorityClass>;
export type StorageClass = Wire<k8s.V1StorageClass>;
export type CSIDriver = Wire<k8s.V1CSIDriver>;
export type CSINode = Wire<k8s.V1CSINode>;
export type VolumeAttachment = Wire<k8s.V1VolumeAttachment>;
export type CSIStorageCapacity = Wire<k8s.V1CSIStorageCapacity>;
export type RuntimeClass = Wire<k8s.V1RuntimeClass>;
export type PodDisruptionBudget = Wire<k8s.V1PodDisruptionBudget>;
export type HorizontalPodAutoscaler = Wire<k8s.V2HorizontalPodAutoscaler>;
export type HorizontalPodAutoscalerV1 = Wire<k8s.V1HorizontalPodAutoscaler>;
export type MetricSpec = Wire<k8s.V2MetricSpec>;
export type MetricStatus = Wire<k8s.V2MetricStatus>;
export type Ingress = Wire<k8s.V1Ingress>;
export type IngressSpec = Wire<k8s.V1IngressSpec>;
export type IngressBackend = Wire<k8s.V1IngressBackend>;
export type IngressClass = Wire<k8s.V1IngressClass>;
export type NetworkPolicy = Wire<k8s.V1NetworkPolicy>;
export type NetworkPolicyPeer = Wire<k8s.V1NetworkPolicyPeer>;
export type NetworkPolicyPort = Wire<k8s.V1NetworkPolicyPort>;
export type IPAddress = Wire<k8s.V1IPAddress>;
export type ServiceCIDR = Wire<k8s.V1ServiceCIDR>;
export type FlowSchema = Wire<k8s.V1FlowSchema>;
export type PriorityLevelConfiguration = Wire<k8s.V1PriorityLevelConfiguration>;
export type APIService = Wire<k8s.V1APIService>;
export type ValidatingWebhook = Wire<k8s.V1ValidatingWebhook>;
export type ValidatingAdmissionPolicy = Wire<k8s.V1ValidatingAdmissionPolicy>;
export type ValidatingAdmissionPolicyBinding = Wire<k8s.V1ValidatingAdmissionPolicyBinding>;
export type MatchResources = Wire<k8s.V1MatchResources>;
export type ValidatingWebhookConfiguration = Wire<k8s.V1ValidatingWebhookConfiguration>;
export type MutatingWebhookConfiguration = Wire<k8s.V1MutatingWebhookConfiguration>;
