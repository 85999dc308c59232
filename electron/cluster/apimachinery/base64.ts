const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Standard base64 with padding, of bytes or of a text's UTF-8. */
export function encodeBase64(source: Uint8Array | string): string {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const group = ((bytes[index] as number) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    text += (ALPHABET[group >> 18] as string) + (ALPHABET[(group >> 12) & 63] as string);
    text += left > 1 ? (ALPHABET[(group >> 6) & 63] as string) : '=';
    text += left > 2 ? (ALPHABET[group & 63] as string) : '=';
  }
  return text;
}

/** Bytes of a standard base64 text; line breaks are skipped and anything else unknown ends it. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(base64Length(text));
  let bits = 0;
  let held = 0;
  let position = 0;
  for (const char of text) {
    if (char === '\n' || char === '\r') continue;
    const value = ALPHABET.indexOf(char);
    if (value < 0) break;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[position] = (held >> bits) & 0xff;
      position += 1;
    }
  }
  return bytes;
}

/** How many bytes a base64 text stands for. */
export function base64Length(text: string): number {
  const plain = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, '') : text;
  const padding = plain.endsWith('==') ? 2 : plain.endsWith('=') ? 1 : 0;
  return Math.floor((plain.length * 3) / 4) - padding;
}
