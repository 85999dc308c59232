import protobuf from 'protobufjs';
import { partOf } from './part-of.ts';
import description from '../../../shared/etcd/generated/proto.json' with { type: 'json' };

/** A decoded message: 64-bit numbers are decimal text, enums their names, bytes are Buffers; nothing is missing but messages. */
export type Message = Record<string, unknown>;

const types = new Map<string, protobuf.Type>();

/**
 * A message type by its name, e.g. `etcdserverpb.RangeRequest`. What it consists of is put together when it is first asked for:
 * a command needs a few of the hundred, and starting is most of what it takes.
 */
export function messageType(name: string): protobuf.Type {
  let type = types.get(name);
  if (type === undefined) {
    type = protobuf.Root.fromJSON(partOf(description as protobuf.INamespace, name)).lookupType(name);
    types.set(name, type);
  }
  return type;
}

/** Zero, empty and false are left out, as Go does; so the size is the one Go's client would send. */
export function encodeMessage(type: protobuf.Type, message: Message): Buffer {
  return Buffer.from(type.encode(type.fromObject(withoutZeros(type, message))).finish());
}

export function decodeMessage(type: protobuf.Type, bytes: Uint8Array): Message {
  return type.toObject(type.decode(bytes), {
    longs: String,
    enums: String,
    bytes: Buffer,
    defaults: true,
    arrays: true,
  }) as Message;
}

/** Fields in the order Go's structs have them. */
export function fieldsOf(type: protobuf.Type): readonly protobuf.Field[] {
  return type.fieldsArray.map((field) => field.resolve()).sort((a, b) => a.id - b.id);
}

/** Whether gogo would leave the value out of JSON and of the wire. */
export function isZero(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === 0 ||
    value === '' ||
    value === '0' ||
    value === false ||
    (value instanceof Uint8Array && value.length === 0) ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** The number of an enum value given by name or number. */
export function enumNumber(field: protobuf.Field, value: unknown): number {
  if (typeof value === 'number') return value;
  const type = field.resolvedType;
  return type instanceof protobuf.Enum ? (type.values[String(value)] ?? 0) : 0;
}

function withoutZeros(type: protobuf.Type, message: Message): Message {
  const kept: Message = {};
  for (const field of fieldsOf(type)) {
    const value = message[field.name];
    const inner = field.resolvedType;
    if (isZero(value)) continue;
    if (inner instanceof protobuf.Enum && !field.repeated) {
      if (enumNumber(field, value) !== 0 || field.partOf) kept[field.name] = enumNumber(field, value);
    } else if (inner instanceof protobuf.Type) {
      kept[field.name] = Array.isArray(value)
        ? value.map((one) => withoutZeros(inner, one as Message))
        : withoutZeros(inner, value as Message);
    } else kept[field.name] = value;
  }
  return kept;
}
