/** Bytes as a text of one Latin-1 character each: immutable, comparable, readable where it is ASCII. */
export function bytesToLatin1(bytes: Uint8Array): string {
  let text = '';
  // In pieces: an argument list has a limit.
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

export function latin1ToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

const encoder = new TextEncoder();

/** UTF-8 bytes of a text, as Latin-1. */
export function utf8Encode(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : bytesToLatin1(encoder.encode(text));
}

/** A text of Latin-1 bytes that are UTF-8; what is not becomes U+FFFD. */
export function utf8Decode(bytes: string): string {
  return /^[\x00-\x7f]*$/.test(bytes) ? bytes : new TextDecoder().decode(latin1ToBytes(bytes));
}
