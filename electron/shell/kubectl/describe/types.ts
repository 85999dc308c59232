import type * as k8s from '@kubernetes/client-node';

/** The JSON form of the generated types: dates are text, fields that may be absent may be null. */
type Wire<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T as Key extends `_${infer Name}` ? Name : Key]: Wire<T[Key]> }
      : T;

export type Pod = Wire<k8s.V1Pod>;
export type PodSpec = Wire<k8s.V1PodSpec>;
export type PodTemplateSpec = Wire<k8s.V1PodTemplateSpec>;
export type Container = Wire<k8s.V1Container>;
export type ContainerStatus = Wire<k8s.V1ContainerStatus>;
export type ContainerState = Wire<k8s.V1ContainerState>;
export type Probe = Wire<k8s.V1Probe>;
export type EnvVar = Wire<k8s.V1EnvVar>;
export type Volume = Wire<k8s.V1Volume>;
export type Toleration = Wire<k8s.V1Toleration>;
export type Deployment = Wire<k8s.V1Deployment>;
export type ReplicaSet = Wire<k8s.V1ReplicaSet>;
export type StatefulSet = Wire<k8s.V1StatefulSet>;
export type DaemonSet = Wire<k8s.V1DaemonSet>;
export type Job = Wire<k8s.V1Job>;
export type Node = Wire<k8s.V1Node>;
export type Namespace = Wire<k8s.V1Namespace>;
export type Service = Wire<k8s.V1Service>;
export type EndpointSlice = Wire<k8s.V1EndpointSlice>;
export type ConfigMap = Wire<k8s.V1ConfigMap>;
export type Secret = Wire<k8s.V1Secret>;
export type ServiceAccount = Wire<k8s.V1ServiceAccount>;
export type Lease = Wire<k8s.V1Lease>;
export type Event = Wire<k8s.CoreV1Event>;
export type LabelSelector = Wire<k8s.V1LabelSelector>;
export type ResourceQuota = Wire<k8s.V1ResourceQuota>;
export type LimitRange = Wire<k8s.V1LimitRange>;
export type ObjectMeta = Wire<k8s.V1ObjectMeta>;
export type Role = Wire<k8s.V1Role>;
export type RoleBinding = Wire<k8s.V1RoleBinding>;
export type PolicyRule = Wire<k8s.V1PolicyRule>;
export type CronJob = Wire<k8s.V1CronJob>;
export type PersistentVolume = Wire<k8s.V1PersistentVolume>;
export type PersistentVolumeClaim = Wire<k8s.V1PersistentVolumeClaim>;
export type CSINode = Wire<k8s.V1CSINode>;
export type StorageClass = Wire<k8s.V1StorageClass>;
export type Ingress = Wire<k8s.V1Ingress>;
export type IngressBackend = Wire<k8s.V1IngressBackend>;
export type IngressClass = Wire<k8s.V1IngressClass>;
export type NetworkPolicy = Wire<k8s.V1NetworkPolicy>;
export type NetworkPolicyPeer = Wire<k8s.V1NetworkPolicyPeer>;
export type NetworkPolicyPort = Wire<k8s.V1NetworkPolicyPort>;
export type Endpoints = Wire<k8s.V1Endpoints>;
export type PodDisruptionBudget = Wire<k8s.V1PodDisruptionBudget>;
export type PriorityClass = Wire<k8s.V1PriorityClass>;
export type HorizontalPodAutoscaler = Wire<k8s.V2HorizontalPodAutoscaler>;
