/** Whether a failed call may be sent again (clientv3's retry policies): reads always, writes only when they never left. */
export type RetryPolicy = 'repeatable' | 'nonRepeatable';

export interface MethodInfo {
  readonly service: string;
  readonly request: string;
  readonly response: string;
  readonly policy: RetryPolicy;
}

const call = (service: string, request: string, response: string, policy: RetryPolicy): MethodInfo => ({
  service: `etcdserverpb.${service}`,
  request: `etcdserverpb.${request}`,
  response: `etcdserverpb.${response}`,
  policy,
});
const auth = (name: string, policy: RetryPolicy = 'nonRepeatable'): MethodInfo =>
  call('Auth', `Auth${name}Request`, `Auth${name}Response`, policy);

/** Calls with one answer, by their names in rpc.proto. Models clientv3/retry.go for the policies. */
export const methods = {
  Range: call('KV', 'RangeRequest', 'RangeResponse', 'repeatable'),
  Put: call('KV', 'PutRequest', 'PutResponse', 'nonRepeatable'),
  DeleteRange: call('KV', 'DeleteRangeRequest', 'DeleteRangeResponse', 'nonRepeatable'),
  Txn: call('KV', 'TxnRequest', 'TxnResponse', 'nonRepeatable'),
  Compact: call('KV', 'CompactionRequest', 'CompactionResponse', 'nonRepeatable'),
  LeaseGrant: call('Lease', 'LeaseGrantRequest', 'LeaseGrantResponse', 'repeatable'),
  LeaseRevoke: call('Lease', 'LeaseRevokeRequest', 'LeaseRevokeResponse', 'repeatable'),
  LeaseTimeToLive: call('Lease', 'LeaseTimeToLiveRequest', 'LeaseTimeToLiveResponse', 'repeatable'),
  LeaseLeases: call('Lease', 'LeaseLeasesRequest', 'LeaseLeasesResponse', 'repeatable'),
  MemberAdd: call('Cluster', 'MemberAddRequest', 'MemberAddResponse', 'nonRepeatable'),
  MemberRemove: call('Cluster', 'MemberRemoveRequest', 'MemberRemoveResponse', 'nonRepeatable'),
  MemberUpdate: call('Cluster', 'MemberUpdateRequest', 'MemberUpdateResponse', 'nonRepeatable'),
  MemberList: call('Cluster', 'MemberListRequest', 'MemberListResponse', 'repeatable'),
  MemberPromote: call('Cluster', 'MemberPromoteRequest', 'MemberPromoteResponse', 'nonRepeatable'),
  Alarm: call('Maintenance', 'AlarmRequest', 'AlarmResponse', 'repeatable'),
  Status: call('Maintenance', 'StatusRequest', 'StatusResponse', 'repeatable'),
  Defragment: call('Maintenance', 'DefragmentRequest', 'DefragmentResponse', 'nonRepeatable'),
  HashKV: call('Maintenance', 'HashKVRequest', 'HashKVResponse', 'repeatable'),
  MoveLeader: call('Maintenance', 'MoveLeaderRequest', 'MoveLeaderResponse', 'repeatable'),
  Downgrade: call('Maintenance', 'DowngradeRequest', 'DowngradeResponse', 'nonRepeatable'),
  AuthEnable: auth('Enable'),
  AuthDisable: auth('Disable'),
  AuthStatus: auth('Status'),
  Authenticate: call('Auth', 'AuthenticateRequest', 'AuthenticateResponse', 'nonRepeatable'),
  UserAdd: auth('UserAdd'),
  UserGet: auth('UserGet', 'repeatable'),
  UserList: auth('UserList', 'repeatable'),
  UserDelete: auth('UserDelete'),
  UserChangePassword: auth('UserChangePassword'),
  UserGrantRole: auth('UserGrantRole'),
  UserRevokeRole: auth('UserRevokeRole'),
  RoleAdd: auth('RoleAdd'),
  RoleGet: auth('RoleGet', 'repeatable'),
  RoleList: auth('RoleList', 'repeatable'),
  RoleDelete: auth('RoleDelete'),
  RoleGrantPermission: auth('RoleGrantPermission'),
  RoleRevokePermission: auth('RoleRevokePermission'),
} as const satisfies Record<string, MethodInfo>;

export type Method = keyof typeof methods;
