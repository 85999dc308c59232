import { parseGoDuration } from '../apimachinery/duration.ts';
import type { Taint } from '../api/types.ts';
import type { KubeletConfiguration, KubeletConfigurationFile } from './config/interface.ts';
import { KubeletConfigurationError } from './config/interface.ts';
import { loadConfiguration } from './config/load.ts';
import type { Reserved } from './config/reserved.ts';
import { reservedResources } from './config/reserved.ts';
import type { Threshold } from './eviction/thresholds.ts';
import { hardThresholds, parseThresholds } from './eviction/thresholds.ts';
import type { CgroupDriver } from '../cri/interface.ts';
import { validateNodeLabels } from './node-labels.ts';
import type { ClusterDns } from './pod-dns.ts';
import type { FileSystem, MachineSpec } from '../machine/interface.ts';
import { filePathOf, socketOfEndpoint } from '../../base/windows-path.ts';

/** What a kubelet is told by its flags and its configuration file. Times in milliseconds. */
export interface KubeletSettings {
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly kubeconfig: string;
  /** What it gets an identity with where the kubeconfig has none; undefined: it must have one. */
  readonly bootstrapKubeconfig?: string;
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
  /** That of the runtime where it says so, else the configuration's; undefined before the runtime was asked. */
  readonly cgroupDriver?: CgroupDriver;
  /** The configuration file with its defaults. */
  readonly config: KubeletConfiguration;
  /** What strict decoding of the file would have refused. */
  readonly configWarning?: string;
  readonly thresholds: readonly Threshold[];
  readonly reserved: Reserved;
}

function ms(text: string): number {
  return parseGoDuration(text) ?? 0;
}

/** Prefixes what went wrong with where it did. @throws KubeletConfigurationError */
function within<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KubeletConfigurationError)) throw error;
    throw new KubeletConfigurationError(`${prefix}${error.message}`);
  }
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

/** Flags that stand for fields of the configuration, as far as they are read: those of a node without cgroups. */
function flagged(flags: ReadonlyMap<string, string>): KubeletConfigurationFile {
  const [perQos, enforced] = [flags.get('cgroups-per-qos'), flags.get('enforce-node-allocatable')];
  return {
    ...(perQos === undefined ? {} : { cgroupsPerQOS: perQos === 'true' }),
    ...(enforced === undefined
      ? {}
      : { enforceNodeAllocatable: enforced.split(',').filter((name) => name !== '') }),
  };
}

/** @throws KubeletConfigurationError where the machine swaps. Models cmd/kubelet/app/server.go and containermanager (v1.34) */
function checkSwap(config: KubeletConfiguration, files: FileSystem): void {
  const path = '/proc/swaps';
  const lines = files.exists(path) ? files.read(path).trim().split('\n') : [];
  if (config.failSwapOn && lines.length > 1)
    throw new KubeletConfigurationError(
      `running with swap on is not supported, please disable swap or set --fail-swap-on flag to false. ${path} contained: [${lines.join(' ')}]`,
    );
}

/**
 * Reads `--config` and the flags `--kubeconfig --bootstrap-kubeconfig --node-ip --node-labels --register-with-taints --hostname-override`.
 * @throws Error with the kubelet's text when the configuration cannot be used, or a label is not the kubelet's to give
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
  const bootstrap = flags.get('bootstrap-kubeconfig');
  validateNodeLabels(nodeLabels);
  const path = (text: string): string => (machine.os === 'windows' ? (filePathOf(text) ?? text) : text);
  const configFile = path(flags.get('config') ?? '/var/lib/kubelet/config.yaml');
  const { config, warning } = loadConfiguration(files, configFile, machine.os, flagged(flags));
  const taints = parseTaints(flags.get('register-with-taints') ?? '');
  return within('failed to run Kubelet: ', () => {
    const reserved = reservedResources(config);
    hardThresholds(config);
    checkSwap(config, files);
    const thresholds = within('failed to create kubelet: ', () => parseThresholds(config));
    const perCore = config.podsPerCore * machine.cpus;
    return {
      nodeName: flags.get('hostname-override') ?? machine.name,
      nodeIp: flags.get('node-ip') ?? machine.ip,
      kubeconfig: path(flags.get('kubeconfig') ?? '/etc/kubernetes/kubelet.conf'),
      ...(bootstrap === undefined ? {} : { bootstrapKubeconfig: path(bootstrap) }),
      staticPodPath: config.staticPodPath === '' ? '' : path(config.staticPodPath),
      nodeLabels,
      registerWithTaints: taints.length > 0 ? taints : config.registerWithTaints,
      socket: socketOfEndpoint(config.containerRuntimeEndpoint),
      maxPods: perCore > 0 ? Math.min(perCore, config.maxPods) : config.maxPods,
      serializeImagePulls: config.serializeImagePulls,
      nodeStatusUpdateFrequency: ms(config.nodeStatusUpdateFrequency),
      nodeStatusReportFrequency: ms(config.nodeStatusReportFrequency),
      leaseDurationSeconds: config.nodeLeaseDurationSeconds,
      clusterDns: { servers: config.clusterDNS, domain: config.clusterDomain },
      maxContainerBackoff: ms(config.crashLoopBackOff.maxContainerRestartPeriod ?? '5m'),
      config,
      ...(warning === undefined ? {} : { configWarning: warning }),
      thresholds,
      reserved,
    };
  });
}
