import { isIPv4, isIPv6 } from '../validation/names.ts';

/** An address as a number of 32 or 128 bits. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

export const WIDTH: Readonly<Record<4 | 6, number>> = { 4: 32, 6: 128 };

/** Undefined for what is no address: a zone, an IPv4 address in IPv6 notation and a leading zero count as none. */
export function parseIp(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { family: 4, bits: fromGroups(text.split('.'), 8n, 10) };
  if (!isIPv6(text) || text.includes('.')) return undefined;
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const bits = fromGroups(tail === undefined ? first : [...first, ...zeros, ...last], 16n, 16);
  return bits >> 32n === 0xffffn ? undefined : { family: 6, bits };
}

function fromGroups(groups: readonly string[], width: bigint, radix: number): bigint {
  return groups.reduce((bits, group) => (bits << width) | BigInt(parseInt(group, radix)), 0n);
}

/** The canonical text: lower case, the longest run of zeros left out (RFC 5952). */
export function formatIp({ family, bits }: IpAddress): string {
  const group = (index: number, width: bigint): bigint =>
    (bits >> (BigInt(index) * width)) & ((1n << width) - 1n);
  if (family === 4) return [3, 2, 1, 0].map((index) => String(group(index, 8n))).join('.');
  const groups = [7, 6, 5, 4, 3, 2, 1, 0].map((index) => group(index, 16n).toString(16));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (groups[at + length] === '0') length += 1;
    if (length > best.length) best = { at, length };
  }
  if (best.at < 0) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

/** The address with all bits behind a prefix cleared. */
export function maskIp({ family, bits }: IpAddress, prefix: number): IpAddress {
  const rest = BigInt(WIDTH[family] - prefix);
  return { family, bits: (bits >> rest) << rest };
}
