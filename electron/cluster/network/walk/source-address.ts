import { cidrOf, contains } from '../ip/cidr.ts';
import type { Link } from '../namespace/link.ts';

/**
 * The address a link lends to what leaves by it for `nextHop`: one of the same range, else the first. An interface without addresses
 * borrows from the others of its namespace. Models inet_select_addr of net/ipv4/devinet.c.
 */
export function sourceFor(link: Link, nextHop: number): number | undefined {
  const primary = link.addresses.filter(({ secondary, scope }) => !secondary && scope !== 'host');
  const near = primary.find(({ ip, bits }) => contains(cidrOf(ip, bits), nextHop));
  if (near !== undefined) return near.ip;
  if (primary[0] !== undefined) return primary[0].ip;
  for (const other of link.namespace.links)
    for (const { ip, scope, secondary } of other.addresses) if (scope === 'global' && !secondary) return ip;
  return undefined;
}
