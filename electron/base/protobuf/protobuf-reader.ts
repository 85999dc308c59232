/** One field as it is on the wire: a number (varint, fixed) or bytes (string, bytes, message). */
export interface ProtobufField {
  readonly field: number;
  readonly value: bigint | Uint8Array;
}

/** Bytes that are no protobuf message, or not the one expected. */
export class ProtobufError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtobufError';
  }
}

/** The fields of a message in the order they are written; bytes are views. @throws ProtobufError */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new ProtobufError('unexpected EOF');
      at += 1;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('proto: integer overflow');
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new ProtobufError('unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Number(tag >> 3n);
    if (field === 0) throw new ProtobufError('proto: illegal tag 0');
    const wire = Number(tag & 7n);
    if (wire === 0) yield { field, value: varint() };
    else if (wire === 1 || wire === 5) yield { field, value: little(take(wire === 1 ? 8 : 4)) };
    else if (wire === 2) {
      const length = varint();
      if (length > BigInt(bytes.length)) throw new ProtobufError('unexpected EOF');
      yield { field, value: take(Number(length)) };
    } else throw new ProtobufError(`proto: illegal wireType ${wire}`);
  }
}

function little(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** A field's number as unsigned 64 bits. @throws ProtobufError when it is bytes */
export function protobufNumber({ field, value }: ProtobufField): bigint {
  if (typeof value !== 'bigint') throw new ProtobufError(`proto: wrong wireType = 2 for field ${field}`);
  return value;
}

/** A field's bytes. @throws ProtobufError when it is a number */
export function protobufBytes({ field, value }: ProtobufField): Uint8Array {
  if (typeof value === 'bigint') throw new ProtobufError(`proto: wrong wireType = 0 for field ${field}`);
  return value;
}
