import type * as k8s from '@kubernetes/client-node';

/**
 * The wire (JSON) form of a generated client type: what the generated package models as `Date` is an
 * RFC 3339 string on the wire, and names it had to escape (`_continue`, `_default`) get their own name back.
 */
export type Wire<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [Key in keyof T as Key extends `_${infer Name}` ? Name : Key]: Wire<T[Key]> }
      : T;

/** The same with every field writable: for building an object before it is handed over. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? Draft<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Draft<T[Key]> }
    : T;

export type ObjectMeta = Wire<k8s.V1ObjectMeta>;
export type OwnerReference = Wire<k8s.V1OwnerReference>;
export type LabelSelector = Wire<k8s.V1LabelSelector>;
export type Status = Wire<k8s.V1Status>;
export type StatusCause = Wire<k8s.V1StatusCause>;
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
export type ConfigMap = Wire<k8s.V1ConfigMap>;
export type Secret = Wire<k8s.V1Secret>;
export type ServiceAccount = Wire<k8s.V1ServiceAccount>;
export type Event = Wire<k8s.CoreV1Event>;
export type Lease = Wire<k8s.V1Lease>;
export type Scale = Wire<k8s.V1Scale>;
export type Binding = Wire<k8s.V1Binding>;

/** Any API object. Immutable once it left its maker: shared, never copied per watcher. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

/** A list of API objects as it crosses the wire. */
export interface KubeList<T extends KubeObject = KubeObject> {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly T[];
}
