import type { Taint } from '../api/types.ts';
import { TopologyError } from './topology-error.ts';
import { withChoices } from './machine-choices.ts';
import type { ControlPlaneProgram, TopologyMachine, TopologyName, TopologySpec } from './interface.ts';

const GIB = 1024 ** 3;
const CONTROL_PLANE: readonly ControlPlaneProgram[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
];
const CONTROL_PLANE_TAINT: Taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };

export interface TopologyOptions {
  /** Number of workers instead of the topology's own; 1 to 1,000. */
  readonly workers?: number;
}

/** Nodes whose ranges of 256 addresses fit in 10.244.0.0/16, kubeadm's usual range for Pods. */
const NODES_OF_A_SIXTEENTH = 256;
const MAX_WORKERS = 1000;
/** etcd gets slower with every member, and seven tolerate the loss of three. */
const MAX_CONTROL_PLANES = 7;

/** Machine number `host` of 10.0.0.0/16, from 10.0.0.0 on. */
function machineAddress(host: number): string {
  return `10.0.${host >> 8}.${host & 255}`;
}

/** The range of a cluster's n-th Node, from 10.244.0.0/24 on. */
function podRange(node: number): string {
  return `10.${244 + (node >> 8)}.${node & 255}.0/24`;
}

/** What the ranges of so many Nodes lie in. */
function clusterRange(nodes: number): string {
  return nodes <= NODES_OF_A_SIXTEENTH ? '10.244.0.0/16' : '10.244.0.0/14';
}

function kubeadmControlPlane(index = 0): TopologyMachine {
  return {
    name: `cp-${index + 1}`,
    role: 'control-plane',
    ip: machineAddress(10 + index),
    os: 'linux',
    cpus: 2,
    memory: 4 * GIB,
    disk: 40 * GIB,
    isNode: true,
    nodeLabels: {},
    taints: [CONTROL_PLANE_TAINT],
    podCIDR: podRange(index),
    controlPlane: { startedBy: 'static-pod', programs: CONTROL_PLANE },
  };
}

/** `before` machines have taken their Pod ranges already. */
function kubeadmWorker(index: number, before = 1): TopologyMachine {
  return {
    name: `worker-${index + 1}`,
    role: 'worker',
    ip: machineAddress(21 + index),
    os: 'linux',
    cpus: 4,
    memory: 8 * GIB,
    disk: 60 * GIB,
    isNode: true,
    nodeLabels: {},
    taints: [],
    podCIDR: podRange(index + before),
  };
}

/** Stands before the API servers; not a Node. */
function loadBalancer(): TopologyMachine {
  return {
    name: 'lb-1',
    role: 'control-plane',
    ip: '10.0.0.9',
    os: 'linux',
    cpus: 1,
    memory: GIB,
    disk: 10 * GIB,
    isNode: false,
    nodeLabels: {},
    taints: [],
    podCIDR: '',
    loadBalancer: { port: 6443 },
  };
}

/** Control planes have an etcd member each ("stacked"); several of them stand behind one endpoint. */
function kubeadm(controlPlanes: number, workers: number): TopologySpec {
  const machines = [
    ...Array.from({ length: controlPlanes }, (_, index) => kubeadmControlPlane(index)),
    ...Array.from({ length: workers }, (_, index) => kubeadmWorker(index, controlPlanes)),
  ];
  return {
    name: `kubeadm-${controlPlanes}-${workers}`,
    machines: controlPlanes > 1 ? [loadBalancer(), ...machines] : machines,
    serviceCIDR: '10.96.0.0/12',
    podCIDR: clusterRange(controlPlanes + workers),
    clusterName: 'kubernetes',
    storage: 'local-path',
  };
}

/** A managed cluster names its Nodes by their private address, and keeps its control plane out of sight. */
function okeWorker(index: number): TopologyMachine {
  const ip = machineAddress(10 * 256 + 11 + index);
  const zone = `AD-${(index % 3) + 1}`;
  return {
    name: ip,
    role: 'worker',
    ip,
    os: 'linux',
    zone,
    region: 'sa-saopaulo-1',
    cpus: 4,
    memory: 16 * GIB,
    disk: 50 * GIB,
    isNode: true,
    nodeLabels: {
      'topology.kubernetes.io/region': 'sa-saopaulo-1',
      'topology.kubernetes.io/zone': zone,
      'node.kubernetes.io/instance-type': 'VM.Standard.E4.Flex',
    },
    taints: [],
    podCIDR: podRange(index),
  };
}

function oke(workers: number): TopologySpec {
  const controlPlane: TopologyMachine = {
    name: 'oke-cp-1',
    role: 'control-plane',
    ip: '10.0.0.5',
    os: 'linux',
    region: 'sa-saopaulo-1',
    cpus: 4,
    memory: 16 * GIB,
    disk: 50 * GIB,
    isNode: false,
    nodeLabels: {},
    taints: [],
    podCIDR: '',
    controlPlane: { startedBy: 'unit', programs: CONTROL_PLANE, storageDriver: 'oci' },
  };
  return {
    name: `oke-${workers}`,
    machines: [controlPlane, ...Array.from({ length: workers }, (_, index) => okeWorker(index))],
    serviceCIDR: '10.96.0.0/16',
    podCIDR: clusterRange(workers),
    clusterName: 'oke',
    storage: 'oci',
  };
}

/** `kubeadm-<control planes>-<workers>`, `oke-<workers>` */
const NAME = /^(?:kubeadm-(\d{1,4})|oke)-(\d{1,4})$/;

/** The usual ones; any other numbers will do. */
export const topologyNames: readonly TopologyName[] = ['kubeadm-1-2', 'kubeadm-3-3', 'oke-3'];

/**
 * The topology of that name, optionally with another number of workers; after the name, by commas, what single machines are
 * to be: `kubeadm-1-2,worker-1=cri-o,worker-2=windows` (see `withChoices`).
 * @throws TopologyError for an unknown name, a bad number of machines, or what a machine cannot be
 */
export function buildTopology(text: string, options: TopologyOptions = {}): TopologySpec {
  const [name = '', ...choices] = text.split(',');
  const [found, controlPlanes, named] = NAME.exec(name) ?? [];
  if (found === undefined) {
    const names = topologyNames.join(', ');
    throw new TopologyError(
      'unknown',
      { name, names },
      `unknown topology "${name}": choose one of ${names}, or other numbers in their place`,
    );
  }
  const workers = options.workers ?? Number(named);
  if (!Number.isInteger(workers) || workers < 1 || workers > MAX_WORKERS) {
    const message = `a topology takes 1 to 1,000 workers, not ${workers}`;
    throw new TopologyError('workers', { n: String(workers) }, message);
  }
  if (
    controlPlanes !== undefined &&
    !(Number(controlPlanes) >= 1 && Number(controlPlanes) <= MAX_CONTROL_PLANES)
  ) {
    const message = `a topology takes 1 to ${MAX_CONTROL_PLANES} control planes, not ${Number(controlPlanes)}`;
    throw new TopologyError('control-planes', { n: String(Number(controlPlanes)) }, message);
  }
  const spec = controlPlanes === undefined ? oke(workers) : kubeadm(Number(controlPlanes), workers);
  if (choices.length === 0) return spec;
  return { ...spec, name: text, machines: withChoices(spec.machines, choices) };
}
