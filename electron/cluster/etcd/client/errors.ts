import type { GrpcCode } from './interface.ts';
import { EtcdError } from './interface.ts';

type Known = readonly [GrpcCode, string];

// Codes and texts model api/v3rpc/rpctypes/error.go.
const KNOWN = {
  emptyKey: ['InvalidArgument', 'etcdserver: key is not provided'],
  keyNotFound: ['InvalidArgument', 'etcdserver: key not found'],
  valueProvided: ['InvalidArgument', 'etcdserver: value is provided'],
  leaseProvided: ['InvalidArgument', 'etcdserver: lease is provided'],
  tooManyOps: ['InvalidArgument', 'etcdserver: too many operations in txn request'],
  duplicateKey: ['InvalidArgument', 'etcdserver: duplicate key given in txn request'],
  invalidSortOption: ['InvalidArgument', 'etcdserver: invalid sort option'],
  requestTooLarge: ['InvalidArgument', 'etcdserver: request is too large'],
  compacted: ['OutOfRange', 'etcdserver: mvcc: required revision has been compacted'],
  futureRevision: ['OutOfRange', 'etcdserver: mvcc: required revision is a future revision'],
  noSpace: ['ResourceExhausted', 'etcdserver: mvcc: database space exceeded'],
  leaseNotFound: ['NotFound', 'etcdserver: requested lease not found'],
  leaseExists: ['FailedPrecondition', 'etcdserver: lease already exists'],
  leaseTtlTooLarge: ['OutOfRange', 'etcdserver: too large lease TTL'],
  stopped: ['Unavailable', 'etcdserver: server stopped'],
  timeout: ['Unavailable', 'etcdserver: request timed out'],
  noLeader: ['Unavailable', 'etcdserver: no leader'],
  watchCanceled: ['Canceled', 'etcdserver: watch canceled'],
} as const satisfies Record<string, Known>;

export type KnownEtcdError = keyof typeof KNOWN;

/** One of upstream's errors, by name. */
export function etcdError(name: KnownEtcdError): EtcdError {
  const [code, message] = KNOWN[name];
  return new EtcdError(code, message);
}

/** Whether an error is the one of that name: same code, same text. */
export function isEtcdError(error: unknown, name: KnownEtcdError): boolean {
  const [code, message] = KNOWN[name];
  return error instanceof EtcdError && error.code === code && error.message === message;
}
