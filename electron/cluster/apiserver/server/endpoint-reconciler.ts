import type { Context } from '../../../base/context.ts';
import type { Endpoints, EndpointSlice, KubeObject } from '../../api/types.ts';
import type { EtcdClient } from '../../etcd/client/interface.ts';
import type { ServedResource } from '../endpoints/served-resource.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { ApiServer } from './api-server.ts';
import { ownWrite } from './own-writes.ts';

const SERVICE = 'kubernetes';
const NAMESPACE = 'default';
/** One key for each API server that serves, by address; it goes by itself soon after its server. */
const PREFIX = '/registry/masterleases/';
/** Seconds. */
const TTL = 15;
/** Virtual milliseconds. */
const INTERVAL = 10_000;
const PATIENCE = 2 * INTERVAL;

/**
 * Keeps the endpoints of the Service `kubernetes`: the addresses of all API servers that hold a lease in etcd. Models
 * pkg/controlplane/reconcilers lease.go and endpointsadapter.go, and the kubernetesservice controller (v1.34).
 */
export class EndpointReconciler {
  readonly #server: ApiServer;
  readonly #etcd: EtcdClient;
  readonly #context: Context;
  readonly #ip: string;
  readonly #port: number;
  #began = false;
  #stopped = false;

  constructor(server: ApiServer, etcd: EtcdClient, context: Context, ip: string, port: number) {
    this.#server = server;
    this.#etcd = etcd;
    this.#context = context;
    this.#ip = ip;
    this.#port = port;
  }

  /** Until `stop`. */
  async run(): Promise<void> {
    this.#began = true;
    while (!this.#stopped) {
      await this.#attempt('unable to sync kubernetes service', async () => {
        await this.#renewLease();
        await this.#reconcile();
      });
      await this.#context.clock.sleep(INTERVAL);
    }
  }

  /** Takes this server's address away; gives up after a while, when etcd cannot be asked. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (!this.#began) return;
    const removed = this.#attempt('unable to remove endpoints from kubernetes service', async () => {
      await this.#etcd.deleteRange({ key: `${PREFIX}${this.#ip}` });
      await this.#reconcile();
    });
    await Promise.race([removed, this.#context.clock.sleep(PATIENCE)]);
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof TypeError) throw error;
      this.#context.log.error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #renewLease(): Promise<void> {
    const { id } = await this.#etcd.leaseGrant({ ttl: TTL });
    const renew = (current: KubeObject | undefined): KubeObject =>
      ({
        kind: 'Endpoints',
        apiVersion: 'v1',
        // What changes, so that it is written and lives on.
        metadata: { generation: (current?.metadata?.generation ?? 0) + 1 },
        subsets: [{ addresses: [{ ip: this.#ip }] }],
      }) as KubeObject;
    await this.#server.store.guaranteedUpdate(`${PREFIX}${this.#ip}`, renew, {
      ignoreNotFound: true,
      lease: id,
    });
  }

  async #reconcile(): Promise<void> {
    const { items } = await this.#server.store.list(PREFIX, {});
    const ips = items
      .flatMap((item) => (item as Endpoints).subsets ?? [])
      .flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip))
      .sort();
    if (ips.length === 0)
      throw new Error(
        'no API server IP addresses were listed in storage, refusing to erase all endpoints for the kubernetes Service',
      );
    const ports = [{ name: 'https', port: this.#port, protocol: 'TCP' }];
    await this.#write<Endpoints>('', 'endpoints', (current) => ({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: current?.metadata ?? named({ 'endpointslice.kubernetes.io/skip-mirror': 'true' }),
      subsets: [{ addresses: ips.map((ip) => ({ ip })), ports }],
    }));
    await this.#write<EndpointSlice>('discovery.k8s.io', 'endpointslices', (current) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: current?.metadata ?? named({ 'kubernetes.io/service-name': SERVICE }),
      addressType: 'IPv4',
      endpoints: ips.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
      ports,
    }));
  }

  /** Makes the object, or makes it so; one that is so already is not written. */
  async #write<T extends KubeObject>(
    group: string,
    resource: string,
    wanted: (current: T | undefined) => T,
  ): Promise<void> {
    const served = this.#server.resources.find(group, 'v1', resource);
    if (served === undefined) return;
    if (!(await this.#exists(served))) {
      await served.writer.create(NAMESPACE, wanted(undefined), ownWrite());
      return;
    }
    const update = (current: KubeObject | undefined): Promise<KubeObject> =>
      Promise.resolve(wanted(current as T | undefined));
    await served.writer.update(
      { namespace: NAMESPACE, name: SERVICE, subresource: '', create: 'never', update },
      ownWrite(),
    );
  }

  async #exists({ store }: ServedResource): Promise<boolean> {
    try {
      await this.#server.store.get(store.key(NAMESPACE, SERVICE));
      return true;
    } catch (error) {
      if (error instanceof StorageError && error.code === 'key-not-found') return false;
      throw error;
    }
  }
}

function named(labels: Readonly<Record<string, string>>): KubeObject['metadata'] {
  return { name: SERVICE, namespace: NAMESPACE, labels };
}
