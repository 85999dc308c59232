/** An IPv4 range by numbers. `size` counts all addresses, the first and last included. */
export interface IpRange {
  readonly first: number;
  readonly size: number;
}

/** 10.96.0.1 → 174063617; undefined when it is no IPv4 address in canonical form. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** `10.96.0.0/16`. @throws Error `invalid CIDR address: x` */
export function parseCidr(text: string): IpRange {
  const [address = '', prefix = ''] = text.split('/');
  const value = parseIpv4(address);
  const bits = Number(prefix);
  if (value === undefined || !/^\d{1,2}$/.test(prefix) || bits > 32)
    throw new Error(`invalid CIDR address: ${text}`);
  const size = 2 ** (32 - bits);
  return { first: Math.floor(value / size) * size, size };
}

export function contains(range: IpRange, address: number): boolean {
  return address >= range.first && address < range.first + range.size;
}
