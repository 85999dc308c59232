import type { Taint } from '../api/types.ts';
import type { MachineSpec, RuntimeName } from '../machine/interface.ts';

export type TopologyName = 'kubeadm-1-2' | 'kubeadm-3-3' | 'oke-3';

/** What one machine of a topology is and runs. Where it is a Node, the Node has the machine's name. */
export interface TopologyMachine extends MachineSpec {
  /** Labels the kubelet registers with, beside those it sets by itself (hostname, os, arch). */
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Range from which Pods on this machine get their addresses, e.g. `10.244.1.0/24`. Empty when it is no Node. */
  readonly podCIDR: string;
  /** What runs its containers; containerd when it is not said. */
  readonly runtime?: RuntimeName;
  /** Of its kubelet, e.g. `v1.23.17`, where it is not the cluster's. */
  readonly kubeletVersion?: string;
  /** It has packages and a runtime but is no Node yet: `kubeadm join` makes it one. */
  readonly isSpare?: boolean;
  /** Control plane programs it runs, and how they are started. */
  readonly controlPlane?: {
    readonly startedBy: 'static-pod' | 'unit';
    readonly programs: readonly ControlPlaneProgram[];
    /** The controller of a cloud's storage driver runs beside them. */
    readonly storageDriver?: 'oci';
  };
  /** Set on the machine that stands before the API servers: kubeadm's control-plane endpoint. */
  readonly loadBalancer?: LoadBalancerSpec;
}

/** The address under which several API servers are reached as one. */
export interface LoadBalancerSpec {
  readonly port: number;
}

export type ControlPlaneProgram = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler';

/** Everything a cluster is built from. */
export interface TopologySpec {
  readonly name: string;
  readonly machines: readonly TopologyMachine[];
  /** Services, e.g. `10.96.0.0/16`. */
  readonly serviceCIDR: string;
  /** All Pods, e.g. `10.244.0.0/16`. */
  readonly podCIDR: string;
  readonly clusterName: string;
  /** What provides the volumes of a new cluster: folders of nodes, or a cloud's block volumes. */
  readonly storage: 'local-path' | 'oci';
}
