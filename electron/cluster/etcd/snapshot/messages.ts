import type { ByteString } from '../../../base/byte-string.ts';
import { bytesToByteString, byteStringToBytes } from '../../../base/byte-string.ts';
import { protobufBytes, protobufFields, protobufNumber } from '../../../base/protobuf/protobuf-reader.ts';
import { ProtobufWriter } from '../../../base/protobuf/protobuf-writer.ts';
import type { KeyValue } from '../client/interface.ts';
import type {
  SnapshotAlarm,
  SnapshotLease,
  SnapshotPermission,
  SnapshotRole,
  SnapshotUser,
} from './interface.ts';

// The protobuf messages that etcd's buckets hold: mvccpb.KeyValue, leasepb.Lease, authpb.User and Role, etcdserverpb.AlarmMember.

const ALARMS = ['NONE', 'NOSPACE', 'CORRUPT'] as const;
const PERMISSIONS = ['READ', 'WRITE', 'READWRITE'] as const;

export function encodeKeyValue(kv: KeyValue, tombstone: boolean): Uint8Array {
  const message = new ProtobufWriter().bytes(1, byteStringToBytes(kv.key));
  // Of a deletion etcd writes the key alone: its revision is the record's own.
  if (tombstone) return message.finish();
  return message
    .varint(2, kv.createRevision)
    .varint(3, kv.modRevision)
    .varint(4, kv.version)
    .bytes(5, byteStringToBytes(kv.value))
    .varint(6, kv.lease)
    .finish();
}

export function decodeKeyValue(bytes: Uint8Array): KeyValue {
  const kv = { key: '', value: '', createRevision: 0, modRevision: 0, version: 0, lease: '0' };
  for (const each of protobufFields(bytes)) {
    if (each.field === 1) kv.key = bytesToByteString(protobufBytes(each));
    else if (each.field === 2) kv.createRevision = Number(protobufNumber(each));
    else if (each.field === 3) kv.modRevision = Number(protobufNumber(each));
    else if (each.field === 4) kv.version = Number(protobufNumber(each));
    else if (each.field === 5) kv.value = bytesToByteString(protobufBytes(each));
    else if (each.field === 6) kv.lease = protobufNumber(each).toString();
  }
  return kv;
}

export function encodeLease(lease: SnapshotLease): Uint8Array {
  return new ProtobufWriter().varint(1, lease.id).varint(2, lease.ttl).varint(3, lease.remainingTtl).finish();
}

export function decodeLease(bytes: Uint8Array): SnapshotLease {
  const lease = { id: '0', ttl: 0, remainingTtl: 0 };
  for (const each of protobufFields(bytes)) {
    if (each.field === 1) lease.id = protobufNumber(each).toString();
    else if (each.field === 2) lease.ttl = Number(protobufNumber(each));
    else if (each.field === 3) lease.remainingTtl = Number(protobufNumber(each));
  }
  return lease;
}

export function encodeUser(user: SnapshotUser): Uint8Array {
  const message = new ProtobufWriter().string(1, user.name).bytes(2, byteStringToBytes(user.password));
  for (const role of user.roles) message.bytesAlways(3, new TextEncoder().encode(role));
  return message.message(4, (options) => options.bool(1, user.noPassword)).finish();
}

export function decodeUser(bytes: Uint8Array): SnapshotUser {
  const user = { name: '', password: '' as ByteString, roles: [] as string[], noPassword: false };
  for (const each of protobufFields(bytes)) {
    if (each.field === 1) user.name = text(protobufBytes(each));
    else if (each.field === 2) user.password = bytesToByteString(protobufBytes(each));
    else if (each.field === 3) user.roles.push(text(protobufBytes(each)));
    else if (each.field === 4) {
      for (const option of protobufFields(protobufBytes(each))) {
        if (option.field === 1) user.noPassword = protobufNumber(option) !== 0n;
      }
    }
  }
  return user;
}

export function encodeRole(role: SnapshotRole): Uint8Array {
  const message = new ProtobufWriter().string(1, role.name);
  for (const permission of role.keyPermission) {
    message.message(2, (inner) =>
      inner
        .varint(1, PERMISSIONS.indexOf(permission.permType))
        .bytes(2, byteStringToBytes(permission.key))
        .bytes(3, byteStringToBytes(permission.rangeEnd)),
    );
  }
  return message.finish();
}

export function decodeRole(bytes: Uint8Array): SnapshotRole {
  let name = '';
  const keyPermission: SnapshotPermission[] = [];
  for (const each of protobufFields(bytes)) {
    if (each.field === 1) name = text(protobufBytes(each));
    else if (each.field === 2) keyPermission.push(decodePermission(protobufBytes(each)));
  }
  return { name, keyPermission };
}

function decodePermission(bytes: Uint8Array): SnapshotPermission {
  let permType: SnapshotPermission['permType'] = 'READ';
  let key = '';
  let rangeEnd = '';
  for (const each of protobufFields(bytes)) {
    if (each.field === 1) permType = PERMISSIONS[Number(protobufNumber(each))] ?? 'READ';
    else if (each.field === 2) key = bytesToByteString(protobufBytes(each));
    else if (each.field === 3) rangeEnd = bytesToByteString(protobufBytes(each));
  }
  return { permType, key, rangeEnd };
}

export function encodeAlarm(alarm: SnapshotAlarm): Uint8Array {
  return new ProtobufWriter().varint(1, alarm.memberId).varint(2, ALARMS.indexOf(alarm.alarm)).finish();
}

/** Undefined for an alarm nobody knows. */
export function decodeAlarm(bytes: Uint8Array): SnapshotAlarm | undefined {
  let memberId = '0';
  let alarm: (typeof ALARMS)[number] | undefined = 'NONE';
  for (const each of protobufFields(bytes)) {
    if (each.field === 1) memberId = protobufNumber(each).toString();
    else if (each.field === 2) alarm = ALARMS[Number(protobufNumber(each))];
  }
  return alarm === undefined || alarm === 'NONE' ? undefined : { memberId, alarm };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
