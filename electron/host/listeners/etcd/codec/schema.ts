import proto from '../../../../shared/etcd/generated/proto.json' with { type: 'json' };

/**
 * How a value travels and what it is here. `bytes` is a byte string, `text` UTF-8 text, `number` a 64-bit integer that
 * stays below 2^53, `id` 64 bits as decimal text, `signed` an id that is int64 upstream (JSON shows it signed).
 */
export type FieldKind = 'bytes' | 'text' | 'blob' | 'bool' | 'number' | 'id' | 'signed' | 'enum' | 'message';

export interface Field {
  readonly number: number;
  /** As in rpc.proto, e.g. `range_end`. */
  readonly protoName: string;
  /** As in etcd/client, e.g. `rangeEnd`. */
  readonly name: string;
  readonly kind: FieldKind;
  readonly repeated: boolean;
  /** A `number` of 32 bits: JSON shows it as a number. */
  readonly is32: boolean;
  /** Names by number, and back; for enums. */
  readonly enumNames: readonly string[];
  readonly enumNumbers: ReadonlyMap<string, number>;
  /** For messages. */
  readonly message: MessageType | undefined;
}

export interface MessageType {
  readonly name: string;
  /** By ascending number. */
  readonly fields: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
  /** By `range_end` as well as by `rangeEnd`. */
  readonly byJsonName: ReadonlyMap<string, Field>;
  /** What a decoded value has also when it did not travel, as etcd/client's types want it. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

export interface MethodType {
  /** `/etcdserverpb.KV/Put` */
  readonly path: string;
  /** `Put` */
  readonly name: string;
  readonly request: MessageType;
  readonly response: MessageType;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

interface JsonField {
  readonly type: string;
  readonly id: number;
  readonly rule?: string;
}
interface JsonEntry {
  readonly fields?: Readonly<Record<string, JsonField>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly nested?: Readonly<Record<string, JsonEntry>>;
  readonly methods?: Readonly<
    Record<
      string,
      {
        readonly requestType: string;
        readonly responseType: string;
        readonly requestStream?: boolean;
        readonly responseStream?: boolean;
      }
    >
  >;
}

const ROOT = (proto as { readonly nested: Readonly<Record<string, JsonEntry>> }).nested;

/** Acronyms are words in our names. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  ID: 'id',
  TTL: 'ttl',
  grantedTTL: 'grantedTtl',
  memberID: 'memberId',
  targetID: 'targetId',
  peerURLs: 'peerUrls',
  clientURLs: 'clientUrls',
};
/** 64-bit fields that use all their bits. */
const IDS = new Set(['cluster_id', 'member_id', 'memberID', 'targetID', 'ID', 'leader', 'lease']);
/** Bytes upstream, names of people and roles: text in etcd/client. */
const TEXT_BYTES = new Set(['authpb.Role.name', 'authpb.User.name', 'authpb.User.password']);
const BLOBS = new Set(['etcdserverpb.SnapshotResponse.blob']);

/** Fields of requests that etcd/client's types require. */
const REQUIRED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  RangeRequest: { key: '' },
  PutRequest: { key: '', value: '' },
  DeleteRangeRequest: { key: '' },
  TxnRequest: { compare: [], success: [], failure: [] },
  Compare: { result: 'EQUAL', target: 'VERSION', key: '' },
  CompactionRequest: { revision: 0 },
  WatchCreateRequest: { key: '' },
  WatchCancelRequest: { watchId: 0 },
  LeaseGrantRequest: { ttl: 0 },
  LeaseRevokeRequest: { id: '0' },
  LeaseKeepAliveRequest: { id: '0' },
  LeaseTimeToLiveRequest: { id: '0' },
  MemberAddRequest: { peerUrls: [] },
  MemberRemoveRequest: { id: '0' },
  MemberUpdateRequest: { id: '0', peerUrls: [] },
  MemberPromoteRequest: { id: '0' },
  AlarmRequest: { action: 'GET', memberId: '0', alarm: 'NONE' },
  HashKVRequest: { revision: 0 },
  MoveLeaderRequest: { targetId: '0' },
  DowngradeRequest: { action: 'VALIDATE', version: '' },
  AuthenticateRequest: { name: '', password: '' },
  UserAddOptions: { noPassword: false },
  AuthUserAddRequest: { name: '', password: '' },
  AuthUserGetRequest: { name: '' },
  AuthUserDeleteRequest: { name: '' },
  AuthUserChangePasswordRequest: { name: '', password: '' },
  AuthUserGrantRoleRequest: { user: '', role: '' },
  AuthUserRevokeRoleRequest: { name: '', role: '' },
  AuthRoleAddRequest: { name: '' },
  AuthRoleGetRequest: { role: '' },
  AuthRoleDeleteRequest: { role: '' },
  AuthRoleGrantPermissionRequest: { name: '' },
  AuthRoleRevokePermissionRequest: { role: '', key: '' },
  Permission: { permType: 'READ', key: '' },
  LockRequest: { name: '', lease: '0' },
  UnlockRequest: { key: '' },
  CampaignRequest: { name: '', lease: '0', value: '' },
  LeaderKey: { name: '', key: '', rev: 0, lease: '0' },
  LeaderRequest: { name: '' },
  ProclaimRequest: { value: '' },
};
/** The operand that goes with a Compare's target, when it is zero and did not travel. */
export const COMPARE_OPERANDS: Readonly<Record<string, readonly [string, unknown]>> = {
  VERSION: ['version', 0],
  CREATE: ['createRevision', 0],
  MOD: ['modRevision', 0],
  VALUE: ['value', ''],
  LEASE: ['lease', '0'],
};

