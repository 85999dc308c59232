import type { Field, MessageType } from './schema.ts';

const TWO_32 = 0x1_0000_0000;
const SMALLEST = 64 * 1024;

/**
 * Messages are written from their end to their beginning: a length is known when it is its turn, so there is one
 * pass and no copying of nested messages. One buffer serves all calls.
 */
let buffer = Buffer.allocUnsafeSlow(SMALLEST);
let at = buffer.length;

function reserve(bytes: number): void {
  if (at >= bytes) return;
  const used = buffer.length - at;
  const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, used + bytes + SMALLEST));
  buffer.copy(larger, larger.length - used, at);
  at = larger.length - used;
  buffer = larger;
}

function writeVarint(value: number): void {
  reserve(10);
  if (value < 0 || value >= 0x8000_0000) {
    writeLargeVarint(value);
    return;
  }
  let size = 1;
  for (let rest = value >>> 7; rest !== 0; rest >>>= 7) size += 1;
  at -= size;
  let position = at;
  let rest = value;
  while (rest > 0x7f) {
    buffer[position++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[position] = rest;
}

function writeLargeVarint(value: number): void {
  if (value < 0) {
    writeBigVarint(BigInt.asUintN(64, BigInt(value)));
    return;
  }
  const groups: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    groups.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  groups.push(rest);
  for (let index = groups.length - 1; index >= 0; index -= 1) buffer[--at] = groups[index] as number;
}

function writeBigVarint(value: bigint): void {
  if (value < BigInt(TWO_32)) {
    writeVarint(Number(value));
    return;
  }
  reserve(10);
  const groups: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    groups.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  groups.push(Number(rest));
  for (let index = groups.length - 1; index >= 0; index -= 1) buffer[--at] = groups[index] as number;
}

function writeTag(field: Field, wire: number): void {
  writeVarint((field.number << 3) | wire);
}

function writeLatin1(value: string): void {
  reserve(value.length);
  at -= value.length;
  buffer.write(value, at, value.length, 'latin1');
}

function writeUtf8(value: string): void {
  const length = Buffer.byteLength(value, 'utf8');
  reserve(length);
  at -= length;
  buffer.write(value, at, length, 'utf8');
}

/** False when the value is the type's zero, which does not travel outside of lists. */
function writeValue(field: Field, value: unknown, inList: boolean): void {
  switch (field.kind) {
    case 'bytes':
    case 'text':
    case 'blob': {
      const { length } = value as string | Uint8Array;
      if (length === 0 && !inList) return;
      const end = at;
      const before = buffer.length - end;
      if (field.kind === 'bytes') writeLatin1(value as string);
      else if (field.kind === 'text') writeUtf8(value as string);
      else {
        reserve(length);
        at -= length;
        buffer.set(value as Uint8Array, at);
      }
      writeVarint(buffer.length - at - before);
      writeTag(field, 2);
      return;
    }
    case 'message': {
      const before = buffer.length - at;
      writeMessage(field.message as MessageType, value as Readonly<Record<string, unknown>>);
      writeVarint(buffer.length - at - before);
      writeTag(field, 2);
      return;
    }
    case 'bool':
      if (value === true || inList) {
        writeVarint(value === true ? 1 : 0);
        writeTag(field, 0);
      }
      return;
    case 'enum': {
      const number = field.enumNumbers.get(value as string) ?? Number(value);
      if (number === 0 && !inList) return;
      writeVarint(number);
      writeTag(field, 0);
      return;
    }
    case 'id':
    case 'signed':
      if (value === '0' && !inList) return;
      writeBigVarint(BigInt.asUintN(64, BigInt(value as string)));
      writeTag(field, 0);
      return;
    case 'number':
      if (value === 0 && !inList) return;
      writeVarint(value as number);
      writeTag(field, 0);
      return;
  }
}

function writeMessage(type: MessageType, message: Readonly<Record<string, unknown>>): void {
  const { fields } = type;
  for (let index = fields.length - 1; index >= 0; index -= 1) {
    const field = fields[index] as Field;
    const value = message[field.name];
    if (value === undefined) continue;
    if (!field.repeated) {
      writeValue(field, value, false);
      continue;
    }
    const list = value as readonly unknown[];
    // Not packed: upstream's decoder takes both, and only filters of a watch could be.
    for (let item = list.length - 1; item >= 0; item -= 1) writeValue(field, list[item], true);
  }
}

/** The bytes of a message; absent fields and zeros do not travel. `headroom` bytes are left free before it. */
export function encodeMessage(type: MessageType, message: object, headroom = 0): Buffer {
  at = buffer.length;
  writeMessage(type, message as Readonly<Record<string, unknown>>);
  const size = buffer.length - at;
  const bytes = Buffer.allocUnsafe(headroom + size);
  buffer.copy(bytes, headroom, at);
  if (buffer.length > 4 * 1024 * 1024) buffer = Buffer.allocUnsafeSlow(SMALLEST);
  return bytes;
}
