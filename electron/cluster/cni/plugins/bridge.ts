import { cidr, cidrOf, lastOf, parsePrefix } from '../../network/ip/cidr.ts';
import { ipv4, ipv4Text } from '../../network/ip/ipv4.ts';
import { ForwardingDatabase } from '../../network/namespace/forwarding-database.ts';
import { MAIN_TABLE } from '../../network/namespace/interface.ts';
import type { Link } from '../../network/namespace/link.ts';
import { makeVethPair } from '../../network/namespace/make-veth-pair.ts';
import type { NetworkNamespace } from '../../network/namespace/network-namespace.ts';
import type { RuleSpec } from '../../network/netfilter/interface.ts';
import { chainName } from '../chain-name.ts';
import { delegate, resultOf } from '../delegate.ts';
import type { CniIp, CniResult, CniRoute, NetConf, PluginHost } from '../interface.ts';
import { CniError } from '../interface.ts';
import type { CommandArgs, PluginCommands } from '../plugin-main.ts';
import { pluginMain } from '../plugin-main.ts';

const HEX = '0123456789abcdef';

interface BridgeConf {
  readonly bridge: string;
  readonly isGateway: boolean;
  readonly isDefaultGateway: boolean;
  readonly ipMasq: boolean;
  readonly hairpinMode: boolean;
  readonly promiscMode: boolean;
  readonly mtu: number;
  readonly ipamType: string;
}

function read(conf: NetConf): BridgeConf {
  const ipam = conf['ipam'] as { type?: string } | undefined;
  const isDefaultGateway = conf['isDefaultGateway'] === true;
  const mtu = Number(conf['mtu'] ?? 0);
  return {
    bridge: String(conf['bridge'] ?? 'cni0'),
    isGateway: isDefaultGateway || conf['isGateway'] === true,
    isDefaultGateway,
    ipMasq: conf['ipMasq'] === true,
    hairpinMode: conf['hairpinMode'] === true,
    promiscMode: conf['promiscMode'] === true,
    mtu: mtu > 0 ? mtu : 1500,
    ipamType: ipam?.type ?? '',
  };
}

