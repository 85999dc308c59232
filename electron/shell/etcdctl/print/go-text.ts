const short: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

/** Go's `%q` of bytes: valid and printable UTF-8 as it is, the rest escaped. */
export function goQuote(bytes: Uint8Array | string): string {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes);
  let out = '"';
  for (let at = 0; at < all.length;) {
    const [char, size] = rune(all, at);
    at += size;
    const code = char.codePointAt(0) as number;
    if (char === '') out += `\\x${hex(all[at - 1] as number, 2)}`;
    else if (short[code] !== undefined) out += short[code];
    else if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char)) out += char;
    else if (code < 0x20 || code === 0x7f) out += `\\x${hex(code, 2)}`;
    else if (code < 0x10000) out += `\\u${hex(code, 4)}`;
    else out += `\\U${hex(code, 8)}`;
  }
  return `${out}"`;
}

/** The character at a place and its bytes; `''` and 1 where the bytes are no UTF-8. */
function rune(bytes: Buffer, at: number): [string, number] {
  const lead = bytes[at] as number;
  const size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (size === 0 || at + size > bytes.length) return ['', 1];
  const part = bytes.subarray(at, at + size);
  const text = part.toString('utf8');
  return Buffer.from(text).equals(part) && [...text].length === 1 ? [text, size] : ['', 1];
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}

/** Go's `%x` of a 64-bit id given as decimal text, without leading zeros. */
export function hexId(id: string): string {
  return BigInt.asUintN(64, BigInt(id)).toString(16);
}

/** Go's `%016x` of a lease. */
export function leaseId(id: string): string {
  return hexId(id).padStart(16, '0');
}

/** go-humanize's Bytes: powers of 1000, two digits. */
export function humanBytes(size: number): string {
  if (size < 10) return `${size} B`;
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const power = Math.min(Math.floor(Math.log10(size) / 3 + 1e-12), units.length - 1);
  const value = Math.floor((size / 1000 ** power) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : String(halfToEven(value))} ${units[power]}`;
}

/** As Go's %.0f: 20.5 is 20. */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}

/** Go's Duration.String(): `1.196435ms`, `2.5s`, `1m3s`. */
export function goDuration(milliseconds: number): string {
  const ns = Math.round(milliseconds * 1e6);
  if (ns === 0) return '0s';
  const trim = (value: number, digits: number): string => value.toFixed(digits).replace(/\.?0+$/, '');
  if (ns < 1e3) return `${ns}ns`;
  if (ns < 1e6) return `${trim(ns / 1e3, 3)}µs`;
  if (ns < 1e9) return `${trim(ns / 1e6, 6)}ms`;
  const minutes = Math.floor(ns / 6e10);
  const seconds = `${trim((ns - minutes * 6e10) / 1e9, 9)}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

/** `\x66\x6f` for `--hex`. */
export function hexBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').replace(/../g, '\\x$&');
}
