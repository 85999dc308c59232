/** Flags of etcd that a member here understands or accepts without effect (TLS files, paths, peers: see README). */
const KNOWN = new Set([
  'name',
  'data-dir',
  'wal-dir',
  'listen-client-urls',
  'advertise-client-urls',
  'listen-peer-urls',
  'initial-advertise-peer-urls',
  'initial-cluster',
  'initial-cluster-state',
  'initial-cluster-token',
  'force-new-cluster',
  'pre-vote',
  'strict-reconfig-check',
  'initial-election-tick-advance',
  'listen-metrics-urls',
  'listen-client-http-urls',
  'cert-file',
  'key-file',
  'trusted-ca-file',
  'client-cert-auth',
  'peer-cert-file',
  'peer-key-file',
  'peer-trusted-ca-file',
  'peer-client-cert-auth',
  'snapshot-count',
  'heartbeat-interval',
  'election-timeout',
  'quota-backend-bytes',
  'max-request-bytes',
  'max-txn-ops',
  'auto-compaction-mode',
  'auto-compaction-retention',
  'auth-token',
  'auth-token-ttl',
  'bcrypt-cost',
  'experimental-enable-lease-checkpoint',
  'feature-gates',
  'watch-progress-notify-interval',
  'experimental-watch-progress-notify-interval',
  'experimental-initial-corrupt-check',
  'initial-corrupt-check',
  'experimental-corrupt-check-time',
  'corrupt-check-time',
  'logger',
  'log-level',
]);

export type EtcdFlags = ReadonlyMap<string, string>;

/** Reads `--flag=value` and `--flag value`. Returns upstream's complaint as text when that cannot be done. */
export function parseFlags(argv: readonly string[]): EtcdFlags | string {
  const flags = new Map<string, string>();
  for (let index = 1; index < argv.length; index += 1) {
    const argument = argv[index] as string;
    const match = /^--?([^=-][^=]*)(?:=(.*))?$/s.exec(argument);
    if (match === null) return `'${argument}' is not a valid flag`;
    const name = match[1] as string;
    if (!KNOWN.has(name)) return `flag provided but not defined: -${name}`;
    const value = match[2];
    if (value !== undefined) flags.set(name, value);
    else if (argv[index + 1] !== undefined && !(argv[index + 1] as string).startsWith('-')) {
      index += 1;
      flags.set(name, argv[index] as string);
    } else flags.set(name, 'true');
  }
  return flags;
}

/** A whole number of at least 0. Returns upstream's complaint as text when it is none. */
export function numberFlag(flags: EtcdFlags, name: string, otherwise: number): number | string {
  const text = flags.get(name);
  if (text === undefined) return otherwise;
  if (/^\d+$/.test(text)) return Number(text);
  return `invalid value ${JSON.stringify(text)} for flag -${name}: parse error`;
}

/** `--feature-gates=Name=true`. */
export function hasGate(flags: EtcdFlags, name: string): boolean {
  return (flags.get('feature-gates') ?? '').split(',').includes(`${name}=true`);
}

/** Go's strconv.ParseBool; a flag without a value is true. */
export function booleanFlag(flags: EtcdFlags, name: string, otherwise: boolean): boolean | string {
  const text = flags.get(name);
  if (text === undefined) return otherwise;
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  return `invalid boolean value ${JSON.stringify(text)} for -${name}: parse error`;
}

/** A Go duration such as `5s` or `1m30s`, in milliseconds. */
export function durationFlag(flags: EtcdFlags, name: string, otherwise: number): number | string {
  const text = flags.get(name);
  if (text === undefined) return otherwise;
  const unit: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) {
    return `invalid value ${JSON.stringify(text)} for flag -${name}: parse error`;
  }
  let total = 0;
  for (const part of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(part[1]) * (unit[part[2] as string] as number);
  }
  return total;
}

/** Ports of a comma-separated list of URLs. */
export function portsOf(urls: string): readonly number[] {
  return [...new Set([...urls.matchAll(/:(\d+)(?=,|\/|$)/g)].map((match) => Number(match[1])))];
}
