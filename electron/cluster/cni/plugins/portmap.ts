import { parsePrefix } from '../../network/ip/cidr.ts';
import { ipv4Text } from '../../network/ip/ipv4.ts';
import { parseRule, splitWords } from '../../network/netfilter/parse-rule.ts';
import type { Table } from '../../network/netfilter/table.ts';
import { chainName } from '../chain-name.ts';
import type { CniResult, PortMapping } from '../interface.ts';
import { CniError } from '../interface.ts';
import type { CommandArgs, PluginCommands } from '../plugin-main.ts';
import { pluginMain } from '../plugin-main.ts';

const DNAT = 'CNI-HOSTPORT-DNAT';
const SETMARK = 'CNI-HOSTPORT-SETMARK';
const MASQ = 'CNI-HOSTPORT-MASQ';

function mappings({ conf }: CommandArgs): readonly PortMapping[] {
  const found = conf.runtimeConfig?.portMappings ?? [];
  for (const { hostPort, containerPort } of found) {
    if (!(containerPort > 0))
      throw new CniError(`failed to parse config: Invalid container port number: ${containerPort}`);
    if (!(hostPort > 0)) throw new CniError(`failed to parse config: Invalid host port number: ${hostPort}`);
  }
  return found;
}

/** A chain, made if it is not there, with these rules. */
function ensure(nat: Table, chain: string, rules: readonly string[]): void {
  if (nat.find(chain) === undefined) nat.create(chain);
  const known = nat.find(chain)?.rules ?? [];
  if (known.length === 0) for (const rule of rules) nat.append(chain, parseRule(splitWords(rule)));
}

/** Appends a rule that leads to a chain, if none does. */
function ensureJump(nat: Table, from: string, to: string, match: string): void {
  const known = nat.find(from)?.rules ?? [];
  if (known.some(({ spec }) => spec.target?.kind === 'jump' && spec.target.chain === to)) return;
  nat.append(from, parseRule(splitWords(`${match} -j ${to}`)));
}

/** `-p tcp -m comment … --dports 8080` per protocol. */
function entryRules(args: CommandArgs, chain: string, ports: readonly PortMapping[]): readonly string[] {
  const comment = `dnat name: \\"${args.conf.name ?? ''}\\" id: \\"${args.containerId}\\"`;
  const protocols = [...new Set(ports.map(({ protocol }) => protocol))].sort();
  return protocols.map((protocol) => {
    const dports = ports.filter((port) => port.protocol === protocol).map(({ hostPort }) => hostPort);
    return `-p ${protocol} -m comment --comment "${comment}" -m multiport --dports ${dports.join(',')} -j ${chain}`;
  });
}

function portRules(address: string, ports: readonly PortMapping[]): readonly string[] {
  const prefix = parsePrefix(address);
  if (prefix === undefined) throw new CniError(`invalid CIDR address: ${address}`);
  return ports.flatMap(({ hostPort, containerPort, protocol, hostIP = '' }) => {
    const host = hostIP === '' || hostIP === '0.0.0.0' ? '' : ` -d ${hostIP}`;
    const base = `-p ${protocol}${host} --dport ${hostPort}`;
    return [
      `${base} -s ${address} -j ${SETMARK}`,
      `${base} -s 127.0.0.1 -j ${SETMARK}`,
      `${base} -j DNAT --to-destination ${ipv4Text(prefix.ip)}:${containerPort}`,
    ];
  });
}

/** Ports of the machine that lead to a container (`hostPort`). Models plugins/meta/portmap v1.1.1, with iptables. */
const COMMANDS: PluginCommands = {
  name: 'portmap',
  add(args): CniResult {
    const { conf, containerId, host, ifName } = args;
    const ports = mappings(args);
    const { prevResult } = conf;
    if (prevResult === undefined) throw new CniError('must be called as chained plugin');
    if (ports.length === 0) return prevResult;
    const own = prevResult.ips?.find(({ interface: at }) => {
      const link = at === undefined ? undefined : prevResult.interfaces?.[at];
      return link === undefined || (link.name === ifName && (link.sandbox ?? '') !== '');
    });
    if (own === undefined) return prevResult;
    const nat = host.namespace.netfilter.table('nat');
    ensure(nat, SETMARK, [
      '-m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000',
    ]);
    ensure(nat, MASQ, ['-m mark --mark 0x2000/0x2000 -j MASQUERADE']);
    ensureJump(nat, 'POSTROUTING', MASQ, '-m comment --comment "CNI portfwd requiring masquerade"');
    ensure(nat, DNAT, []);
    ensureJump(nat, 'PREROUTING', DNAT, '-m addrtype --dst-type LOCAL');
    ensureJump(nat, 'OUTPUT', DNAT, '-m addrtype --dst-type LOCAL');
    const chain = chainName('CNI-DN-', conf.name ?? '', containerId);
    ensure(nat, chain, portRules(own.address, ports));
    for (const rule of entryRules(args, chain, ports)) nat.append(DNAT, parseRule(splitWords(rule)));
    const bridge = prevResult.interfaces?.find(({ sandbox = '' }) => sandbox === '')?.name;
    if (bridge !== undefined) host.namespace.sysctls.set(`net.ipv4.conf.${bridge}.route_localnet`, '1');
    return prevResult;
  },
  check(args) {
    const { conf, containerId, host } = args;
    if (conf.prevResult === undefined) throw new CniError('Required prevResult missing');
    if (mappings(args).length === 0) return;
    const chain = chainName('CNI-DN-', conf.name ?? '', containerId);
    if (host.namespace.netfilter.table('nat').find(chain) === undefined)
      throw new CniError(`could not check ipv4 dnat: chain ${chain} not found in iptables table nat`);
  },
  del(args) {
    const { conf, containerId, host } = args;
    if (mappings(args).length === 0) return;
    const nat = host.namespace.netfilter.table('nat');
    const chain = chainName('CNI-DN-', conf.name ?? '', containerId);
    if (nat.find(chain) === undefined) return;
    for (let at = (nat.find(DNAT)?.rules.length ?? 0) - 1; at >= 0; at -= 1) {
      const target = nat.find(DNAT)?.rules[at]?.spec.target;
      if (target?.kind === 'jump' && target.chain === chain) nat.deleteAt(DNAT, at + 1);
    }
    nat.flush(chain);
    nat.delete(chain);
  },
  status() {},
};

export const portmapPlugin = pluginMain(COMMANDS);
