import type {
  Answer,
  DeleteRangeResponse,
  HashKvResponse,
  Header,
  LeaseResponse,
  MembersResponse,
  Permission,
  PutResponse,
  RangeResponse,
  StatusResponse,
  TxnResponse,
  WatchResponse,
} from '../client/messages.ts';

export interface EndpointHealth {
  readonly endpoint: string;
  readonly health: boolean;
  /** Milliseconds. */
  readonly took: number;
  /** Empty when healthy. */
  readonly error: string;
}

export interface DbStatus {
  readonly hash: number;
  readonly revision: number;
  readonly totalKey: number;
  readonly totalSize: number;
  /** Storage version; empty before 3.6. */
  readonly version: string;
}

export interface AlarmMember {
  readonly memberID: string;
  readonly alarm: string;
}

type Headed = { readonly header: Header };

/** Everything that is shown, by upstream's names; each printer knows some of it. */
export interface Shown {
  Del: Answer<DeleteRangeResponse>;
  Get: Answer<RangeResponse> & { readonly valueOnly?: boolean };
  Put: Answer<PutResponse>;
  Txn: Answer<TxnResponse>;
  Watch: Answer<WatchResponse>;
  Grant: Answer<LeaseResponse>;
  Revoke: Answer<Headed> & { readonly id: string };
  KeepAlive: Answer<LeaseResponse>;
  TimeToLive: Answer<LeaseResponse> & { readonly withKeys: boolean };
  Leases: Answer<Headed & { readonly leases: readonly { readonly ID: string }[] }>;
  Alarm: Answer<{ readonly header: Header | null; readonly alarms: readonly AlarmMember[] }>;
  MemberAdd: Answer<MembersResponse>;
  MemberRemove: Answer<MembersResponse> & { readonly id: string };
  MemberUpdate: Answer<MembersResponse> & { readonly id: string };
  MemberPromote: Answer<MembersResponse> & { readonly id: string };
  MemberList: Answer<MembersResponse>;
  EndpointHealth: readonly EndpointHealth[];
  EndpointStatus: readonly { readonly endpoint: string; readonly answer: Answer<StatusResponse> }[];
  EndpointHashKV: readonly { readonly endpoint: string; readonly answer: Answer<HashKvResponse> }[];
  MoveLeader: Answer<Headed> & { readonly leader: string; readonly target: string };
  DBStatus: DbStatus;
  RoleAdd: Answer<Headed> & { readonly role: string };
  RoleGet: Answer<Headed & { readonly perm: readonly Permission[] }> & { readonly role: string };
  RoleList: Answer<Headed & { readonly roles: readonly string[] }>;
  RoleDelete: Answer<Headed> & { readonly role: string };
  RoleGrantPermission: Answer<Headed> & { readonly role: string };
  RoleRevokePermission: Answer<Headed> & {
    readonly role: string;
    readonly key: string;
    readonly end: string;
  };
  UserAdd: Answer<Headed> & { readonly user: string };
  UserGet: Answer<Headed & { readonly roles: readonly string[] }> & { readonly user: string };
  UserList: Answer<Headed & { readonly users: readonly string[] }>;
  UserChangePassword: Answer<Headed>;
  UserGrantRole: Answer<Headed> & { readonly user: string; readonly role: string };
  UserRevokeRole: Answer<Headed> & { readonly user: string; readonly role: string };
  UserDelete: Answer<Headed> & { readonly user: string };
  AuthStatus: Answer<Headed & { readonly enabled: boolean; readonly authRevision: string }>;
}

export type ShownKind = keyof Shown;

/** What is written where. */
export interface Output {
  readonly stdout: string | Uint8Array;
  readonly stderr?: string;
}

/** Turns an answer into output; `undefined` for what this format does not know. */
export interface Printer {
  show<K extends ShownKind>(kind: K, shown: Shown[K]): Output | undefined;
}

/** Behaviour that differs between the versions of etcdctl that can be had. */
export type Version = '3.4' | '3.6';
