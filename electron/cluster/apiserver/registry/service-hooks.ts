import type { KubeObject, Service, ServicePort } from '../../api/types.ts';
import { newInvalid } from '../../apimachinery/status.ts';
import { invalid } from '../../apimachinery/validation/field-error.ts';
import type { FieldError } from '../../apimachinery/validation/field-error.ts';
import type { EtcdStore } from '../storage/etcd-store.ts';
import { IpAllocationError } from './cluster-ip-allocator.ts';
import type { ClusterIpAllocator } from './cluster-ip-allocator.ts';
import { nodePortsOf } from './node-port-allocator.ts';
import type { NodePortAllocator } from './node-port-allocator.ts';
import type { Reservation, ResourceHooks } from './resource-hooks.ts';

const KIND = { group: '', kind: 'Service' };
const TAKEN = 'provided port is already allocated';
const OUT_OF_RANGE = 'provided port is not in the valid range. The range of valid ports is 30000-32767';

function wantsClusterIp(service: Service): boolean {
  return service.spec?.type !== 'ExternalName';
}

function wantsNodePorts(service: Service): boolean {
  const { type, allocateLoadBalancerNodePorts } = service.spec ?? {};
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}

/** Addresses and ports of Services. Models pkg/registry/core/service/storage alloc (v1.34). */
export class ServiceHooks implements ResourceHooks {
  readonly #store: EtcdStore;
  readonly #prefix: string;
  readonly #addresses: ClusterIpAllocator;
  readonly #ports: NodePortAllocator;

  constructor(store: EtcdStore, prefix: string, addresses: ClusterIpAllocator, ports: NodePortAllocator) {
    this.#store = store;
    this.#prefix = prefix;
    this.#addresses = addresses;
    this.#ports = ports;
  }

  async beginCreate(object: KubeObject, dryRun: boolean): Promise<Reservation> {
    return this.#reserve(object as Service, undefined, dryRun);
  }

  async beginUpdate(object: KubeObject, old: KubeObject, dryRun: boolean): Promise<Reservation> {
    return this.#reserve(object as Service, old as Service, dryRun);
  }

  async afterDelete(object: KubeObject): Promise<void> {
    const address = (object as Service).spec?.clusterIP ?? '';
    if (address !== '' && address !== 'None') await this.#addresses.release(address);
  }

  async #reserve(service: Service, old: Service | undefined, dryRun: boolean): Promise<Reservation> {
    const withPorts = await this.#reservePorts(service, old);
    const address = await this.#reserveAddress(withPorts, old, dryRun);
    const oldAddress = old?.spec?.clusterIP ?? '';
    const givenUp =
      oldAddress !== '' && oldAddress !== 'None' && !wantsClusterIp(service) ? oldAddress : undefined;
    const object = address === undefined ? withPorts : withAddress(withPorts, address);
    return {
      object: object as KubeObject,
      finish: async (written) => {
        if (!written && address !== undefined && !dryRun) await this.#addresses.release(address);
        if (written && givenUp !== undefined) await this.#addresses.release(givenUp);
      },
    };
  }

  /** The address newly taken, or undefined when the Service has one already or needs none. */
  async #reserveAddress(
    service: Service,
    old: Service | undefined,
    dryRun: boolean,
  ): Promise<string | undefined> {
    const { name = '', namespace = '' } = service.metadata ?? {};
    const asked = service.spec?.clusterIP ?? service.spec?.clusterIPs?.[0] ?? '';
    if (!wantsClusterIp(service) || asked === 'None') return undefined;
    if (asked !== '' && asked === old?.spec?.clusterIP) return undefined;
    if (dryRun) return asked === '' ? undefined : asked;
    try {
      if (asked === '') return await this.#addresses.allocateNext(namespace, name);
      await this.#addresses.allocate(asked, namespace, name);
      return asked;
    } catch (error) {
      if (!(error instanceof IpAllocationError)) throw error;
      const value = asked === '' ? null : [asked];
      const field = invalid('spec.clusterIPs', value, error.message);
      throw newInvalid(KIND, name, [field]);
    }
  }

  async #reservePorts(service: Service, old: Service | undefined): Promise<Service> {
    const ports = service.spec?.ports ?? [];
    if (!wantsNodePorts(service) || service.spec === undefined) return service;
    const own = new Set(old === undefined ? [] : nodePortsOf(old));
    const inUse = await this.#portsOfOthers(service);
    const errors: FieldError[] = [];
    const taken = new Set(inUse);
    const assigned = ports.map((port, index): ServicePort => {
      const asked = port.nodePort ?? 0;
      if (asked !== 0) {
        const refusal = own.has(asked) ? undefined : this.#ports.check(asked, inUse);
        taken.add(asked);
        if (refusal !== undefined) {
          const why = refusal === 'taken' ? TAKEN : OUT_OF_RANGE;
          errors.push(invalid(`spec.ports[${index}].nodePort`, asked, why));
        }
        return port;
      }
      const nodePort = this.#ports.next(taken);
      if (nodePort === undefined) {
        errors.push(
          invalid(`spec.ports[${index}].nodePort`, 0, 'failed to allocate a nodePort: range is full'),
        );
        return port;
      }
      taken.add(nodePort);
      return { ...port, nodePort };
    });
    if (errors.length > 0) throw newInvalid(KIND, service.metadata?.name ?? '', errors);
    return { ...service, spec: { ...service.spec, ports: assigned } };
  }

  async #portsOfOthers(service: Service): Promise<ReadonlySet<number>> {
    const { items } = await this.#store.list(this.#prefix, {});
    const others = items.filter(({ metadata }) => metadata?.uid !== service.metadata?.uid);
    return new Set(others.flatMap((other) => nodePortsOf(other as Service)));
  }
}

function withAddress(service: Service, address: string): Service {
  return { ...service, spec: { ...service.spec, clusterIP: address, clusterIPs: [address] } };
}
