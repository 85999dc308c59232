import { ipv4Text, parseIpv4 } from './ipv4.ts';

/** A range of addresses: `base` has no bit set beyond `bits`. */
export interface Cidr {
  readonly base: number;
  /** 0 to 32. */
  readonly bits: number;
}

/** The mask of a prefix length, as a number in [0, 2^32). */
export function maskOf(bits: number): number {
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
}

/** The range of so many bits in which an address is. */
export function cidrOf(ip: number, bits: number): Cidr {
  return { base: (ip & maskOf(bits)) >>> 0, bits };
}

export const ANYWHERE: Cidr = { base: 0, bits: 0 };

/** Address and prefix length of `10.0.0.5/24` (`ip` keeps its host bits; a bare address has 32); undefined for no IPv4 CIDR. */
export function parsePrefix(text: string): { readonly ip: number; readonly bits: number } | undefined {
  const slash = text.indexOf('/');
  const ip = parseIpv4(slash < 0 ? text : text.slice(0, slash));
  const length = slash < 0 ? '32' : text.slice(slash + 1);
  if (ip === undefined || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  return { ip, bits: Number(length) };
}

/** A range by text, host bits cut off. @throws Error `invalid CIDR address: <text>` */
export function cidr(text: string): Cidr {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(`invalid CIDR address: ${text}`);
  return cidrOf(prefix.ip, prefix.bits);
}

export function cidrText({ base, bits }: Cidr): string {
  return `${ipv4Text(base)}/${bits}`;
}

export function contains({ base, bits }: Cidr, ip: number): boolean {
  return bits === 0 || ((ip ^ base) & maskOf(bits)) === 0;
}

/** The last address: broadcast on a link. */
export function lastOf({ base, bits }: Cidr): number {
  return (base | ~maskOf(bits)) >>> 0;
}
