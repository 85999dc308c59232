import { runtimeVariants } from '../cri/variants/runtime-variants.ts';
import type { TopologyMachine } from '../topology/interface.ts';

/** Where kubeadm leaves the flags it found out, and where the administrator adds some: read by the kubelet's unit. */
export const KUBEADM_FLAGS = '/var/lib/kubelet/kubeadm-flags.env';
export const KUBELET_DEFAULTS = '/etc/default/kubelet';
/** The last minor version whose kubelet has dockershim. */
const LAST_DOCKERSHIM = 23;

/** `24` of `v1.24.17`. */
export function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
}

/** Flags of a machine's kubelet that are its own. */
function nodeFlags(spec: TopologyMachine): readonly string[] {
  const labels = Object.entries(spec.nodeLabels).map(([key, value]) => `${key}=${value}`);
  const taints = spec.taints.map(
    ({ key, value, effect }) => `${key}${value === undefined ? '' : `=${value}`}:${effect}`,
  );
  return [
    `--node-ip=${spec.ip}`,
    ...(labels.length === 0 ? [] : [`--node-labels=${labels.join(',')}`]),
    ...(taints.length === 0 ? [] : [`--register-with-taints=${taints.join(',')}`]),
  ];
}

/** Whether a machine's kubelet speaks to Docker by itself. */
export function usesDockershim({ runtime }: TopologyMachine, kubeletVersion: string): boolean {
  return (runtime === 'docker' || runtime === 'mirantis') && minorOf(kubeletVersion) <= LAST_DOCKERSHIM;
}

/** How a kubelet of that version finds its runtime; from 1.34 on the endpoint is in its configuration. */
function runtimeFlags(endpoint: string, version: string): readonly string[] {
  if (minorOf(version) >= 34) return [];
  const flag = `--container-runtime-endpoint=${endpoint}`;
  return minorOf(version) < 24 ? ['--container-runtime=remote', flag] : [flag];
}

function environment(flags: readonly string[]): string {
  return `KUBELET_KUBEADM_ARGS="${flags.join(' ')}"\n`;
}

/** `/var/lib/kubelet/kubeadm-flags.env`. Models cmd/kubeadm/app/phases/kubelet/flags.go, of that version. */
export function kubeadmFlags(spec: TopologyMachine, kubeletVersion: string): string {
  const endpoint =
    spec.os === 'windows'
      ? 'npipe:////./pipe/containerd-containerd'
      : `unix://${runtimeVariants[spec.runtime ?? 'containerd'].socket}`;
  const flags = usesDockershim(spec, kubeletVersion)
    ? ['--network-plugin=cni']
    : runtimeFlags(endpoint, kubeletVersion);
  return environment([...flags, ...nodeFlags(spec)]);
}

/** The same file as `kubeadm join` of that version writes it, which knows nothing of labels. */
export function joinedKubeadmFlags(endpoint: string, version: string): string {
  return environment(runtimeFlags(endpoint, version));
}
