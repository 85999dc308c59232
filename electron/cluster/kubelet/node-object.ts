import { SeededRand } from '../../base/rand.ts';
import type { Node, NodeCondition } from '../api/types.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Image } from '../cri/interface.ts';
import type { MachineSpec } from '../machine/interface.ts';
import type { PressureCondition } from './eviction/thresholds.ts';
import type { DeviceCounts } from './devices/device-manager.ts';
import type { Hardware } from './node-resources.ts';
import { nodeAllocatable, nodeCapacity, resourceTexts } from './node-resources.ts';
import type { KubeletSettings } from './settings.ts';

interface Said {
  readonly reason: string;
  readonly message: string;
}

/** What conditions say; `under` when there is too little. Models pkg/kubelet/nodestatus/setters.go (v1.34). */
const PRESSURES: readonly { readonly type: PressureCondition; readonly under: Said; readonly free: Said }[] =
  [
    {
      type: 'MemoryPressure',
      under: { reason: 'KubeletHasInsufficientMemory', message: 'kubelet has insufficient memory available' },
      free: { reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
    },
    {
      type: 'DiskPressure',
      under: { reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure' },
      free: { reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
    },
    {
      type: 'PIDPressure',
      under: { reason: 'KubeletHasInsufficientPID', message: 'kubelet has insufficient PID available' },
      free: { reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
    },
  ];

export interface NodeFacts {
  readonly machine: MachineSpec;
  readonly hardware: Hardware;
  readonly devices: DeviceCounts;
  readonly settings: KubeletSettings;
  readonly kubeletVersion: string;
  readonly bootId: string;
  /** e.g. `containerd://2.1.4`. */
  readonly runtimeVersion: string;
  readonly images: readonly Image[];
  /** Why the node is not ready; empty when it is. */
  /** Names of volumes that are mounted here and had to be attached. */
  readonly volumesInUse: readonly string[];
  readonly notReady: string;
  readonly pressure: readonly PressureCondition[];
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
    ...PRESSURES.map(({ type, under, free }) =>
      facts.pressure.includes(type)
        ? condition(type, 'True', under.reason, under.message, now)
        : condition(type, 'False', free.reason, free.message, now),
    ),
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

const WINDOWS_RELEASES: Readonly<Record<string, string>> = { '10.0.17763': '2019', '10.0.26100': '2025' };

function windowsRelease(build = ''): string {
  return `Windows Server ${WINDOWS_RELEASES[build] ?? '2022'} Datacenter`;
}

/** A machine id that is always the same for a machine. */
function hexId(text: string): string {
  return new SeededRand(text).string(32, '0123456789abcdef');
}

/** What somebody else wrote of resources that the kubelet does not look after; devices; the machine's own. */
function resourcesOf(
  facts: NodeFacts,
  old: Node['status'],
): Pick<NonNullable<Node['status']>, 'capacity' | 'allocatable'> {
  const own = nodeCapacity(facts.hardware, facts.settings);
  const texts = (counts: Readonly<Record<string, number>>): Record<string, string> =>
    Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)]));
  const others = Object.entries(old?.capacity ?? {}).filter(([name]) => !own.has(name));
  const capacity = { ...Object.fromEntries(others), ...texts(facts.devices.capacity) };
  return {
    capacity: { ...capacity, ...resourceTexts(own) },
    allocatable: {
      ...capacity,
      ...texts(facts.devices.allocatable),
      ...resourceTexts(nodeAllocatable(own, facts.settings)),
    },
  };
}

/** What the kubelet reports of its node. Models pkg/kubelet/nodestatus (v1.34). */
export function nodeStatus(facts: NodeFacts, old: Node['status']): NonNullable<Node['status']> {
  const { machine, settings } = facts;
  const { nodeStatusMaxImages: maxImages } = settings.config;
  return {
    ...old,
    addresses: [
      { type: 'InternalIP', address: settings.nodeIp },
      { type: 'Hostname', address: settings.nodeName },
    ],
    ...resourcesOf(facts, old),
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
      containerRuntimeVersion: facts.runtimeVersion,
      kernelVersion: machine.os === 'linux' ? '6.8.0-60-generic' : (machine.osVersion ?? ''),
      kubeProxyVersion: '',
      kubeletVersion: facts.kubeletVersion,
      machineID: hexId(`machine ${machine.name}`),
      operatingSystem: machine.os,
      osImage: machine.os === 'linux' ? 'Ubuntu 24.04.3 LTS' : windowsRelease(machine.osVersion),
      systemUUID: hexId(`system ${machine.name}`).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    },
    volumesInUse: facts.volumesInUse.length === 0 ? undefined : facts.volumesInUse,
    runtimeHandlers: runtimeHandlers(machine),
  };
}

/** What containerd as it is installed says of its handlers; what they can do is asked of runc only. */
function runtimeHandlers({ os }: MachineSpec): NonNullable<NonNullable<Node['status']>['runtimeHandlers']> {
  const able = os === 'linux';
  const features = { recursiveReadOnlyMounts: able, userNamespaces: able };
  const names = able ? ['runc'] : ['runhcs-wcow-hypervisor', 'runhcs-wcow-process'];
  return ['', ...names].map((name) => ({ features, name }));
}

/** Labels the kubelet gives its node by itself, and those of its flags. */
export function nodeLabels(machine: MachineSpec, settings: KubeletSettings): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': machine.os,
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': settings.nodeName,
    'kubernetes.io/os': machine.os,
    ...(machine.osVersion === undefined ? {} : { 'node.kubernetes.io/windows-build': machine.osVersion }),
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
