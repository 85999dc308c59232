/** An error as it crosses: the stack stays in the log of the side where it happened. */
export interface RpcFailure {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
}

/** Frames from the client (app) to the server (host). */
export type ClientFrame =
  | { readonly t: 'hello'; readonly contract: string }
  | { readonly t: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly t: 'open'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly t: 'up'; readonly id: number; readonly message: unknown }
  | { readonly t: 'cancel'; readonly id: number };

/** Frames from the server to the client. */
export type ServerFrame =
  | { readonly t: 'welcome'; readonly contract: string }
  | { readonly t: 'result'; readonly id: number; readonly output: unknown }
  | { readonly t: 'error'; readonly id: number; readonly error: RpcFailure }
  | { readonly t: 'item'; readonly id: number; readonly seq: number; readonly item: unknown }
  | { readonly t: 'down'; readonly id: number; readonly message: unknown }
  | { readonly t: 'end'; readonly id: number };

/** Terminal bytes travel outside JSON, in both directions. */
export interface BytesFrame {
  readonly t: 'bytes';
  readonly id: number;
  readonly bytes: Uint8Array;
}

export type Frame = ClientFrame | ServerFrame | BytesFrame;

/**
 * One WebSocket message: text is JSON; binary is a bytes frame, the stream's id as four bytes (big endian)
 * and then the bytes.
 */
export function encodeFrame(frame: Frame): string | Uint8Array<ArrayBuffer> {
  if (frame.t !== 'bytes') return JSON.stringify(frame);
  const packed = new Uint8Array(4 + frame.bytes.length);
  new DataView(packed.buffer).setUint32(0, frame.id);
  packed.set(frame.bytes, 4);
  return packed;
}

/** The reverse. @throws Error when it is no frame at all. */
export function decodeFrame(message: string | Uint8Array): Frame {
  if (typeof message !== 'string') {
    if (message.length < 4) throw new Error('binary frame is shorter than its header');
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    return { t: 'bytes', id: view.getUint32(0), bytes: message.subarray(4) };
  }
  const frame: unknown = JSON.parse(message);
  if (typeof frame !== 'object' || frame === null || typeof (frame as { t?: unknown }).t !== 'string') {
    throw new Error('frame has no type');
  }
  return frame as Frame;
}