/** As the kernel makes them: for this machine only, to one receiver. */
function randomMac({ rand }: PluginHost): string {
  const bytes = Array.from({ length: 6 }, () => rand.int(256));
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function open(host: PluginHost, path: string): NetworkNamespace {
  const namespace = host.findNamespace(path);
  if (namespace === undefined)
    throw new CniError(
      `failed to open netns "${path}": failed to Statfs "${path}": no such file or directory`,
    );
  return namespace;
}

function ensureBridge(host: PluginHost, { bridge, mtu }: BridgeConf): Link {
  const { namespace } = host;
  const known = namespace.find(bridge);
  if (known !== undefined && known.device.kind !== 'bridge')
    throw new CniError(`failed to create bridge "${bridge}": "${bridge}" already exists but is not a bridge`);
  const link =
    known ??
    namespace.addLink({
      name: bridge,
      mac: randomMac(host),
      mtu,
      device: { kind: 'bridge', ports: new Set(), fdb: new ForwardingDatabase() },
    });
  namespace.setUp(bridge, true);
  return link;
}

function ensureGatewayAddress(host: PluginHost, bridge: string, { address, gateway }: CniIp): void {
  const prefix = parsePrefix(address);
  if (gateway === undefined || prefix === undefined) return;
  const ip = ipv4(gateway);
  const { addresses } = host.namespace.link(bridge);
  if (addresses.some((known) => known.ip === ip && known.bits === prefix.bits)) return;
  if (addresses.length > 0)
    throw new CniError(
      `failed to set bridge addr: "${bridge}" already has an IP address different from ${gateway}/${prefix.bits}`,
    );
  const broadcast = lastOf(cidrOf(ip, prefix.bits));
  host.namespace.addAddress(bridge, { ip, bits: prefix.bits, broadcast });
}

function configure(
  namespace: NetworkNamespace,
  ifName: string,
  ips: readonly CniIp[],
  routes: readonly CniRoute[],
): void {
  namespace.setUp(ifName, true);
  for (const { address } of ips) {
    const prefix = parsePrefix(address);
    if (prefix === undefined) throw new CniError(`invalid CIDR address: ${address}`);
    namespace.addAddress(ifName, { ...prefix, broadcast: lastOf(cidrOf(prefix.ip, prefix.bits)) });
  }
  const gateway = ips[0]?.gateway;
  for (const { dst, gw = gateway } of routes)
    namespace.addRoute({
      destination: cidr(dst),
      dev: ifName,
      ...(gw === undefined ? {} : { via: ipv4(gw) }),
    });
}

function masqueradeRules(args: CommandArgs, address: string): readonly (readonly [string, RuleSpec])[] {
  const { conf, containerId } = args;
  const name = conf.name ?? '';
  const chain = chainName('CNI-', name, containerId);
  const comment = { kind: 'comment', text: `name: "${name}" id: "${containerId}"` } as const;
  const prefix = parsePrefix(address) ?? { ip: 0, bits: 32 };
  const range = cidrOf(prefix.ip, prefix.bits);
  const own = { value: cidrOf(prefix.ip, 32), not: false };
  const multicast = { value: cidr('224.0.0.0/4'), not: true };
  return [
    [chain, { destination: { value: range, not: false }, matches: [comment], target: { kind: 'ACCEPT' } }],
    [
      chain,
      { destination: multicast, matches: [comment], target: { kind: 'MASQUERADE', randomFully: false } },
    ],
    ['POSTROUTING', { source: own, matches: [comment], target: { kind: 'jump', chain } }],
  ];
}

function setUpMasquerade(args: CommandArgs, address: string): void {
  const nat = args.host.namespace.netfilter.table('nat');
  const chain = chainName('CNI-', args.conf.name ?? '', args.containerId);
  if (nat.find(chain) === undefined) nat.create(chain);
  for (const [name, spec] of masqueradeRules(args, address)) nat.append(name, spec);
}

function tearDownMasquerade(args: CommandArgs): void {
  const nat = args.host.namespace.netfilter.table('nat');
  const chain = chainName('CNI-', args.conf.name ?? '', args.containerId);
  if (nat.find(chain) === undefined) return;
  const rules = nat.find('POSTROUTING')?.rules ?? [];
  const at = rules.findIndex(({ spec }) => spec.target?.kind === 'jump' && spec.target.chain === chain);
  if (at >= 0) nat.deleteAt('POSTROUTING', at + 1);
  nat.flush(chain);
  nat.delete(chain);
}

/** A bridge in the machine, a veth pair per container. Models plugins/main/bridge v1.1.1. */
const COMMANDS: PluginCommands = {
  name: 'bridge',
  add(args): CniResult {
    const { host, netns, ifName, call } = args;
    const conf = read(args.conf);
    if (conf.hairpinMode && conf.promiscMode)
      throw new CniError('cannot set hairpin mode and promiscuous mode at the same time.');
    const bridge = ensureBridge(host, conf);
    const namespace = open(host, netns);
    if (namespace.find(ifName) !== undefined)
      throw new CniError(`container veth name provided (${ifName}) already exists`);
    const hostName = `veth${host.rand.string(8, HEX)}`;
    const [outside, inside] = makeVethPair(
      { namespace: host.namespace, name: hostName, mac: randomMac(host), mtu: conf.mtu, queueLength: 0 },
      { namespace, name: ifName, mac: randomMac(host), mtu: conf.mtu, queueLength: 0 },
    );
    namespace.setUp(ifName, true);
    host.namespace.setUp(hostName, true);
    host.namespace.setMaster(hostName, conf.bridge);
    host.namespace.setHairpin(hostName, conf.hairpinMode);
    const interfaces = [
      { name: conf.bridge, mac: bridge.mac },
      { name: hostName, mac: outside.mac },
      { name: ifName, mac: inside.mac, sandbox: netns },
    ];
    if (conf.ipamType === '') return { interfaces };
    const given = resultOf(delegate(host, conf.ipamType, call, 'ADD'));
    if (given.ips === undefined || given.ips.length === 0)
      throw new CniError('IPAM plugin returned missing IP config');
    const ips = given.ips.map((ip) => ({ interface: 2, ...ip }));
    const defaults = conf.isDefaultGateway
      ? ips.map(({ gateway }) => ({ dst: '0.0.0.0/0', ...(gateway === undefined ? {} : { gw: gateway }) }))
      : [];
    const routes = [...(given.routes ?? []), ...defaults];
    try {
      configure(namespace, ifName, ips, routes);
      if (conf.isGateway) {
        for (const ip of ips) ensureGatewayAddress(host, conf.bridge, ip);
        host.namespace.sysctls.set('net.ipv4.ip_forward', '1');
      }
      if (conf.ipMasq) for (const { address } of ips) setUpMasquerade(args, address);
    } catch (error) {
      // What it had been given goes back.
      delegate(host, conf.ipamType, call, 'DEL');
      throw error;
    }
    return { interfaces, ips, routes };
  },
  check(args) {
    const { host, netns, ifName, call } = args;
    const conf = read(args.conf);
    const namespace = open(host, netns);
    if (conf.ipamType !== '') delegate(host, conf.ipamType, call, 'CHECK');
    const { prevResult } = args.conf;
    if (prevResult === undefined) throw new CniError('Required prevResult missing');
    const [bridge] = prevResult.interfaces ?? [];
    const link = host.namespace.find(conf.bridge);
    if (link === undefined || link.mac !== bridge?.mac)
      throw new CniError(`Bridge interface ${conf.bridge} Mac doesn't match: ${bridge?.mac ?? ''}`);
    for (const { address } of prevResult.ips ?? []) {
      const wanted = parsePrefix(address);
      const has = namespace
        .find(ifName)
        ?.addresses.some(({ ip, bits }) => ip === wanted?.ip && bits === wanted.bits);
      if (has !== true) throw new CniError(`Failed to match addr ${address} on interface ${ifName}`);
    }
    for (const { dst, gw } of prevResult.routes ?? []) {
      const wanted = cidr(dst);
      const known = namespace.routes
        .list(MAIN_TABLE)
        .some(({ destination }) => destination.base === wanted.base && destination.bits === wanted.bits);
      if (known) continue;
      const mask = (wanted.bits === 0 ? 0 : (0xffffffff << (32 - wanted.bits)) >>> 0)
        .toString(16)
        .padStart(8, '0');
      throw new CniError(
        `Expected Route {Dst:{IP:${ipv4Text(wanted.base)} Mask:${mask}} GW:${gw ?? '<nil>'}} not found in routing table`,
      );
    }
  },
  del(args) {
    const { host, netns, ifName, call } = args;
    const conf = read(args.conf);
    if (conf.ipamType !== '') delegate(host, conf.ipamType, call, 'DEL');
    const namespace = netns === '' ? undefined : host.findNamespace(netns);
    const link = namespace?.find(ifName);
    if (namespace === undefined || link === undefined) return;
    const had = link.addresses.length > 0;
    namespace.deleteLink(ifName);
    if (conf.ipMasq && had) tearDownMasquerade(args);
  },
  status({ conf, host, call }) {
    const { ipamType } = read(conf);
    if (ipamType !== '') delegate(host, ipamType, call, 'STATUS');
  },
};

export const bridgePlugin = pluginMain(COMMANDS);
