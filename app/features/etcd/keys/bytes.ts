/** Bytes from the host: each character is one byte, 0 to 255. */
export type Bytes = string;

const PLAIN = /^[\t\n\r\x20-\x7e]*$/;
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

function toArray(bytes: Bytes): Uint8Array {
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
}

/** The text that UTF-8 bytes stand for; undefined when they are no text. `cut`: the end may be missing. */
export function textOf(bytes: Bytes, cut = false): string | undefined {
  if (PLAIN.test(bytes)) return bytes;
  if (CONTROL.test(bytes)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(toArray(bytes), { stream: cut });
  } catch {
    return undefined;
  }
}

/** UTF-8 bytes of what somebody typed. */
export function bytesOf(text: string): Bytes {
  if (PLAIN.test(text)) return text;
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

/** A key for people: its text, or its bytes with those that are no text as `\x00`. */
export function keyText(key: Bytes): string {
  return (
    textOf(key) ??
    Array.from(key, (character) =>
      PLAIN.test(character) ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    ).join('')
  );
}

export interface ValueText {
  readonly form: 'json' | 'text' | 'binary' | 'empty';
  /** Pretty-printed JSON, the text, or a hex dump. */
  readonly text: string;
}

/** So many bytes of a binary value are dumped. */
const DUMPED = 4096;

/** A value as it can be read. `cut`: the host sent only its beginning. */
export function readValue(value: Bytes, cut: boolean): ValueText {
  if (value === '') return { form: 'empty', text: '' };
  const text = textOf(value, cut);
  if (text === undefined) return { form: 'binary', text: hexDump(value.slice(0, DUMPED)) };
  if (!cut && /^\s*[[{]/.test(text)) {
    try {
      return { form: 'json', text: JSON.stringify(JSON.parse(text), undefined, 2) };
    } catch {
      return { form: 'text', text };
    }
  }
  return { form: 'text', text };
}

/** Sixteen bytes a line: offset, hexadecimal, characters; as `hexdump -C`. */
export function hexDump(bytes: Bytes): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.slice(at, at + 16);
    const hex = Array.from(part, (one) => one.charCodeAt(0).toString(16).padStart(2, '0'));
    const left = hex.slice(0, 8).join(' ');
    const right = hex.slice(8).join(' ');
    const shown = part.replaceAll(/[^\x20-\x7e]/g, '.');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${left.padEnd(23)}  ${right.padEnd(23)}  |${shown}|`);
  }
  return lines.join('\n');
}
