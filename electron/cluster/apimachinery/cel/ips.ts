import { CelScalar, celFunc, celMethod, mapType } from '@bufbuild/cel';
import type { CelFunc, CelValue } from '@bufbuild/cel';
import { formatIp, maskIp, parseIp, WIDTH } from './ip-address.ts';
import type { IpAddress } from './ip-address.ts';
import { fieldsOf, isOpaque, opaque } from './opaque.ts';

const { BOOL, DYN, INT, STRING } = CelScalar;

interface Cidr {
  readonly address: IpAddress;
  readonly prefix: number;
}

function ipOf(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined)
    throw new Error(
      `IP Address ${JSON.stringify(text)} parse error during conversion from string: unable to parse IP`,
    );
  return address;
}

function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = match === null ? undefined : parseIp(match[1] as string);
  const prefix = Number(match?.[2]);
  return address === undefined || prefix > WIDTH[address.family] ? undefined : { address, prefix };
}

function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error('network address parse error during conversion from string');
  return cidr;
}

const wrapIp = (address: IpAddress) => opaque('ip', { text: formatIp(address) });
const wrapCidr = ({ address, prefix }: Cidr) => opaque('cidr', { text: `${formatIp(address)}/${prefix}` });
const textOf = (value: CelValue, kind: 'ip' | 'cidr'): string => fieldsOf(value, kind)['text'] ?? '';
const self = (value: CelValue): IpAddress => ipOf(textOf(value, 'ip'));
const net = (value: CelValue): Cidr => cidrOf(textOf(value, 'cidr'));

const within = (address: IpAddress, { address: base, prefix }: Cidr): boolean =>
  address.family === base.family && maskIp(address, prefix).bits === maskIp(base, prefix).bits;

const isAny = (address: IpAddress, ...networks: readonly string[]): boolean =>
  networks.some((network) => within(address, cidrOf(network)));

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const LINK_LOCAL_MULTICAST = ['224.0.0.0/24', 'ff02::/16'];
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'];
const MULTICAST = ['224.0.0.0/4', 'ff00::/8'];
const UNSPECIFIED = ['0.0.0.0/32', '::/128'];

const question = (name: string, answer: (address: IpAddress) => boolean): CelFunc =>
  celMethod(name, DYN, [], BOOL, function () {
    return answer(self(this));
  });

/** Models apiserver/pkg/cel/library/ip.go and cidr.go (v1.34). */
export const IPS: readonly CelFunc[] = [
  celFunc('ip', [STRING], DYN, (text) => wrapIp(ipOf(text))),
  celFunc('isIP', [STRING], BOOL, (text) => parseIp(text) !== undefined),
  celFunc('ip.isCanonical', [STRING], BOOL, (text) => formatIp(ipOf(text)) === text),
  celMethod('family', DYN, [], INT, function () {
    return BigInt(self(this).family);
  }),
  question('isUnspecified', (address) => isAny(address, ...UNSPECIFIED)),
  question('isLoopback', (address) => isAny(address, ...LOOPBACK)),
  question('isLinkLocalMulticast', (address) => isAny(address, ...LINK_LOCAL_MULTICAST)),
  question('isLinkLocalUnicast', (address) => isAny(address, ...LINK_LOCAL)),
  question(
    'isGlobalUnicast',
    (address) =>
      !isAny(address, ...UNSPECIFIED, ...LOOPBACK, ...MULTICAST, ...LINK_LOCAL, '255.255.255.255/32'),
  ),
  celFunc('cidr', [STRING], DYN, (text) => wrapCidr(cidrOf(text))),
  celFunc('isCIDR', [STRING], BOOL, (text) => parseCidr(text) !== undefined),
  celMethod('containsIP', DYN, [DYN], BOOL, function (other) {
    return within(typeof other === 'string' ? ipOf(other) : self(other), net(this));
  }),
  celMethod('containsCIDR', DYN, [DYN], BOOL, function (other) {
    const inner = typeof other === 'string' ? cidrOf(other) : net(other);
    const outer = net(this);
    return outer.prefix <= inner.prefix && within(inner.address, outer);
  }),
  celMethod('ip', DYN, [], DYN, function () {
    return wrapIp(net(this).address);
  }),
  celMethod('masked', DYN, [], DYN, function () {
    const { address, prefix } = net(this);
    return wrapCidr({ address: maskIp(address, prefix), prefix });
  }),
  celMethod('prefixLength', DYN, [], INT, function () {
    return BigInt(net(this).prefix);
  }),
  celFunc('string', [mapType(STRING, DYN)], STRING, (value) =>
    isOpaque(value, 'ip') ? textOf(value, 'ip') : textOf(value, 'cidr'),
  ),
];
