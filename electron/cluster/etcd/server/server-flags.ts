import type { AutoCompaction } from './auto-compactor.ts';
import type { EtcdFlags } from './flags.ts';
import { booleanFlag, durationFlag, hasGate, numberFlag } from './flags.ts';
import type { EtcdServerOptions } from './options.ts';

const HOUR = 3_600_000;

export type FlagOptions = Pick<
  EtcdServerOptions,
  | 'quotaBackendBytes'
  | 'authTokenTtl'
  | 'bcryptCost'
  | 'clientCertAuth'
  | 'leaseCheckpoint'
  | 'autoCompaction'
>;

/** What the flags say about a member's data: quota, compaction, auth, leases. Text: upstream's complaint. */
export function serverFlags(flags: EtcdFlags): FlagOptions | string {
  const quotaBackendBytes = integerFlag(flags, 'quota-backend-bytes', 0);
  const authTokenTtl = numberFlag(flags, 'auth-token-ttl', 300);
  const bcryptCost = numberFlag(flags, 'bcrypt-cost', 10);
  const clientCertAuth = booleanFlag(flags, 'client-cert-auth', false);
  const checkpoint = booleanFlag(flags, 'experimental-enable-lease-checkpoint', false);
  const autoCompaction = compactionFlags(flags);
  const token = (flags.get('auth-token') ?? 'simple').split(',')[0];
  if (typeof quotaBackendBytes === 'string') return quotaBackendBytes;
  if (typeof authTokenTtl === 'string') return authTokenTtl;
  if (typeof bcryptCost === 'string') return bcryptCost;
  if (typeof clientCertAuth === 'string') return clientCertAuth;
  if (typeof checkpoint === 'string') return checkpoint;
  if (typeof autoCompaction === 'string') return autoCompaction;
  if (token !== 'simple') return 'auth: invalid auth options';
  return {
    quotaBackendBytes,
    authTokenTtl,
    // Go's bcrypt knows no other; etcd warns and takes its default.
    bcryptCost: bcryptCost < 4 || bcryptCost > 31 ? 10 : bcryptCost,
    clientCertAuth,
    leaseCheckpoint: checkpoint || hasGate(flags, 'LeaseCheckpoint'),
    ...(autoCompaction === undefined ? {} : { autoCompaction }),
  };
}

/** Models parseCompactionRetention in embed/etcd.go: a bare number counts hours, or revisions. */
function compactionFlags(flags: EtcdFlags): AutoCompaction | string | undefined {
  const mode = flags.get('auto-compaction-mode') ?? 'periodic';
  if (mode !== 'periodic' && mode !== 'revision') return `unknown auto-compaction-mode "${mode}"`;
  const text = flags.get('auto-compaction-retention') ?? '0';
  if (/^\d+$/.test(text)) {
    const retention = Number(text) * (mode === 'periodic' ? HOUR : 1);
    return retention === 0 ? undefined : { mode, retention };
  }
  const duration = durationFlag(flags, 'auto-compaction-retention', 0);
  if (typeof duration === 'string') {
    return `error parsing CompactionRetention: time: invalid duration ${JSON.stringify(text)}`;
  }
  // Upstream takes the duration's nanoseconds for a number of revisions.
  return { mode, retention: mode === 'periodic' ? duration : duration * 1_000_000 };
}

function integerFlag(flags: EtcdFlags, name: string, otherwise: number): number | string {
  const text = flags.get(name);
  if (text === undefined) return otherwise;
  if (/^-?\d+$/.test(text)) return Number(text);
  return `invalid value ${JSON.stringify(text)} for flag -${name}: parse error`;
}
