import { readOwnYaml } from '../apimachinery/own-yaml.ts';
import type { Taint } from '../api/types.ts';
import { CONTAINERD_SOCKET } from '../cri/interface.ts';
import { validateNodeLabels } from './node-labels.ts';
import type { ClusterDns } from './pod-dns.ts';
import type { FileSystem, MachineSpec } from '../machine/interface.ts';

/** What a kubelet is told by its flags and its configuration file. Times in milliseconds. */
export interface KubeletSettings {
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly kubeconfig: string;
  readonly staticPodPath: string;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly registerWithTaints: readonly Taint[];
  readonly socket: string;
  readonly maxPods: number;
  readonly serializeImagePulls: boolean;
  readonly nodeStatusUpdateFrequency: number;
  readonly nodeStatusReportFrequency: number;
  readonly leaseDurationSeconds: number;
  readonly maxContainerBackoff: number;
  readonly clusterDns: ClusterDns;
}

interface KubeletConfiguration {
  readonly kind?: string;
  readonly staticPodPath?: string;
  readonly maxPods?: number;
  readonly serializeImagePulls?: boolean;
  readonly nodeStatusUpdateFrequency?: string;
  readonly nodeStatusReportFrequency?: string;
  readonly nodeLeaseDurationSeconds?: number;
  readonly containerRuntimeEndpoint?: string;
  readonly clusterDNS?: readonly string[];
  readonly clusterDomain?: string;
  readonly crashLoopBackOff?: { readonly maxContainerRestartPeriod?: string };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function duration(text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '0s') return otherwise;
  let total = 0;
  for (const [, amount = '0', unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(amount) * (UNITS[unit] ?? 0);
  return total > 0 ? total : otherwise;
}

/** `k=v,k2=v2` */
function parseLabels(text: string): Record<string, string> {
  const pairs = text.split(',').filter((part) => part !== '');
  return Object.fromEntries(
    pairs.map((pair) => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]),
  );
}

/** `key=value:Effect,…`; without a value `key:Effect`. */
function parseTaints(text: string): Taint[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const colon = part.lastIndexOf(':');
      const [key = '', value] = part.slice(0, colon).split('=');
      return {
        key,
        ...(value === undefined || value === '' ? {} : { value }),
        effect: part.slice(colon + 1),
      };
    });
}

/**
 * Reads `--config` and the flags `--kubeconfig --node-ip --node-labels --register-with-taints --hostname-override`.
 * @throws Error with the kubelet's text when the configuration cannot be read, or a label is not the kubelet's to give
 */
export function readSettings(
  argv: readonly string[],
  machine: MachineSpec,
  files: FileSystem,
): KubeletSettings {
  const flags = new Map<string, string>();
  for (const arg of argv.slice(1)) {
    const match = /^--([a-z0-9-]+)=(.*)$/s.exec(arg);
    if (match === null) throw new Error(`unknown command ${JSON.stringify(arg)} for "kubelet"`);
    flags.set(match[1] ?? '', match[2] ?? '');
  }
  const nodeLabels = parseLabels(flags.get('node-labels') ?? '');
  validateNodeLabels(nodeLabels);
  const path = flags.get('config') ?? '/var/lib/kubelet/config.yaml';
  const config = readConfiguration(files, path);
  const socket = config.containerRuntimeEndpoint?.replace(/^unix:\/\//, '') ?? '';
  return {
    nodeName: flags.get('hostname-override') ?? machine.name,
    nodeIp: flags.get('node-ip') ?? machine.ip,
    kubeconfig: flags.get('kubeconfig') ?? '/etc/kubernetes/kubelet.conf',
    staticPodPath: config.staticPodPath ?? '',
    nodeLabels,
    registerWithTaints: parseTaints(flags.get('register-with-taints') ?? ''),
    socket: socket === '' ? CONTAINERD_SOCKET : socket,
    maxPods: config.maxPods ?? 110,
    serializeImagePulls: config.serializeImagePulls ?? true,
    nodeStatusUpdateFrequency: duration(config.nodeStatusUpdateFrequency, 10_000),
    nodeStatusReportFrequency: duration(config.nodeStatusReportFrequency, 300_000),
    leaseDurationSeconds: config.nodeLeaseDurationSeconds ?? 40,
    clusterDns: { servers: config.clusterDNS ?? [], domain: config.clusterDomain ?? '' },
    maxContainerBackoff: duration(config.crashLoopBackOff?.maxContainerRestartPeriod, 300_000),
  };
}

function readConfiguration(files: FileSystem, path: string): KubeletConfiguration {
  const failed = `failed to load kubelet config file, path: ${path}, error: `;
  if (!files.exists(path)) {
    throw new Error(
      `${failed}failed to load Kubelet config file ${path}, error failed to read kubelet config file "${path}", error: open ${path}: no such file or directory`,
    );
  }
  let config: unknown;
  try {
    config = readOwnYaml(files.read(path));
  } catch (error) {
    throw new Error(
      `${failed}failed to decode: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
    );
  }
  if (
    typeof config !== 'object' ||
    config === null ||
    (config as KubeletConfiguration).kind !== 'KubeletConfiguration'
  ) {
    throw new Error(
      `${failed}failed to decode: Object 'Kind' is missing in ${JSON.stringify(files.read(path).slice(0, 40))}`,
    );
  }
  return config as KubeletConfiguration;
}
