import { quote } from '../kubectl/go-format.ts';

/** Go's strconv.ParseInt(text, base, 64) as decimal text. @throws Error with Go's text */
export function parseInt64(text: string, base: 10 | 16): string {
  return parse('ParseInt', text, base, -(2n ** 63n), 2n ** 63n - 1n);
}

/** Go's strconv.ParseUint(text, base, 64) as decimal text. @throws Error with Go's text */
export function parseUint64(text: string, base: 10 | 16): string {
  return parse('ParseUint', text, base, 0n, 2n ** 64n - 1n);
}

function parse(name: string, text: string, base: 10 | 16, least: bigint, most: bigint): string {
  const digits = (base === 16 ? /^([+-]?)([0-9a-fA-F]+)$/ : /^([+-]?)(\d+)$/).exec(text);
  if (digits === null || (least === 0n && digits[1] !== '')) {
    throw new Error(`strconv.${name}: parsing ${quote(text)}: invalid syntax`);
  }
  const size = BigInt(base === 16 ? `0x${digits[2]}` : (digits[2] as string));
  const value = digits[1] === '-' ? -size : size;
  if (value < least || value > most)
    throw new Error(`strconv.${name}: parsing ${quote(text)}: value out of range`);
  return value.toString();
}
