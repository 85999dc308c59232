import type { BootstrapSettings } from './membership/bootstrap.ts';
import { splitUrls } from './peers/peer-url.ts';
import { booleanFlag, durationFlag, hasGate, numberFlag, parseFlags, portsOf } from './flags.ts';
import type { EtcdFlags } from './flags.ts';
import type { FlagOptions } from './server-flags.ts';
import { serverFlags } from './server-flags.ts';
import { isAtLeast } from './version.ts';

/** What the flags of etcd say; times in virtual milliseconds. */
export interface EtcdSettings extends BootstrapSettings {
  readonly dataDir: string;
  readonly clientPorts: readonly number[];
  readonly peerPorts: readonly number[];
  readonly metricsPorts: readonly number[];
  readonly clientUrls: readonly string[];
  readonly listenClientUrls: readonly string[];
  readonly listenPeerUrls: readonly string[];
  readonly listenMetricsUrls: readonly string[];
  readonly heartbeat: number;
  readonly electionTimeout: number;
  readonly snapshotCount: number;
  readonly preVote: boolean;
  readonly strictReconfigCheck: boolean;
  readonly maxRequestBytes: number;
  readonly maxTxnOps: number;
  readonly data: FlagOptions;
  readonly progressNotifyInterval: number;
  readonly initialCorruptCheck: boolean;
  /** 0: never. */
  readonly corruptCheckTime: number;
}

/** Reads the command line of an etcd of this version, or returns upstream's complaint as text. */
export function readSettings(argv: readonly string[], version: string): EtcdSettings | string {
  const flags = parseFlags(argv);
  if (typeof flags === 'string') return flags;
  const complaints: string[] = [];
  const read = <T>(value: T | string): T => {
    if (typeof value === 'string') complaints.push(value);
    return value as T;
  };
  const number = (name: string, otherwise: number): number => read(numberFlag(flags, name, otherwise));
  const duration = (name: string, otherwise: number): number =>
    read(durationFlag(flags, flags.has(name) ? name : `experimental-${name}`, otherwise));
  const boolean = (name: string, otherwise: boolean): boolean => read(booleanFlag(flags, name, otherwise));
  const name = flags.get('name') ?? 'default';
  const peerUrls = splitUrls(flags.get('initial-advertise-peer-urls') ?? defaultPeerUrls(flags, name));
  const state = flags.get('initial-cluster-state') ?? 'new';
  const listenClient = flags.get('listen-client-urls') ?? 'http://localhost:2379';
  const listenPeer = flags.get('listen-peer-urls') ?? 'http://localhost:2380';
  const listenMetrics = flags.get('listen-metrics-urls') ?? '';
  const settings: EtcdSettings = {
    name,
    dataDir: flags.get('data-dir') ?? `/${name}.etcd`,
    peerUrls,
    initialCluster: flags.get('initial-cluster') ?? peerUrls.map((url) => `${name}=${url}`).join(','),
    initialClusterState: state === 'existing' ? 'existing' : 'new',
    initialClusterToken: flags.get('initial-cluster-token') ?? 'etcd-cluster',
    forceNewCluster: boolean('force-new-cluster', false),
    clientPorts: portsOf(listenClient),
    peerPorts: portsOf(listenPeer),
    metricsPorts: portsOf(listenMetrics),
    listenClientUrls: splitUrls(listenClient),
    listenPeerUrls: splitUrls(listenPeer),
    listenMetricsUrls: splitUrls(listenMetrics),
    clientUrls: splitUrls(flags.get('advertise-client-urls') ?? 'http://localhost:2379'),
    heartbeat: number('heartbeat-interval', 100),
    electionTimeout: number('election-timeout', 1000),
    snapshotCount: number('snapshot-count', 10_000),
    preVote: boolean('pre-vote', isAtLeast(version, 3, 5)),
    strictReconfigCheck: boolean('strict-reconfig-check', true),
    maxRequestBytes: number('max-request-bytes', 1.5 * 1024 * 1024),
    maxTxnOps: number('max-txn-ops', 128),
    data: read(serverFlags(flags)),
    progressNotifyInterval: duration('watch-progress-notify-interval', 600_000),
    initialCorruptCheck:
      boolean('initial-corrupt-check', false) ||
      boolean('experimental-initial-corrupt-check', false) ||
      hasGate(flags, 'InitialCorruptCheck'),
    corruptCheckTime: duration('corrupt-check-time', 0),
  };
  if (state !== 'new' && state !== 'existing')
    complaints.push(
      `invalid value ${JSON.stringify(state)} for flag -initial-cluster-state: invalid value ${JSON.stringify(state)}`,
    );
  return complaints[0] ?? refusal(settings) ?? settings;
}

/** Where kubeadm and most people leave it out: the member is a cluster of its own. */
function defaultPeerUrls(flags: EtcdFlags, name: string): string {
  const own = (flags.get('initial-cluster') ?? '')
    .split(',')
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  return own.length > 0 ? own.join(',') : 'http://localhost:2380';
}

/** What contradicts itself. Models embed/config.go, Validate. */
function refusal({ heartbeat, electionTimeout }: EtcdSettings): string | undefined {
  if (5 * heartbeat > electionTimeout) {
    return `--election-timeout[${electionTimeout}ms] should be at least as 5 times as --heartbeat-interval[${heartbeat}ms]`;
  }
  if (electionTimeout > 50_000) {
    return `--election-timeout[${electionTimeout}ms] is too long, and should be set less than 50000ms`;
  }
  return undefined;
}
