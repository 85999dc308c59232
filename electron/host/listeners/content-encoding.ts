import { gzip } from 'node:zlib';

/** Bytes below which compressing costs more than it saves, and the fastest level: both as upstream. */
const THRESHOLD = 128 * 1024;
const LEVEL = 1;

/** Whether an answer goes out compressed. Models negotiateContentEncoding of responsewriters (v1.34). */
export function wantsGzip(accepted: string | undefined, bytes: Uint8Array): boolean {
  return (
    accepted !== undefined &&
    bytes.byteLength > THRESHOLD &&
    accepted.split(',').some((token) => token.trim() === 'gzip')
  );
}

/** Compresses in Node's thread pool; undefined when that failed: then it goes as it is. */
export function gzipped(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    gzip(bytes, { level: LEVEL }, (error, compressed) => resolve(error === null ? compressed : undefined));
  });
}
