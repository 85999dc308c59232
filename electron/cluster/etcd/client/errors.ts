import type { GrpcCode } from './interface.ts';
import { EtcdError } from './interface.ts';

type Known = readonly [GrpcCode, string];

// Codes and texts model api/v3rpc/rpctypes/error.go (v3.6); the names are theirs without `ErrGRPC`.
const KNOWN = {
  emptyKey: ['InvalidArgument', 'etcdserver: key is not provided'],
  keyNotFound: ['InvalidArgument', 'etcdserver: key not found'],
  valueProvided: ['InvalidArgument', 'etcdserver: value is provided'],
  leaseProvided: ['InvalidArgument', 'etcdserver: lease is provided'],
  tooManyOps: ['InvalidArgument', 'etcdserver: too many operations in txn request'],
  duplicateKey: ['InvalidArgument', 'etcdserver: duplicate key given in txn request'],
  invalidClientApiVersion: ['InvalidArgument', 'etcdserver: invalid client api version'],
  invalidSortOption: ['InvalidArgument', 'etcdserver: invalid sort option'],
  compacted: ['OutOfRange', 'etcdserver: mvcc: required revision has been compacted'],
  futureRevision: ['OutOfRange', 'etcdserver: mvcc: required revision is a future revision'],
  noSpace: ['ResourceExhausted', 'etcdserver: mvcc: database space exceeded'],

  leaseNotFound: ['NotFound', 'etcdserver: requested lease not found'],
  leaseExists: ['FailedPrecondition', 'etcdserver: lease already exists'],
  leaseTtlTooLarge: ['OutOfRange', 'etcdserver: too large lease TTL'],

  watchCanceled: ['Canceled', 'etcdserver: watch canceled'],

  memberExist: ['FailedPrecondition', 'etcdserver: member ID already exist'],
  peerUrlExist: ['FailedPrecondition', 'etcdserver: Peer URLs already exists'],
  memberNotEnoughStarted: [
    'FailedPrecondition',
    'etcdserver: re-configuration failed due to not enough started members',
  ],
  memberBadUrls: ['InvalidArgument', 'etcdserver: given member URLs are invalid'],
  memberNotFound: ['NotFound', 'etcdserver: member not found'],
  memberNotLearner: ['FailedPrecondition', 'etcdserver: can only promote a learner member'],
  learnerNotReady: [
    'FailedPrecondition',
    'etcdserver: can only promote a learner member which is in sync with leader',
  ],
  tooManyLearners: ['FailedPrecondition', 'etcdserver: too many learner members in cluster'],
  clusterIdMismatch: ['FailedPrecondition', 'etcdserver: cluster ID mismatch'],

  requestTooLarge: ['InvalidArgument', 'etcdserver: request is too large'],
  tooManyRequests: ['ResourceExhausted', 'etcdserver: too many requests'],

  rootUserNotExist: ['FailedPrecondition', 'etcdserver: root user does not exist'],
  rootRoleNotExist: ['FailedPrecondition', 'etcdserver: root user does not have root role'],
  userAlreadyExist: ['FailedPrecondition', 'etcdserver: user name already exists'],
  userEmpty: ['InvalidArgument', 'etcdserver: user name is empty'],
  userNotFound: ['FailedPrecondition', 'etcdserver: user name not found'],
  roleAlreadyExist: ['FailedPrecondition', 'etcdserver: role name already exists'],
  roleNotFound: ['FailedPrecondition', 'etcdserver: role name not found'],
  roleEmpty: ['InvalidArgument', 'etcdserver: role name is empty'],
  authFailed: ['InvalidArgument', 'etcdserver: authentication failed, invalid user ID or password'],
  permissionNotGiven: ['InvalidArgument', 'etcdserver: permission not given'],
  permissionDenied: ['PermissionDenied', 'etcdserver: permission denied'],
  roleNotGranted: ['FailedPrecondition', 'etcdserver: role is not granted to the user'],
  permissionNotGranted: ['FailedPrecondition', 'etcdserver: permission is not granted to the role'],
  authNotEnabled: ['FailedPrecondition', 'etcdserver: authentication is not enabled'],
  invalidAuthToken: ['Unauthenticated', 'etcdserver: invalid auth token'],
  invalidAuthMgmt: ['InvalidArgument', 'etcdserver: invalid auth management'],
  authOldRevision: ['InvalidArgument', 'etcdserver: revision of auth store is old'],
  // Not in rpctypes: leaves the server as the unknown error it is upstream.
  noPasswordUser: ['Unknown', 'auth: authentication failed, password was given for no password user'],

  noLeader: ['Unavailable', 'etcdserver: no leader'],
  notLeader: ['FailedPrecondition', 'etcdserver: not leader'],
  leaderChanged: ['Unavailable', 'etcdserver: leader changed'],
  notCapable: ['FailedPrecondition', 'etcdserver: not capable'],
  stopped: ['Unavailable', 'etcdserver: server stopped'],
  timeout: ['Unavailable', 'etcdserver: request timed out'],
  timeoutDueToLeaderFail: [
    'Unavailable',
    'etcdserver: request timed out, possibly due to previous leader failure',
  ],
  timeoutDueToConnectionLost: [
    'Unavailable',
    'etcdserver: request timed out, possibly due to connection lost',
  ],
  timeoutWaitAppliedIndex: [
    'Unavailable',
    'etcdserver: request timed out, waiting for the applied index took too long',
  ],
  unhealthy: ['Unavailable', 'etcdserver: unhealthy cluster'],
  corrupt: ['DataLoss', 'etcdserver: corrupt cluster'],
  notSupportedForLearner: ['FailedPrecondition', 'etcdserver: rpc not supported for learner'],
  badLeaderTransferee: ['FailedPrecondition', 'etcdserver: bad leader transferee'],

  wrongDowngradeVersionFormat: ['InvalidArgument', 'etcdserver: wrong downgrade target version format'],
  invalidDowngradeTargetVersion: ['InvalidArgument', 'etcdserver: invalid downgrade target version'],
  clusterVersionUnavailable: ['FailedPrecondition', 'etcdserver: cluster version not found during downgrade'],
  downgradeInProcess: ['FailedPrecondition', 'etcdserver: cluster has a downgrade job in progress'],
  noInflightDowngrade: ['FailedPrecondition', 'etcdserver: no inflight downgrade job'],

  canceled: ['Canceled', 'etcdserver: request canceled'],
  deadlineExceeded: ['DeadlineExceeded', 'etcdserver: context deadline exceeded'],
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
