import type { Field, MessageType } from './schema.ts';
import { COMPARE_OPERANDS } from './schema.ts';

/** JSON that is no message of the wanted type. */
export class JsonMappingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonMappingError';
  }
}

type Json = Readonly<Record<string, unknown>>;

/**
 * A message as grpc-gateway shows it: names as in rpc.proto, bytes in base64, 64-bit integers as text, zeros left out.
 */
export function toJson(type: MessageType, message: object): Json {
  const json: Record<string, unknown> = {};
  for (const field of type.fields) {
    const value = (message as Json)[field.name];
    if (value === undefined || isZero(field, value)) continue;
    json[field.protoName] = field.repeated
      ? (value as readonly unknown[]).map((item) => valueToJson(field, item))
      : valueToJson(field, value);
  }
  return json;
}

function isZero(field: Field, value: unknown): boolean {
  if (field.repeated) return (value as readonly unknown[]).length === 0;
  switch (field.kind) {
    case 'message':
      return false;
    case 'blob':
      return (value as Uint8Array).length === 0;
    case 'enum':
      return (field.enumNumbers.get(value as string) ?? Number(value)) === 0;
    default:
      return value === '' || value === 0 || value === '0' || value === false;
  }
}

function valueToJson(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case 'message':
      return toJson(field.message as MessageType, value as object);
    case 'bytes':
      return Buffer.from(value as string, 'latin1').toString('base64');
    case 'blob':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'signed':
      return String(BigInt.asIntN(64, BigInt(value as string)));
    case 'number':
      return field.is32 ? value : String(value);
    default:
      return value;
  }
}

/** The message in a client's JSON, as etcd/client has it. Names of either spelling. @throws JsonMappingError */
export function fromJson(type: MessageType, json: unknown): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new JsonMappingError(`json: cannot unmarshal ${kindOf(json)} into Go value of type ${type.name}`);
  }
  const message: Record<string, unknown> = { ...type.defaults };
  for (const [name, value] of Object.entries(json)) {
    if (value === null) continue;
    const field = type.byJsonName.get(name);
    if (field === undefined) throw new JsonMappingError(`unknown field "${name}" in ${type.name}`);
    if (!field.repeated) {
      message[field.name] = valueFromJson(field, value);
      continue;
    }
    if (!Array.isArray(value)) throw cannot(field, value);
    message[field.name] = value.map((item) => valueFromJson(field, item));
  }
  if (type.name === 'Compare') {
    const operand = COMPARE_OPERANDS[message['target'] as string];
    if (operand !== undefined) message[operand[0]] ??= operand[1];
  }
  return message;
}

function valueFromJson(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case 'message':
      return fromJson(field.message as MessageType, value);
    case 'bytes':
      return base64(field, value).toString('latin1');
    case 'blob':
      return new Uint8Array(base64(field, value));
    case 'text':
      if (typeof value !== 'string') throw cannot(field, value);
      return value;
    case 'bool':
      if (typeof value !== 'boolean') throw cannot(field, value);
      return value;
    case 'enum':
      if (typeof value === 'number') return field.enumNames[value] ?? String(value);
      if (typeof value === 'string' && field.enumNumbers.has(value)) return value;
      throw new JsonMappingError(`unknown value "${String(value)}" for enum ${field.protoName}`);
    case 'number':
      return Number(integer(field, value));
    case 'id':
    case 'signed':
      return String(BigInt.asUintN(64, integer(field, value)));
  }
}

function base64(field: Field, value: unknown): Buffer {
  if (typeof value !== 'string') throw cannot(field, value);
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) {
    const at = value.search(/[^A-Za-z0-9+/_-]/);
    throw new JsonMappingError(`illegal base64 data at input byte ${at}`);
  }
  return Buffer.from(value, 'base64');
}

function integer(field: Field, value: unknown): bigint {
  // A JSON number of more than 53 bits has lost digits already; who means them sends text.
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw cannot(field, value);
}

function cannot(field: Field, value: unknown): JsonMappingError {
  const wanted = {
    bytes: '[]uint8',
    text: 'string',
    bool: 'bool',
    number: 'int64',
    signed: 'int64',
  } as const;
  const type = (wanted as Readonly<Record<string, string>>)[field.kind] ?? field.kind;
  return new JsonMappingError(`json: cannot unmarshal ${kindOf(value)} into Go value of type ${type}`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
