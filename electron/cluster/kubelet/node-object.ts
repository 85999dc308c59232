import { SeededRand } from '../../base/rand.ts';
import type { Node, NodeCondition } from '../api/types.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Image } from '../cri/interface.ts';
import { CONTAINERD_VERSION } from '../cri/interface.ts';
import type { MachineSpec } from '../machine/interface.ts';
import { nodeAllocatable, nodeCapacity, resourceTexts } from './node-resources.ts';
import type { KubeletSettings } from './settings.ts';

export interface NodeFacts {
  readonly machine: MachineSpec;
  readonly settings: KubeletSettings;
  readonly kubeletVersion: string;
  readonly bootId: string;
  readonly images: readonly Image[];
  /** Why the node is not ready; empty when it is. */
  readonly notReady: string;
  readonly now: number;
}

function condition(
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
  now: string,
): NodeCondition {
  return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now };
}

function conditions(facts: NodeFacts, old: readonly NodeCondition[]): NodeCondition[] {
  const now = formatTime(facts.now);
  const ready = facts.notReady === '';
  const fresh = [
    condition(
      'MemoryPressure',
      'False',
      'KubeletHasSufficientMemory',
      'kubelet has sufficient memory available',
      now,
    ),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure', now),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available', now),
    ready
      ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', now)
      : condition('Ready', 'False', 'KubeletNotReady', facts.notReady, now),
  ];
  const own = fresh.map((one) => {
    const before = old.find((other) => other.type === one.type);
    return before?.status === one.status
      ? { ...one, lastTransitionTime: before.lastTransitionTime ?? now }
      : one;
  });
  return [...old.filter((other) => !own.some((one) => one.type === other.type)), ...own];
}

/** A machine id that is always the same for a machine. */
function hexId(text: string): string {
  return new SeededRand(text).string(32, '0123456789abcdef');
}

/** What the kubelet reports of its node. Models pkg/kubelet/nodestatus (v1.34). */
export function nodeStatus(facts: NodeFacts, old: Node['status']): NonNullable<Node['status']> {
  const { machine, settings } = facts;
  const capacity = nodeCapacity(machine, settings);
  const { nodeStatusMaxImages: maxImages } = settings.config;
  return {
    ...old,
    addresses: [
      { type: 'InternalIP', address: settings.nodeIp },
      { type: 'Hostname', address: settings.nodeName },
    ],
    capacity: resourceTexts(capacity),
    allocatable: resourceTexts(nodeAllocatable(capacity, settings)),
    conditions: conditions(facts, old?.conditions ?? []),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } } as unknown as NonNullable<
      Node['status']
    >['daemonEndpoints'],
    features: { supplementalGroupsPolicy: true },
    images: [...facts.images]
      .sort((a, b) => b.size - a.size || (a.id < b.id ? -1 : 1))
      .slice(0, maxImages < 0 ? undefined : maxImages)
      .map((image) => ({ names: [...image.repoDigests, ...image.repoTags], sizeBytes: image.size })),
    nodeInfo: {
      architecture: 'amd64',
      bootID: facts.bootId,
      containerRuntimeVersion: `containerd://${CONTAINERD_VERSION}`,
      kernelVersion: '6.8.0-60-generic',
      kubeProxyVersion: '',
      kubeletVersion: facts.kubeletVersion,
      machineID: hexId(`machine ${machine.name}`),
      operatingSystem: machine.os,
      osImage: machine.os === 'linux' ? 'Ubuntu 24.04.3 LTS' : 'Windows Server 2022 Datacenter',
      systemUUID: hexId(`system ${machine.name}`).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    },
    runtimeHandlers: [
      { features: { recursiveReadOnlyMounts: true, userNamespaces: true }, name: '' },
      { features: { recursiveReadOnlyMounts: true, userNamespaces: true }, name: 'runc' },
    ],
  };
}

/** Labels the kubelet gives its node by itself, and those of its flags. */
export function nodeLabels(machine: MachineSpec, settings: KubeletSettings): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': machine.os,
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': settings.nodeName,
    'kubernetes.io/os': machine.os,
    ...settings.nodeLabels,
  };
}

/** The Node as it is registered. */
export function initialNode(facts: NodeFacts): Node {
  const { machine, settings } = facts;
  const { registerWithTaints: taints } = settings;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: settings.nodeName,
      labels: nodeLabels(machine, settings),
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: taints.length === 0 ? {} : { taints },
    status: nodeStatus(facts, undefined),
  };
}
