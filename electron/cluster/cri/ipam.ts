import type { FileSystem, LocalState } from '../machine/interface.ts';

export const CNI_CONFIG = '/etc/cni/net.d/10-leme.conflist';
const LEASE = 'cni:lease:';

function toNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** Hands out the addresses of one machine's Pod range, round robin. Models the host-local IPAM plugin of CNI. */
export class HostLocalIpam {
  readonly #state: LocalState;
  readonly #files: FileSystem;
  readonly #leased: Set<number>;
  #last: number;
  /** The configuration last read, and the range it names. */
  #known: { readonly text: string; readonly range: readonly [number, number] } | undefined;

  constructor(state: LocalState, files: FileSystem) {
    this.#state = state;
    this.#files = files;
    this.#leased = new Set(state.keys(LEASE).map((key) => toNumber(key.slice(LEASE.length))));
    this.#last = Number(state.get('cni:last') ?? 0);
  }

  /** Whether a network is configured; the CNI agent does that. */
  get ready(): boolean {
    return this.#files.exists(CNI_CONFIG);
  }

  /** @throws Error `no IP addresses available in range set: …`, or that there is no network */
  allocate(owner: string): string {
    const [base, size] = this.#range();
    // The first address is the network, the second the node's bridge, the last the broadcast address.
    for (let tried = 0; tried < size - 3; tried += 1) {
      const offset = ((Math.max(this.#last - 2, -1) + 1 + tried) % (size - 3)) + 2;
      if (this.#leased.has(base + offset)) continue;
      this.#last = offset;
      this.#leased.add(base + offset);
      const ip = toText(base + offset);
      this.#state.set(LEASE + ip, owner);
      this.#state.set('cni:last', offset);
      return ip;
    }
    throw new Error(`no IP addresses available in range set: ${toText(base + 1)}-${toText(base + size - 2)}`);
  }

  release(ip: string): void {
    if (this.#leased.delete(toNumber(ip))) this.#state.delete(LEASE + ip);
  }

  #range(): readonly [number, number] {
    const text = this.#files.read(CNI_CONFIG);
    if (this.#known?.text === text) return this.#known.range;
    const config = JSON.parse(text) as { plugins: { ipam?: { subnet?: string } }[] };
    const subnet = config.plugins[0]?.ipam?.subnet ?? '';
    const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(subnet);
    if (match === null) throw new Error(`invalid CIDR address: ${subnet}`);
    const range = [toNumber(match[1] ?? ''), 2 ** (32 - Number(match[2]))] as const;
    this.#known = { text, range };
    return range;
  }
}
