/**
 * Bytes as a JavaScript string: every char code is one byte, 0 to 255. Comparing two of them with `<` is
 * comparing bytes, ASCII text (most keys, all our JSON) is its own byte string without a copy, and the
 * engine stores it in one byte per char.
 */
export type ByteString = string;

const NOT_ASCII = /[^\x00-\x7f]/;

/** UTF-8 bytes of a text. Lone surrogates become U+FFFD, as in every UTF-8 encoder. */
export function utf8ToByteString(text: string): ByteString {
  if (!NOT_ASCII.test(text)) return text;
  const parts: string[] = [];
  for (const char of text) {
    let code = char.codePointAt(0) as number;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) parts.push(char);
    else if (code < 0x800) parts.push(String.fromCharCode(0xc0 | (code >> 6), trail(code)));
    else if (code < 0x10000)
      parts.push(String.fromCharCode(0xe0 | (code >> 12), trail(code >> 6), trail(code)));
    else {
      parts.push(String.fromCharCode(0xf0 | (code >> 18), trail(code >> 12), trail(code >> 6), trail(code)));
    }
  }
  return parts.join('');
}

/** The text of UTF-8 bytes; malformed sequences become U+FFFD, one per byte that cannot be used. */
export function byteStringToUtf8(bytes: ByteString): string {
  if (!NOT_ASCII.test(bytes)) return bytes;
  const parts: string[] = [];
  let index = 0;
  while (index < bytes.length) {
    const lead = bytes.charCodeAt(index);
    if (lead < 0x80) {
      parts.push(bytes[index] as string);
      index += 1;
      continue;
    }
    const length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
    const code = lead >= 0xf5 || length === 1 ? -1 : decode(bytes, index, length, lead);
    parts.push(code < 0 ? '\ufffd' : String.fromCodePoint(code));
    index += code < 0 ? 1 : length;
  }
  return parts.join('');
}

/** Copies bytes into a byte string. */
export function bytesToByteString(bytes: Uint8Array): ByteString {
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; from += 4096) {
    parts.push(String.fromCharCode(...bytes.subarray(from, from + 4096)));
  }
  return parts.join('');
}

/** Copies a byte string into bytes. */
export function byteStringToBytes(bytes: ByteString): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) copy[index] = bytes.charCodeAt(index);
  return copy;
}

function trail(code: number): number {
  return 0x80 | (code & 0x3f);
}

const SMALLEST = [0, 0, 0x80, 0x800, 0x10000];

/** The code point of a sequence, or -1 when it is cut, overlong, a surrogate or out of range. */
function decode(bytes: ByteString, index: number, length: number, lead: number): number {
  let code = lead & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset += 1) {
    const next = bytes.charCodeAt(index + offset);
    if ((next & 0xc0) !== 0x80) return -1; // also NaN, past the end
    code = (code << 6) | (next & 0x3f);
  }
  if (code < (SMALLEST[length] as number) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return -1;
  return code;
}