function ownName(protoName: string): string {
  return (
    OWN_NAMES[protoName] ?? protoName.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
  );
}

const types = new Map<string, MessageType>();

function kindOf(full: string, protoName: string, type: string): FieldKind {
  switch (type) {
    case 'bytes':
      return BLOBS.has(full) ? 'blob' : TEXT_BYTES.has(full) ? 'text' : 'bytes';
    case 'string':
      return 'text';
    case 'bool':
      return 'bool';
    case 'int64':
      return IDS.has(protoName) ? 'signed' : 'number';
    case 'uint64':
      return IDS.has(protoName) ? 'id' : 'number';
    default:
      return 'number';
  }
}

/** The message of a full name, e.g. `etcdserverpb.PutRequest`. */
export function messageType(full: string): MessageType {
  const known = types.get(full);
  if (known !== undefined) return known;
  const [pkg = '', ...path] = full.split('.');
  let entry: JsonEntry | undefined = ROOT[pkg];
  for (const part of path) entry = entry?.nested?.[part];
  if (entry === undefined) throw new Error(`etcd's API has no message ${full}`);
  const fields: Field[] = [];
  const byNumber = new Map<number, Field>();
  const byJsonName = new Map<string, Field>();
  const name = path.at(-1) ?? '';
  const type: MessageType = { name, fields, byNumber, byJsonName, defaults: REQUIRED[name] ?? {} };
  // Before its fields: messages refer to themselves.
  types.set(full, type);
  for (const [protoName, json] of Object.entries(entry.fields ?? {})) {
    const field = buildField(pkg, full, entry, protoName, json);
    fields.push(field);
    byNumber.set(field.number, field);
    byJsonName.set(protoName, field);
    byJsonName.set(ownName(protoName), field);
    // protobuf's own camel case, which leaves acronyms alone.
    byJsonName.set(
      protoName.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
      field,
    );
  }
  fields.sort((a, b) => a.number - b.number);
  return type;
}

function buildField(
  pkg: string,
  owner: string,
  entry: JsonEntry,
  protoName: string,
  { type, id, rule }: JsonField,
): Field {
  const base = {
    number: id,
    protoName,
    name: ownName(protoName),
    repeated: rule === 'repeated',
    is32: /32$/.test(type),
  };
  const none = { enumNames: [], enumNumbers: new Map<string, number>(), message: undefined };
  if (/^[a-z0-9]+$/.test(type))
    return { ...base, ...none, kind: kindOf(`${owner}.${protoName}`, protoName, type) };
  const nested = entry.nested?.[type];
  const full = nested !== undefined ? `${owner}.${type}` : type.includes('.') ? type : `${pkg}.${type}`;
  const values = nested?.values ?? lookUp(full)?.values;
  if (values === undefined) return { ...base, ...none, kind: 'message', message: messageType(full) };
  const enumNames: string[] = [];
  for (const [key, value] of Object.entries(values)) enumNames[value] = key;
  return {
    ...base,
    kind: 'enum',
    enumNames,
    enumNumbers: new Map(Object.entries(values)),
    message: undefined,
  };
}

function lookUp(full: string): JsonEntry | undefined {
  const [pkg = '', ...path] = full.split('.');
  return path.reduce<JsonEntry | undefined>((entry, part) => entry?.nested?.[part], ROOT[pkg]);
}

function buildMethods(): ReadonlyMap<string, MethodType> {
  const methods = new Map<string, MethodType>();
  for (const [pkg, { nested = {} }] of Object.entries(ROOT)) {
    const full = (type: string): string => (type.includes('.') ? type : `${pkg}.${type}`);
    for (const [service, entry] of Object.entries(nested)) {
      for (const [name, method] of Object.entries(entry.methods ?? {})) {
        const path = `/${pkg}.${service}/${name}`;
        methods.set(path, {
          path,
          name,
          request: messageType(full(method.requestType)),
          response: messageType(full(method.responseType)),
          requestStream: method.requestStream === true,
          responseStream: method.responseStream === true,
        });
      }
    }
  }
  return methods;
}

/** Every method of every service, by path. */
export const METHODS: ReadonlyMap<string, MethodType> = buildMethods();
