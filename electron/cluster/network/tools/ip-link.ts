import type { Link } from '../namespace/link.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';

/** `BROADCAST,MULTICAST,UP,LOWER_UP` */
export function linkFlags(link: Link): string {
  const { up, carrier } = link;
  const loopback = link.device.kind === 'loopback';
  const kinds = loopback ? ['LOOPBACK'] : ['BROADCAST', 'MULTICAST'];
  const noCarrier = up && !carrier ? ['NO-CARRIER'] : [];
  return [...noCarrier, ...kinds, ...(up ? ['UP'] : []), ...(up && carrier ? ['LOWER_UP'] : [])].join(',');
}

export function linkState(link: Link): 'UP' | 'DOWN' | 'UNKNOWN' {
  if (!link.up || !link.carrier) return 'DOWN';
  const { kind } = link.device;
  const knows = kind === 'veth' || kind === 'bridge' || kind === 'uplink' || kind === 'ipvlan';
  if (kind === 'bridge' && link.device.kind === 'bridge' && link.device.ports.size === 0) return 'UNKNOWN';
  return knows ? 'UP' : 'UNKNOWN';
}

/** With what is at its other end: `eth0@if5`. */
export function linkName({ name, device }: Link): string {
  if (device.kind === 'veth' && device.peer !== undefined) return `${name}@if${device.peer.index}`;
  if (device.kind === 'ipvlan') return `${name}@if${device.lower.index}`;
  return name;
}

/** Where the other end is: a namespace with a name, or only a number. */
function netnsOf(link: Link): string {
  const other = otherEnd(link);
  if (other === undefined || other === link.namespace) return '';
  return other.name === '' ? ' link-netnsid 0' : ` link-netns ${other.name}`;
}

function otherEnd({ device }: Link): NetworkNamespace | undefined {
  if (device.kind === 'veth') return device.peer?.namespace;
  return device.kind === 'ipvlan' ? device.lower.namespace : undefined;
}

function queue(link: Link): string {
  if (!link.everUp) return 'noop';
  return link.device.kind === 'uplink' ? 'fq_codel' : 'noqueue';
}

/** First line of `ip link` and `ip addr`; `mode` only in the first. */
export function linkHead(link: Link, withMode: boolean): string {
  const master = link.master === undefined ? '' : ` master ${link.master.name}`;
  const mode = withMode ? ' mode DEFAULT' : '';
  const length = link.queueLength === 0 ? ' ' : ` qlen ${link.queueLength}`;
  return `${link.index}: ${linkName(link)}: <${linkFlags(link)}> mtu ${link.mtu} qdisc ${queue(link)}${master} state ${linkState(link)}${mode} group default${length}`;
}

/** Second line. */
export function linkAddress(link: Link): string {
  const loopback = link.device.kind === 'loopback';
  const broadcast = loopback ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff';
  return `    link/${loopback ? 'loopback' : 'ether'} ${link.mac} brd ${broadcast}${netnsOf(link)}`;
}

/** What `-4` shows after the head, as there is no second line. */
export function linkNetns(link: Link): string {
  return netnsOf(link);
}

function counters(link: Link): string[] {
  const row = (bytes: number, packets: number): string =>
    `${String(bytes).padStart(14)} ${String(packets).padStart(7)}       0       0       0       0 `;
  return [
    '    RX:  bytes packets errors dropped  missed   mcast           ',
    row(link.received.bytes, link.received.packets),
    '    TX:  bytes packets errors dropped carrier collsns           ',
    row(link.sent.bytes, link.sent.packets),
  ];
}

/**
 * `ip link show`, of one interface or all; `statistics` as with `-s`. Models iproute2 6.1.
 * @throws Error `Device "x" does not exist.`
 */
export function ipLink(
  namespace: NetworkNamespace,
  options: { readonly dev?: string; readonly statistics?: boolean } = {},
): string {
  return shownLinks(namespace, options.dev)
    .flatMap((link) => [
      linkHead(link, true),
      linkAddress(link),
      ...(options.statistics === true ? counters(link) : []),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

/** `ip -br link`. */
export function ipLinkBrief(namespace: NetworkNamespace): string {
  return namespace.links
    .map(
      (link) =>
        `${linkName(link).padEnd(16)} ${linkState(link).padEnd(14)} ${link.mac} <${linkFlags(link)}> \n`,
    )
    .join('');
}

/** @throws Error `Device "x" does not exist.` */
export function shownLinks(namespace: NetworkNamespace, dev: string | undefined): readonly Link[] {
  if (dev === undefined) return namespace.links;
  const link = namespace.find(dev);
  if (link === undefined) throw new Error(`Device "${dev}" does not exist.`);
  return [link];
}
