/** An IPv4 address as a number in [0, 2^32); undefined for what Go's `net.ParseIP` refuses (leading zeros among it). */
export function parseIpv4(text: string): number | undefined {
  let value = 0;
  let parts = 0;
  for (const part of text.split('.')) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
    parts += 1;
  }
  return parts === 4 ? value : undefined;
}

/** Dotted text of an address. */
export function ipv4Text(ip: number): string {
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
}

/** As `parseIpv4`, of a text that is known to be one. @throws Error `invalid IP address: <text>` */
export function ipv4(text: string): number {
  const ip = parseIpv4(text);
  if (ip === undefined) throw new Error(`invalid IP address: ${text}`);
  return ip;
}
