import { ConnectionError, ErrorCode } from './errors.ts';

/** Frame types and flags of RFC 9113, section 6. */
export const FrameType = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

export const Flag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export const Setting = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const;

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
export const FRAME_HEADER = 9;
/** What we take; the smallest that the standard allows to ask for. */
export const MAX_FRAME = 16_384;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Lent: valid until the handler returns. */
  readonly payload: Buffer;
}

/** Cuts a byte stream into frames, whatever pieces it comes in. */
export class FrameReader {
  #rest: Buffer | undefined;

  /** @throws ConnectionError for a frame that is too long; what `handle` throws goes through. */
  read(chunk: Buffer, handle: (frame: Frame) => void): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER) {
      const length = bytes.readUIntBE(at, 3);
      if (length > MAX_FRAME)
        throw new ConnectionError(ErrorCode.frameSizeError, `a frame of ${length} bytes`);
      const end = at + FRAME_HEADER + length;
      if (end > bytes.length) break;
      handle({
        type: bytes[at + 3] as number,
        flags: bytes[at + 4] as number,
        stream: bytes.readUInt32BE(at + 5) & 0x7fff_ffff,
        payload: bytes.subarray(at + FRAME_HEADER, end),
      });
      at = end;
    }
    // Not a view: it would keep the whole piece alive.
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at));
  }
}

/** The nine bytes before a payload. */
export function frameHeader(length: number, type: number, flags: number, stream: number): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER);
  header.writeUIntBE(length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return header;
}

export function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  return Buffer.concat([frameHeader(payload.length, type, flags, stream), payload]);
}

/** A payload of 32-bit numbers. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
}

/** What stands between padding, if there is any. @throws ConnectionError */
export function unpadded({ flags, payload }: Frame): Buffer {
  if ((flags & Flag.padded) === 0) return payload;
  const padding = payload[0] ?? 0;
  if (padding >= payload.length)
    throw new ConnectionError(ErrorCode.protocolError, 'more padding than frame');
  return payload.subarray(1, payload.length - padding);
}
