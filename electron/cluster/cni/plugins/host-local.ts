import { cidrOf, cidrText, contains, lastOf, parsePrefix } from '../../network/ip/cidr.ts';
import type { Cidr } from '../../network/ip/cidr.ts';
import { ipv4Text, parseIpv4 } from '../../network/ip/ipv4.ts';
import type { FileSystem } from '../../machine/interface.ts';
import type { CniResult, CniRoute, NetConf } from '../interface.ts';
import { CniError } from '../interface.ts';
import type { CommandArgs, PluginCommands } from '../plugin-main.ts';
import { pluginMain } from '../plugin-main.ts';

const DATA_DIR = '/var/lib/cni/networks';

interface RangeConf {
  readonly subnet?: string;
  readonly rangeStart?: string;
  readonly rangeEnd?: string;
  readonly gateway?: string;
}

interface IpamConf extends RangeConf {
  readonly type?: string;
  readonly dataDir?: string;
  readonly ranges?: readonly (readonly RangeConf[])[];
  readonly routes?: readonly CniRoute[];
}

interface Range {
  readonly subnet: Cidr;
  readonly first: number;
  readonly last: number;
  readonly gateway: number;
}

/** Addresses of one network on one machine, as files that name who has them. Models backend/disk of host-local. */
class Store {
  readonly #files: FileSystem;
  readonly #folder: string;

  constructor(files: FileSystem, network: string, dataDir: string) {
    this.#files = files;
    this.#folder = `${dataDir}/${network}`;
    if (!files.isFolder(this.#folder)) files.makeFolder(this.#folder);
    if (!files.exists(`${this.#folder}/lock`)) files.write(`${this.#folder}/lock`, '', 0o750);
  }

  last(set: number): number | undefined {
    const path = `${this.#folder}/last_reserved_ip.${set}`;
    return this.#files.exists(path) ? parseIpv4(this.#files.read(path).trim()) : undefined;
  }

  /** False: somebody has it. */
  reserve(ip: number, owner: string, set: number): boolean {
    const path = `${this.#folder}/${ipv4Text(ip)}`;
    if (this.#files.exists(path)) return false;
    this.#files.write(path, owner);
    this.#files.write(`${this.#folder}/last_reserved_ip.${set}`, ipv4Text(ip));
    return true;
  }

  ownedBy(owner: string): readonly string[] {
    return this.#files
      .list(this.#folder)
      .filter((name) => parseIpv4(name) !== undefined)
      .filter((name) => this.#files.read(`${this.#folder}/${name}`).trim() === owner);
  }

  release(owner: string): void {
    for (const name of this.ownedBy(owner)) this.#files.remove(`${this.#folder}/${name}`);
  }
}

function ownerText({ containerId, ifName }: CommandArgs): string {
  return `${containerId}\r\n${ifName}`;
}

function ipamOf(conf: NetConf): IpamConf {
  const ipam = conf['ipam'] as IpamConf | undefined;
  if (ipam === undefined) throw new CniError("IPAM config missing 'ipam' key");
  return ipam;
}

function rangeSets(ipam: IpamConf): readonly (readonly Range[])[] {
  const sets = [...(ipam.subnet === undefined ? [] : [[ipam]]), ...(ipam.ranges ?? [])];
  if (sets.length === 0) throw new CniError('no IP ranges specified');
  return sets.map((set, index) => set.map((range) => canonical(range, index)));
}

function canonical(conf: RangeConf, set: number): Range {
  const text = conf.subnet ?? '';
  const prefix = parsePrefix(text);
  if (prefix === undefined || !text.includes('/')) throw new CniError(`invalid CIDR address: ${text}`);
  const subnet = cidrOf(prefix.ip, prefix.bits);
  const invalid = (why: string): CniError => new CniError(`invalid range set ${set}: ${why}`);
  if (subnet.bits > 30) throw invalid(`Network ${cidrText(subnet)} too small to allocate from`);
  if (subnet.base !== prefix.ip)
    throw invalid(
      `Network has host bits set. For a subnet mask of length ${subnet.bits} the network address is ${ipv4Text(subnet.base)}`,
    );
  const within = (value: string | undefined, otherwise: number, name: string): number => {
    if (value === undefined) return otherwise;
    const ip = parseIpv4(value);
    if (ip === undefined) throw new CniError(`invalid IP address: ${value}`);
    if (name !== 'Gateway' && !contains(subnet, ip))
      throw invalid(`${name} ${value} not in network ${cidrText(subnet)}`);
    return ip;
  };
  return {
    subnet,
    first: within(conf.rangeStart, subnet.base + 1, 'RangeStart'),
    last: within(conf.rangeEnd, lastOf(subnet) - 1, 'RangeEnd'),
    gateway: within(conf.gateway, subnet.base + 1, 'Gateway'),
  };
}

/** Every address of a set once, beginning after the one that was given last. */
function* candidates(set: readonly Range[], after: number | undefined): Generator<readonly [number, Range]> {
  const all = set.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  let at = set.findIndex(({ first, last }) => after !== undefined && after >= first && after <= last);
  let ip = at < 0 || after === undefined ? -1 : after;
  if (at < 0) at = 0;
  for (let count = 0; count < all; count += 1) {
    let range = set[at];
    if (range === undefined) return;
    if (ip < 0) ip = range.first;
    else if (ip >= range.last) {
      at = (at + 1) % set.length;
      range = set[at] ?? range;
      ip = range.first;
    } else ip += 1;
    yield [ip, range];
  }
}

/** Hands out addresses of a range, in turn, kept in files. Models plugins/ipam/host-local. */
const COMMANDS: PluginCommands = {
  name: 'host-local',
  add(args): CniResult {
    const ipam = ipamOf(args.conf);
    const sets = rangeSets(ipam);
    const store = new Store(args.host.files, args.conf.name ?? '', ipam.dataDir ?? DATA_DIR);
    const owner = ownerText(args);
    const failed = (set: number, why: string): CniError => {
      if (set > 0) store.release(owner);
      return new CniError(`failed to allocate for range ${set}: ${why}`);
    };
    const ips = sets.map((set, index) => {
      const taken = index === 0 ? store.ownedBy(owner)[0] : undefined;
      if (taken !== undefined)
        throw failed(
          index,
          `${taken} has been allocated to ${args.containerId}, duplicate allocation is not allowed`,
        );
      for (const [ip, { gateway, subnet }] of candidates(set, store.last(index)))
        if (ip !== gateway && store.reserve(ip, owner, index))
          return { address: `${ipv4Text(ip)}/${subnet.bits}`, gateway: ipv4Text(gateway) };
      const range = set.map(({ first, last }) => `${ipv4Text(first)}-${ipv4Text(last)}`).join(',');
      throw failed(index, `no IP addresses available in range set: ${range}`);
    });
    return { ips, routes: ipam.routes ?? [] };
  },
  check(args) {
    const ipam = ipamOf(args.conf);
    const store = new Store(args.host.files, args.conf.name ?? '', ipam.dataDir ?? DATA_DIR);
    if (store.ownedBy(ownerText(args)).length === 0)
      throw new CniError(`host-local: Failed to find address added by container ${args.containerId}`);
  },
  del(args) {
    const ipam = ipamOf(args.conf);
    new Store(args.host.files, args.conf.name ?? '', ipam.dataDir ?? DATA_DIR).release(ownerText(args));
  },
  status({ conf }) {
    rangeSets(ipamOf(conf));
  },
};

export const hostLocalPlugin = pluginMain(COMMANDS);
