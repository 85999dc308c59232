import type { Rand } from '../../../base/rand.ts';
import type { KubeObject } from '../../api/types.ts';
import type { EtcdStore } from '../storage/etcd-store.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { IpRange } from './ip-range.ts';
import { contains, formatIpv4, parseCidr, parseIpv4 } from './ip-range.ts';

const PREFIX = '/registry/ipaddresses/';
/** Random tries before the range is searched from one end to the other. */
const RANDOM_TRIES = 16;

/** Why an address cannot be had, in upstream's words. */
export class IpAllocationError extends Error {}

/**
 * Cluster IPs of Services. Every address in use is an IPAddress object in etcd, so that several API servers
 * cannot give out the same one and a restart forgets nothing.
 * Models pkg/registry/core/service/ipallocator with IPAddress objects (v1.34).
 */
export class ClusterIpAllocator {
  readonly #store: EtcdStore;
  readonly #rand: Rand;
  readonly #range: IpRange;

  constructor(store: EtcdStore, rand: Rand, cidr: string) {
    this.#store = store;
    this.#rand = rand;
    this.#range = parseCidr(cidr);
  }

  /** First usable address of the range: that of the Service `kubernetes`. */
  get first(): string {
    return formatIpv4(this.#range.first + 1);
  }

  /** Takes this very address for a Service. @throws IpAllocationError, StorageError */
  async allocate(address: string, namespace: string, service: string): Promise<void> {
    const value = parseIpv4(address);
    if (value === undefined || !contains(this.#range, value)) {
      throw new IpAllocationError(
        `failed to allocate IP ${address}: the provided network does not match the current range`,
      );
    }
    if (!(await this.#take(address, namespace, service))) {
      throw new IpAllocationError(`failed to allocate IP ${address}: provided IP is already allocated`);
    }
  }

  /** Takes any free address. @throws IpAllocationError when the range is full */
  async allocateNext(namespace: string, service: string): Promise<string> {
    const { first, size } = this.#range;
    for (let attempt = 0; attempt < RANDOM_TRIES; attempt += 1) {
      const address = formatIpv4(first + 1 + this.#rand.int(size - 2));
      if (await this.#take(address, namespace, service)) return address;
    }
    for (let offset = 1; offset < size - 1; offset += 1) {
      const address = formatIpv4(first + offset);
      if (await this.#take(address, namespace, service)) return address;
    }
    throw new IpAllocationError('failed to allocate a serviceIP: range is full');
  }

  async release(address: string): Promise<void> {
    try {
      await this.#store.delete(`${PREFIX}${address}`, () => undefined);
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'key-not-found') throw error;
    }
  }

  /** Gives back every address that no Service of the given ones has: what a crash may have left. */
  async repair(inUse: ReadonlySet<string>): Promise<void> {
    const { items } = await this.#store.list(PREFIX, {});
    for (const { metadata } of items) {
      const address = metadata?.name ?? '';
      if (!inUse.has(address)) await this.release(address);
    }
  }

  async #take(address: string, namespace: string, service: string): Promise<boolean> {
    const object: KubeObject & { readonly spec: unknown } = {
      kind: 'IPAddress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: {
        name: address,
        labels: {
          'ipaddress.kubernetes.io/ip-family': 'IPv4',
          'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
        },
      },
      spec: { parentRef: { group: '', resource: 'services', namespace, name: service } },
    };
    try {
      await this.#store.create(`${PREFIX}${address}`, object);
      return true;
    } catch (error) {
      if (error instanceof StorageError && error.code === 'key-exists') return false;
      throw error;
    }
  }
}
