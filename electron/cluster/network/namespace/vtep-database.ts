/** Entry for every MAC address that has none of its own. */
export const ALL_ZERO_MAC = '00:00:00:00:00:00';

export interface VtepEntry {
  readonly mac: string;
  /** Address of the machine behind which the MAC address is. */
  readonly remote: number;
  readonly permanent: boolean;
}

/** `bridge fdb` of a vxlan device: to which machine a frame is sent. Models drivers/net/vxlan. */
export class VtepDatabase {
  readonly #entries = new Map<string, VtepEntry[]>();

  /** `bridge fdb append`: the all-zero address may have several. */
  append(mac: string, remote: number, permanent = true): void {
    const known = this.#entries.get(mac) ?? [];
    if (known.some((entry) => entry.remote === remote)) return;
    this.#entries.set(
      mac,
      mac === ALL_ZERO_MAC ? [...known, { mac, remote, permanent }] : [{ mac, remote, permanent }],
    );
  }

  /** Returns whether there was one. */
  delete(mac: string, remote?: number): boolean {
    const known = this.#entries.get(mac);
    if (known === undefined) return false;
    const left = remote === undefined ? [] : known.filter((entry) => entry.remote !== remote);
    if (left.length === known.length) return false;
    if (left.length === 0) this.#entries.delete(mac);
    else this.#entries.set(mac, left);
    return true;
  }

  /** Where a frame goes; empty when nothing says it. */
  find(mac: string): readonly VtepEntry[] {
    return this.#entries.get(mac) ?? this.#entries.get(ALL_ZERO_MAC) ?? [];
  }

  list(): readonly VtepEntry[] {
    return [...this.#entries.values()].flat();
  }
}
