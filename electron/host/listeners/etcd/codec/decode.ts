import type { Field, MessageType } from './schema.ts';
import { COMPARE_OPERANDS } from './schema.ts';

/** Bytes that are no message of the wanted type, in the words of Go's generated code. */
export class ProtoError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtoError';
  }
}

/** Nested deeper than this is hostile; the deepest real thing is a txn in a txn. */
const MAX_DEPTH = 100;
const TWO_32 = 0x1_0000_0000;

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** A varint's low and high 32 bits are left here: a pair without an object. */
let low = 0;
let high = 0;

function readVarint(cursor: Cursor, end: number): void {
  const { bytes } = cursor;
  low = 0;
  high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (cursor.at >= end) throw new ProtoError('unexpected EOF');
    const byte = bytes[cursor.at++] as number;
    const bits = byte & 0x7f;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high |= bits >> 4;
    } else high |= bits << (shift - 32);
    if (byte < 0x80) {
      low >>>= 0;
      high >>>= 0;
      return;
    }
  }
  throw new ProtoError('proto: integer overflow');
}

function asNumber(): number {
  if (high >= 0x8000_0000) return Number(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)));
  return high * TWO_32 + low;
}

function asId(): string {
  return high === 0 ? String(low) : String((BigInt(high) << 32n) | BigInt(low));
}

/**
 * The message in `bytes`, as etcd/client has it: fields that did not travel are absent unless its type requires
 * them; unknown fields are skipped. @throws ProtoError
 */
export function decodeMessage(type: MessageType, bytes: Buffer): Record<string, unknown> {
  return decode(type, { bytes, at: 0 }, bytes.length, 0);
}

function decode(type: MessageType, cursor: Cursor, end: number, depth: number): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw new ProtoError('proto: message is nested too deeply');
  const message: Record<string, unknown> = { ...type.defaults };
  while (cursor.at < end) {
    readVarint(cursor, end);
    const wire = low & 7;
    const number = (low >>> 3) + (high & 7) * 0x2000_0000;
    if (wire === 4) throw new ProtoError(`proto: ${type.name}: wiretype end group for non-group`);
    if (number <= 0) throw new ProtoError(`proto: ${type.name}: illegal tag ${number} (wire type ${low})`);
    const field = type.byNumber.get(number);
    if (field === undefined) skip(cursor, end, wire, 0);
    else if (field.repeated) readRepeated(field, message, cursor, end, wire, depth);
    else message[field.name] = readValue(field, cursor, end, wire, depth);
  }
  if (type.name === 'Compare') completeCompare(message);
  return message;
}

function readRepeated(
  field: Field,
  message: Record<string, unknown>,
  cursor: Cursor,
  end: number,
  wire: number,
  depth: number,
): void {
  const { name, kind } = field;
  const known = message[name] as unknown[] | undefined;
  // The default is shared by all messages of the type.
  const list = known === undefined || known.length === 0 ? [] : known;
  message[name] = list;
  const isPacked = wire === 2 && (kind === 'enum' || kind === 'number' || kind === 'bool');
  if (!isPacked) {
    list.push(readValue(field, cursor, end, wire, depth));
    return;
  }
  const last = readLength(cursor, end);
  while (cursor.at < last) list.push(readValue(field, cursor, last, 0, depth));
}

function readLength(cursor: Cursor, end: number): number {
  readVarint(cursor, end);
  if (high !== 0 || low >= 0x8000_0000)
    throw new ProtoError('proto: negative length found during unmarshaling');
  const last = cursor.at + low;
  if (last > end) throw new ProtoError('unexpected EOF');
  return last;
}

function readValue(field: Field, cursor: Cursor, end: number, wire: number, depth: number): unknown {
  const { kind } = field;
  const isSlice = kind === 'bytes' || kind === 'text' || kind === 'blob' || kind === 'message';
  if (wire !== (isSlice ? 2 : 0)) {
    throw new ProtoError(`proto: wrong wireType = ${wire} for field ${goName(field.protoName)}`);
  }
  if (isSlice) {
    const last = readLength(cursor, end);
    const from = cursor.at;
    if (kind === 'message') return decode(field.message as MessageType, cursor, last, depth + 1);
    cursor.at = last;
    if (kind === 'bytes') return cursor.bytes.toString('latin1', from, last);
    if (kind === 'text') return cursor.bytes.toString('utf8', from, last);
    return new Uint8Array(cursor.bytes.subarray(from, last));
  }
  readVarint(cursor, end);
  switch (kind) {
    case 'bool':
      return low !== 0 || high !== 0;
    case 'enum':
      // Enums are open: a number without a name travels on as itself, and validation refuses it.
      return field.enumNames[low] ?? String(low | 0);
    case 'id':
    case 'signed':
      return asId();
    default:
      return asNumber();
  }
}

function skip(cursor: Cursor, end: number, wire: number, depth: number): void {
  if (depth > MAX_DEPTH) throw new ProtoError('proto: message is nested too deeply');
  switch (wire) {
    case 0:
      readVarint(cursor, end);
      return;
    case 1:
      cursor.at += 8;
      break;
    case 2:
      cursor.at = readLength(cursor, end);
      break;
    case 3:
      for (;;) {
        readVarint(cursor, end);
        const inner = low & 7;
        if (inner === 4) return;
        skip(cursor, end, inner, depth + 1);
      }
    case 5:
      cursor.at += 4;
      break;
    default:
      throw new ProtoError(`proto: illegal wireType ${wire}`);
  }
  if (cursor.at > end) throw new ProtoError('unexpected EOF');
}

/** The operand of a comparison with zero does not travel. */
function completeCompare(message: Record<string, unknown>): void {
  const operand = COMPARE_OPERANDS[message['target'] as string];
  if (operand !== undefined) message[operand[0]] ??= operand[1];
}

/** `range_end` → `RangeEnd`, as in Go's structs. */
function goName(protoName: string): string {
  return protoName
    .split('_')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
}
