import type { Address } from '../../network/interface.ts';

/** What of kube-apiserver's command line takes effect here. */
export interface ApiServerFlags {
  readonly etcdServers: readonly Address[];
  readonly securePort: number;
  /** e.g. `10.96.0.0/16` */
  readonly serviceClusterIpRange: string;
  readonly advertiseAddress: string;
  readonly anonymousAuth: boolean;
  readonly bootstrapTokenAuth: boolean;
  /** Seconds; 0 turns compaction off. */
  readonly etcdCompactionInterval: number;
  readonly eventTtl: number;
  /** Besides those that are on by default. */
  readonly enabledAdmissionPlugins: readonly string[];
  readonly disabledAdmissionPlugins: readonly string[];
  /** Who says so in service account tokens; also the audience they have when none is asked for. */
  readonly serviceAccountIssuer: string;
  /** File with the key that signs service account tokens; '' for none. */
  readonly serviceAccountSigningKeyFile: string;
  /** Files with the keys that are believed. */
  readonly serviceAccountKeyFiles: readonly string[];
  /** What values in etcd should be written in. */
  readonly storageMediaType: StorageMediaType;
  readonly priorityAndFairness: boolean;
  /** Requests served at once, watches only until they have begun: those of both in-flight flags. */
  readonly maxRequestsInFlight: number;
  /** Seconds. */
  readonly requestTimeout: number;
  /** '' for none. */
  readonly auditPolicyFile: string;
  /** `-` for standard output, '' for none. */
  readonly auditLogPath: string;
  /** Megabytes, and files that are kept aside; 0 for the usual. */
  readonly auditLogMaxSize: number;
  readonly auditLogMaxBackup: number;
}

export type StorageMediaType = (typeof MEDIA_TYPES)[number];

const DEFAULT_ISSUER = 'https://kubernetes.default.svc.cluster.local';

const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const;

/** Seconds of a Go duration such as `5m0s`; undefined when it is none. */
function duration(text: string): number | undefined {
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h)/g)) {
    seconds += Number(amount) * (units[unit as string] as number);
  }
  return seconds;
}

function endpoint(text: string): Address | undefined {
  const match = /^(?:https?:\/\/)?([^:/]+)(?::(\d+))?\/?$/.exec(text.trim());
  if (match === null) return undefined;
  return { host: match[1] as string, port: match[2] === undefined ? 2379 : Number(match[2]) };
}

/**
 * Reads `--flag=value` arguments. Flags of the real program that have nothing to act on here (certificate
 * files and the like) are accepted and left alone. Returns upstream-like text when something is wrong.
 */
export function parseApiServerFlags(argv: readonly string[], ownAddress: string): ApiServerFlags | string {
  const flags = new Map<string, string>();
  const keyFiles: string[] = [];
  for (const argument of argv.slice(1)) {
    const match = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(argument);
    if (match === null) return `unknown command "${argument}" for "kube-apiserver"`;
    const [, flag = '', value = 'true'] = match;
    flags.set(flag, value);
    if (flag === 'service-account-key-file') keyFiles.push(value);
  }
  const servers = (flags.get('etcd-servers') ?? '').split(',').filter((text) => text !== '');
  if (servers.length === 0) return '--etcd-servers must be specified';
  const etcdServers = servers.map(endpoint);
  const bad = etcdServers.indexOf(undefined);
  if (bad >= 0) return `invalid argument "${servers[bad] ?? ''}" for "--etcd-servers" flag`;
  const securePort = Number(flags.get('secure-port') ?? '6443');
  if (!Number.isInteger(securePort) || securePort < 1 || securePort > 65_535) {
    return `--secure-port ${flags.get('secure-port') ?? ''} must be between 1 and 65535, inclusive. It cannot be turned off with 0`;
  }
  const count = (flag: string, usual: number): number | string => {
    const text = flags.get(flag) ?? String(usual);
    if (!/^-?\d+$/.test(text))
      return `invalid argument ${JSON.stringify(text)} for "--${flag}" flag: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`;
    return Number(text) < 0 ? `--${flag} can not be negative value` : Number(text);
  };
  const compaction = duration(flags.get('etcd-compaction-interval') ?? '5m0s');
  const eventTtl = duration(flags.get('event-ttl') ?? '1h0m0s');
  if (compaction === undefined)
    return 'invalid argument for "--etcd-compaction-interval" flag: time: invalid duration';
  if (eventTtl === undefined) return 'invalid argument for "--event-ttl" flag: time: invalid duration';
  const mediaType = flags.get('storage-media-type') ?? 'application/vnd.kubernetes.protobuf';
  const storageMediaType = MEDIA_TYPES.find((known) => known === mediaType);
  if (storageMediaType === undefined)
    return `--storage-media-type "${mediaType}" invalid, allowed values: ${MEDIA_TYPES.join(', ')}`;
  const inFlight = [count('max-requests-inflight', 400), count('max-mutating-requests-inflight', 200)];
  const auditLimits = [count('audit-log-maxsize', 0), count('audit-log-maxbackup', 0)];
  const wrong = [...inFlight, ...auditLimits].find((value) => typeof value === 'string');
  if (wrong !== undefined) return String(wrong);
  const requestTimeout = duration(flags.get('request-timeout') ?? '1m0s');
  if (requestTimeout === undefined)
    return 'invalid argument for "--request-timeout" flag: time: invalid duration';
  const names = (flag: string) => (flags.get(flag) ?? '').split(',').filter((name) => name !== '');
  return {
    etcdServers: etcdServers as Address[],
    securePort,
    serviceClusterIpRange: flags.get('service-cluster-ip-range') ?? '10.96.0.0/16',
    advertiseAddress: flags.get('advertise-address') ?? ownAddress,
    anonymousAuth: flags.get('anonymous-auth') !== 'false',
    bootstrapTokenAuth: flags.get('enable-bootstrap-token-auth') === 'true',
    etcdCompactionInterval: compaction,
    eventTtl,
    enabledAdmissionPlugins: names('enable-admission-plugins'),
    disabledAdmissionPlugins: names('disable-admission-plugins'),
    serviceAccountIssuer: flags.get('service-account-issuer') ?? DEFAULT_ISSUER,
    serviceAccountSigningKeyFile: flags.get('service-account-signing-key-file') ?? '',
    serviceAccountKeyFiles: keyFiles,
    storageMediaType,
    priorityAndFairness: flags.get('enable-priority-and-fairness') !== 'false',
    maxRequestsInFlight: inFlight.reduce<number>((sum, value) => sum + Number(value), 0),
    requestTimeout,
    auditPolicyFile: flags.get('audit-policy-file') ?? '',
    auditLogPath: flags.get('audit-log-path') ?? '',
    auditLogMaxSize: Number(auditLimits[0]),
    auditLogMaxBackup: Number(auditLimits[1]),
  };
}
