import { ipv4Text } from '../ip/ipv4.ts';
import type { InterfaceAddress } from '../namespace/interface.ts';
import type { Link } from '../namespace/link.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import { linkAddress, linkHead, linkName, linkNetns, linkState, shownLinks } from './ip-link.ts';

function addressLines(link: Link, { ip, bits, broadcast, scope, secondary }: InterfaceAddress): string[] {
  const brd = broadcast === undefined ? '' : ` brd ${ipv4Text(broadcast)}`;
  const second = secondary ? ' secondary' : '';
  return [
    `    inet ${ipv4Text(ip)}/${bits}${brd} scope ${scope}${second} ${link.name}`,
    '       valid_lft forever preferred_lft forever',
  ];
}

/**
 * `ip addr show`, of one interface or all; with `onlyIpv4` (`-4`) interfaces without an address are left out, and so are MAC addresses.
 * There is no IPv6 here. Models iproute2 6.1. @throws Error `Device "x" does not exist.`
 */
export function ipAddress(
  namespace: NetworkNamespace,
  options: { readonly dev?: string; readonly onlyIpv4?: boolean } = {},
): string {
  const onlyIpv4 = options.onlyIpv4 === true;
  return shownLinks(namespace, options.dev)
    .filter(({ addresses }) => !onlyIpv4 || addresses.length > 0)
    .flatMap((link) => [
      ...(onlyIpv4
        ? [`${linkHead(link, false)}${linkNetns(link)}`]
        : [linkHead(link, false), linkAddress(link)]),
      ...link.addresses.flatMap((address) => addressLines(link, address)),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

/** `ip -br addr`. */
export function ipAddressBrief(namespace: NetworkNamespace): string {
  return namespace.links
    .map((link) => {
      const addresses = link.addresses.map(({ ip, bits }) => `${ipv4Text(ip)}/${bits} `).join('');
      return `${linkName(link).padEnd(16)} ${linkState(link).padEnd(14)} ${addresses}\n`;
    })
    .join('');
}
