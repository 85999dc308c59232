import { byteStringToBytes, bytesToByteString } from './byte-string.ts';

const WIDE = /[^\x00-\xff]/;

/**
 * The bytes of a simulated file. Files are text there; one with a NUL and nothing above U+00FF holds bytes, one a
 * char (a database, a snapshot), any other is text and its bytes are UTF-8.
 */
export function fileToBytes(content: string): Uint8Array {
  return content.includes('\0') && !WIDE.test(content)
    ? byteStringToBytes(content)
    : new TextEncoder().encode(content);
}

/** What a simulated file holds for these bytes: text where they are UTF-8 without NUL, else a char for each byte. */
export function bytesToFile(bytes: Uint8Array): string {
  if (bytes.includes(0)) return bytesToByteString(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // No UTF-8, and no NUL to mark it: kept, though read back as text.
    return bytesToByteString(bytes);
  }
}
