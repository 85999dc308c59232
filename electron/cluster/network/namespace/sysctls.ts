/** What a new namespace has. Those of one interface (`net.ipv4.conf.eth0.…`) are looked for under `all` and `default`. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'net.ipv4.ip_forward': '0',
  'net.ipv4.ip_default_ttl': '64',
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
  'net.ipv4.conf.all.route_localnet': '0',
  'net.ipv4.conf.default.route_localnet': '0',
  'net.ipv4.icmp_echo_ignore_all': '0',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.netfilter.nf_conntrack_max': '262144',
};

/** Settings of a namespace's kernel, by dotted name. */
export class Sysctls {
  /** Those that were set. */
  readonly #values = new Map<string, string>();
  /** What `ofInterface` found, by setting and interface. */
  readonly #ofInterfaces = new Map<string, Map<string, number>>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Undefined for one that is not modelled. */
  get(name: string): string | undefined {
    return this.#values.get(name) ?? DEFAULTS[name];
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
    this.#ofInterfaces.clear();
    this.#changed();
  }

  isOn(name: string): boolean {
    return this.get(name) === '1';
  }

  /** Of an interface: the higher of its own and `all`, as for `rp_filter` and `route_localnet`. */
  ofInterface(link: string, name: string): number {
    let known = this.#ofInterfaces.get(name);
    if (known === undefined) this.#ofInterfaces.set(name, (known = new Map()));
    let value = known.get(link);
    if (value === undefined) {
      const own = this.get(`net.ipv4.conf.${link}.${name}`) ?? this.get(`net.ipv4.conf.default.${name}`);
      value = Math.max(Number(own ?? 0), Number(this.get(`net.ipv4.conf.all.${name}`) ?? 0));
      known.set(link, value);
    }
    return value;
  }

  list(): readonly (readonly [string, string])[] {
    return Object.entries({ ...DEFAULTS, ...Object.fromEntries(this.#values) }).sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
  }
}
