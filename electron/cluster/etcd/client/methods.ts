import type {
  AuthenticateRequest,
  AuthenticateResponse,
  AuthRoleAddRequest,
  AuthRoleDeleteRequest,
  AuthRoleGetRequest,
  AuthRoleGetResponse,
  AuthRoleGrantPermissionRequest,
  AuthRoleListResponse,
  AuthRoleRevokePermissionRequest,
  AuthStatusResponse,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  AuthUserDeleteRequest,
  AuthUserGetRequest,
  AuthUserGetResponse,
  AuthUserGrantRoleRequest,
  AuthUserListResponse,
  AuthUserRevokeRoleRequest,
  EmptyRequest,
  HeaderResponse,
} from './auth.ts';
import type {
  MemberAddRequest,
  MemberAddResponse,
  MemberListRequest,
  MemberPromoteRequest,
  MemberRemoveRequest,
  MembersResponse,
  MemberUpdateRequest,
} from './cluster.ts';
import type {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  DeleteRangeResponse,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
} from './interface.ts';
import type {
  AlarmRequest,
  AlarmResponse,
  DefragmentResponse,
  DowngradeRequest,
  DowngradeResponse,
  HashKvRequest,
  HashKvResponse,
  HashResponse,
  MoveLeaderRequest,
  MoveLeaderResponse,
  StatusResponse,
} from './maintenance.ts';

/**
 * Requests and responses of the calls that have one answer, by the method's name in rpc.proto, service by
 * service. LeaseKeepAlive is a stream upstream; here each of its messages is a call. Watch and Snapshot are
 * streams here too, see `EtcdConnection`.
 */
export interface EtcdMethods {
  Range: { request: RangeRequest; response: RangeResponse };
  Put: { request: PutRequest; response: PutResponse };
  DeleteRange: { request: DeleteRangeRequest; response: DeleteRangeResponse };
  Txn: { request: TxnRequest; response: TxnResponse };
  Compact: { request: CompactionRequest; response: CompactionResponse };

  LeaseGrant: { request: LeaseGrantRequest; response: LeaseGrantResponse };
  LeaseRevoke: { request: LeaseRevokeRequest; response: LeaseRevokeResponse };
  LeaseKeepAlive: { request: LeaseKeepAliveRequest; response: LeaseKeepAliveResponse };
  LeaseTimeToLive: { request: LeaseTimeToLiveRequest; response: LeaseTimeToLiveResponse };
  LeaseLeases: { request: EmptyRequest; response: LeaseLeasesResponse };

  MemberAdd: { request: MemberAddRequest; response: MemberAddResponse };
  MemberRemove: { request: MemberRemoveRequest; response: MembersResponse };
  MemberUpdate: { request: MemberUpdateRequest; response: MembersResponse };
  MemberList: { request: MemberListRequest; response: MembersResponse };
  MemberPromote: { request: MemberPromoteRequest; response: MembersResponse };

  Alarm: { request: AlarmRequest; response: AlarmResponse };
  Status: { request: EmptyRequest; response: StatusResponse };
  Defragment: { request: EmptyRequest; response: DefragmentResponse };
  Hash: { request: EmptyRequest; response: HashResponse };
  HashKV: { request: HashKvRequest; response: HashKvResponse };
  MoveLeader: { request: MoveLeaderRequest; response: MoveLeaderResponse };
  Downgrade: { request: DowngradeRequest; response: DowngradeResponse };

  AuthEnable: { request: EmptyRequest; response: HeaderResponse };
  AuthDisable: { request: EmptyRequest; response: HeaderResponse };
  AuthStatus: { request: EmptyRequest; response: AuthStatusResponse };
  Authenticate: { request: AuthenticateRequest; response: AuthenticateResponse };
  UserAdd: { request: AuthUserAddRequest; response: HeaderResponse };
  UserGet: { request: AuthUserGetRequest; response: AuthUserGetResponse };
  UserList: { request: EmptyRequest; response: AuthUserListResponse };
  UserDelete: { request: AuthUserDeleteRequest; response: HeaderResponse };
  UserChangePassword: { request: AuthUserChangePasswordRequest; response: HeaderResponse };
  UserGrantRole: { request: AuthUserGrantRoleRequest; response: HeaderResponse };
  UserRevokeRole: { request: AuthUserRevokeRoleRequest; response: HeaderResponse };
  RoleAdd: { request: AuthRoleAddRequest; response: HeaderResponse };
  RoleGet: { request: AuthRoleGetRequest; response: AuthRoleGetResponse };
  RoleList: { request: EmptyRequest; response: AuthRoleListResponse };
  RoleDelete: { request: AuthRoleDeleteRequest; response: HeaderResponse };
  RoleGrantPermission: { request: AuthRoleGrantPermissionRequest; response: HeaderResponse };
  RoleRevokePermission: { request: AuthRoleRevokePermissionRequest; response: HeaderResponse };
}

export type EtcdMethod = keyof EtcdMethods;
