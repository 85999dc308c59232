import type { CSINode } from '../api/types.ts';
import { isAlreadyExists, isNotFound } from '../client/api-errors.ts';
import type { ApiClient, ResourceClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { CsiClient } from '../csi/csi-client.ts';
import { CsiError, PLUGINS_REGISTRY } from '../csi/interface.ts';
import type { ProcessContext } from '../machine/interface.ts';

const RETRY = 2_000;
const MIGRATED =
  'kubernetes.io/aws-ebs,kubernetes.io/azure-disk,kubernetes.io/azure-file,kubernetes.io/cinder,kubernetes.io/gce-pd,kubernetes.io/portworx-volume,kubernetes.io/vsphere-volume';

type CsiNodeDriver = NonNullable<CSINode['spec']['drivers']>[number];

/**
 * CSI drivers of this machine: they register by a socket below `plugins_registry`, and the node's CSINode says so. Models
 * pkg/kubelet/pluginmanager and pkg/volume/csi/nodeinfomanager (v1.34); topology keys are no labels of the Node here.
 */
export class CsiPlugins {
  readonly #process: ProcessContext;
  readonly #csiNodes: ResourceClient<CSINode>;
  readonly #node: string;
  readonly #nodeUid: () => string;
  /** By driver, once registered. */
  readonly #clients = new Map<string, CsiClient>();
  /** Driver by its registration socket. */
  readonly #sockets = new Map<string, string>();
  #updating: Promise<void> = Promise.resolve();

  constructor(process: ProcessContext, client: ApiClient, node: string, nodeUid: () => string) {
    this.#process = process;
    this.#csiNodes = client.resource<CSINode>(resourceTypes.csiNodes);
    this.#node = node;
    this.#nodeUid = nodeUid;
  }

  /** The Node is registered. Drivers come and go for as long as the process runs. */
  start(): void {
    const { files } = this.#process;
    const look = (path: string): void => {
      if (!path.endsWith('.sock')) return;
      if (files.exists(path)) this.#process.go(() => this.#register(path));
      else this.#process.go(() => this.#deregister(path));
    };
    files.watch(PLUGINS_REGISTRY, look);
    this.#change((drivers) => drivers);
    for (const name of files.list(PLUGINS_REGISTRY)) look(`${PLUGINS_REGISTRY}/${name}`);
  }

  /** Undefined when no driver of this name has registered. */
  client(driver: string): CsiClient | undefined {
    return this.#clients.get(driver);
  }

  async #register(socket: string): Promise<void> {
    const { net, machine, log } = this.#process;
    try {
      const registration = new CsiClient(net, machine.name, socket);
      const { name, endpoint } = await registration.call('GetInfo', {});
      registration.close();
      const client = new CsiClient(net, machine.name, endpoint);
      const { nodeId, maxVolumesPerNode, topology } = await client.call('NodeGetInfo', {});
      this.#clients.get(name)?.close();
      this.#clients.set(name, client);
      this.#sockets.set(socket, name);
      const driver: CsiNodeDriver = {
        name,
        nodeID: nodeId,
        topologyKeys: Object.keys(topology).sort(),
        ...(maxVolumesPerNode === 0 ? {} : { allocatable: { count: maxVolumesPerNode } }),
      };
      this.#change((drivers) => [...drivers.filter((one) => one.name !== name), driver]);
      log.info('Register new plugin', { driver: name });
    } catch (error) {
      if (!(error instanceof CsiError)) throw error;
      log.error('RegisterPlugin error', { socket, err: error.message });
    }
  }

  async #deregister(socket: string): Promise<void> {
    const name = this.#sockets.get(socket);
    if (name === undefined) return;
    this.#sockets.delete(socket);
    this.#clients.get(name)?.close();
    this.#clients.delete(name);
    this.#change((drivers) => drivers.filter((one) => one.name !== name));
  }

  /** One after the other, each until it is done. */
  #change(change: (drivers: readonly CsiNodeDriver[]) => readonly CsiNodeDriver[]): void {
    this.#updating = this.#updating.then(() => this.#write(change));
    this.#process.go(() => this.#updating);
  }

  async #write(change: (drivers: readonly CsiNodeDriver[]) => readonly CsiNodeDriver[]): Promise<void> {
    for (;;) {
      try {
        await this.#tryWrite(change);
        return;
      } catch (error) {
        if (error instanceof TypeError) throw error;
        this.#process.log.error('Error updating CSINode', {
          err: error instanceof Error ? error.message : String(error),
        });
        await this.#process.clock.sleep(RETRY);
      }
    }
  }

  async #tryWrite(change: (drivers: readonly CsiNodeDriver[]) => readonly CsiNodeDriver[]): Promise<void> {
    let present: CSINode | undefined;
    try {
      present = await this.#csiNodes.get(this.#node);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    const before = present?.spec.drivers ?? [];
    const drivers = change(before);
    if (present !== undefined) {
      if (JSON.stringify(before) !== JSON.stringify(drivers))
        await this.#csiNodes.update({ ...present, spec: { ...present.spec, drivers } } as CSINode);
      return;
    }
    const owner = { apiVersion: 'v1', kind: 'Node', name: this.#node, uid: this.#nodeUid() };
    try {
      await this.#csiNodes.create({
        metadata: {
          name: this.#node,
          annotations: { 'storage.alpha.kubernetes.io/migrated-plugins': MIGRATED },
          ownerReferences: [owner],
        },
        spec: { drivers },
      } as CSINode);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      throw new Error('CSINode was created meanwhile', { cause: error });
    }
  }
}
