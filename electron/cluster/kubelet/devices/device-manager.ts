import { isExtendedResource } from '../../api/core/v1/pod/resources-validation.ts';
import type { Container, Pod } from '../../api/types.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import type {
  ContainerAllocateResponse,
  Device,
  DevicePluginRequest,
} from '../../device-plugins/interface.ts';
import {
  DEVICE_PLUGIN_VERSION,
  DEVICE_PLUGINS,
  DevicePluginError,
  KUBELET_SOCKET,
} from '../../device-plugins/interface.ts';
import { DevicePluginServer } from '../../device-plugins/device-plugin-server.ts';
import type { ProcessContext } from '../../machine/interface.ts';
import { isSidecar, specOf, uidOf } from '../pod-accessors.ts';
import { CHECKPOINT, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { DeviceEndpoint } from './device-endpoint.ts';
import { PodDevices } from './pod-devices.ts';

/** How long devices are still told of after their plugin went, in milliseconds. */
const STOP_GRACE = 300_000;
const UNIT = 1_000_000_000n;

interface Resource {
  devices: readonly Device[];
  endpoint: DeviceEndpoint | undefined;
  /** Virtual milliseconds; undefined while the plugin is there. */
  stoppedAt: number | undefined;
}

/** What a node has of devices, by resource; what is no more is 0. */
export interface DeviceCounts {
  readonly capacity: Readonly<Record<string, number>>;
  readonly allocatable: Readonly<Record<string, number>>;
}

/** A container cannot have the devices that it asks for. */
export class DeviceAllocationError extends Error {}

export interface DeviceManagerOptions {
  readonly process: ProcessContext;
  /** The machine was frozen, not rebooted: devices are as they were until plugins say otherwise. */
  readonly thawed: boolean;
  /** Those that have not ended. */
  readonly activePods: () => readonly Pod[];
}

function amountOf(container: Container, resource: string): number {
  return Number(parseQuantity(container.resources?.limits?.[resource] ?? '0').nanos / UNIT);
}

/**
 * Devices of this machine: plugins register at `kubelet.sock` and say what there is, containers get them when their Pod is admitted.
 * Models pkg/kubelet/cm/devicemanager/manager.go and plugin/v1beta1/server.go (v1.34), without NUMA nodes.
 */
export class DeviceManager {
  readonly #options: DeviceManagerOptions;
  readonly #resources = new Map<string, Resource>();
  readonly #gone = new Set<string>();
  #pods = new PodDevices();
  /** One allocation after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: DeviceManagerOptions) {
    this.#options = options;
  }

  /** Restores what was given away, clears the folder of old sockets and takes registrations. */
  start(): void {
    const { process, thawed } = this.#options;
    const { files, log, clock } = process;
    try {
      const read = readCheckpoint(files);
      this.#pods = new PodDevices(read?.entries);
      for (const [name, ids] of Object.entries(read?.registered ?? {}))
        this.#resources.set(name, {
          devices: thawed ? ids.map((id) => ({ id, health: 'Healthy' as const })) : [],
          endpoint: undefined,
          // A kubelet that starts knows of no devices until plugins have registered.
          stoppedAt: clock.now(),
        });
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error);
      log.error(
        'Continue after failing to read checkpoint file. Device allocation info may NOT be up-to-date',
        { err },
      );
    }
    files.makeFolder(DEVICE_PLUGINS);
    for (const name of files.list(DEVICE_PLUGINS)) {
      const path = `${DEVICE_PLUGINS}/${name}`;
      if (path !== CHECKPOINT && !files.isFolder(path)) files.remove(path);
    }
    new DevicePluginServer(process, { Register: (request) => this.#register(request) }).listen(
      KUBELET_SOCKET,
    );
    files.write(KUBELET_SOCKET, '');
  }

  /** As the Node's status has them. Resources whose plugin is gone for good are told of as 0 from then on. */
  get counts(): DeviceCounts {
    const capacity: Record<string, number> = {};
    const allocatable: Record<string, number> = {};
    const now = this.#options.process.clock.now();
    for (const [name, { devices, stoppedAt }] of [...this.#resources]) {
      if (stoppedAt !== undefined && now - stoppedAt > STOP_GRACE) {
        this.#resources.delete(name);
        this.#gone.add(name);
        this.#save();
        continue;
      }
      capacity[name] = devices.length;
      allocatable[name] = devices.filter(({ health }) => health === 'Healthy').length;
    }
    for (const name of this.#gone) {
      capacity[name] = 0;
      allocatable[name] = 0;
    }
    return { capacity, allocatable };
  }

  /** Gives each container of a Pod its devices. @throws DeviceAllocationError */
  async allocate(pod: Pod): Promise<void> {
    const { containers, initContainers = [] } = specOf(pod);
    if ([...initContainers, ...containers].every((container) => this.#wanted(container).length === 0)) return;
    await this.#inTurn(() => this.#allocatePod(pod));
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    await mine;
  }

  async #allocatePod(pod: Pod): Promise<void> {
    const { containers, initContainers = [] } = specOf(pod);
    /** Devices of init containers, which those after them get again; by resource. */
    const reusable = new Map<string, Set<string>>();
    for (const container of initContainers) {
      await this.#allocateContainer(pod, container, reusable);
      for (const { resource, ids } of this.#pods.of(uidOf(pod), container.name)) {
        const left = reusable.get(resource) ?? new Set<string>();
        for (const id of ids)
          if (isSidecar(container)) left.delete(id);
          else left.add(id);
        reusable.set(resource, left);
      }
    }
    for (const container of containers) {
      await this.#allocateContainer(pod, container, reusable);
      for (const { resource, ids } of this.#pods.of(uidOf(pod), container.name))
        for (const id of ids) reusable.get(resource)?.delete(id);
    }
  }

  /** What a container that is about to start gets with its devices. @throws DeviceAllocationError */
  async runOptions(pod: Pod, container: Container): Promise<readonly ContainerAllocateResponse[]> {
    const uid = uidOf(pod);
    let again = false;
    for (const resource of this.#wanted(container)) {
      const has = this.#pods.of(uid, container.name).find((entry) => entry.resource === resource);
      if (has === undefined) again = true;
      else await this.#preStart(resource, has.ids);
    }
    if (again) await this.#inTurn(() => this.#allocateContainer(pod, container, new Map()));
    return this.#pods.of(uid, container.name).map(({ response }) => response);
  }

  /** Resources of plugins that a container asks for. */
  #wanted(container: Container): string[] {
    const known = this.#pods.resources;
    return Object.keys(container.resources?.limits ?? {}).filter(
      (name) => (this.#resources.has(name) || known.has(name)) && amountOf(container, name) > 0,
    );
  }

  async #allocateContainer(
    pod: Pod,
    container: Container,
    reusable: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<void> {
    const wanted = this.#wanted(container);
    if (wanted.length === 0) return;
    this.#pods.keepOnly(new Set(this.#options.activePods().map(uidOf)));
    for (const resource of wanted) {
      const ids = await this.#choose(pod, container, resource, reusable.get(resource) ?? new Set());
      if (ids.length === 0) continue;
      await this.#give(pod, container, resource, ids);
    }
    this.#save();
  }

  /** Ids to give; none when it has its devices already. Models devicesToAllocate. */
  async #choose(
    pod: Pod,
    container: Container,
    resource: string,
    reusable: ReadonlySet<string>,
  ): Promise<readonly string[]> {
    const required = amountOf(container, resource);
    const has = this.#pods.of(uidOf(pod), container.name).find((entry) => entry.resource === resource)?.ids;
    const known = this.#resources.get(resource);
    const refuse = (text: string): never => {
      throw new DeviceAllocationError(text);
    };
    if (has !== undefined && has.length !== required)
      refuse(
        `pod ${JSON.stringify(uidOf(pod))} container ${JSON.stringify(container.name)} changed request for resource ${JSON.stringify(resource)} from ${has.length} to ${required}`,
      );
    if (known === undefined) return refuse(`cannot allocate unregistered device ${resource}`);
    const healthy = known.devices.filter(({ health }) => health === 'Healthy').map(({ id }) => id);
    if (healthy.length === 0)
      refuse(`no healthy devices present; cannot allocate unhealthy devices ${resource}`);
    if (has !== undefined) {
      if (has.every((id) => healthy.includes(id))) return [];
      refuse(
        `previously allocated devices are no longer healthy; cannot allocate unhealthy devices ${resource}`,
      );
    }
    const again = [...reusable].slice(0, required);
    const needed = required - again.length;
    if (needed === 0) return again;
    const used = this.#pods.used(resource);
    const free = healthy.filter((id) => !used.has(id)).sort();
    if (free.length < needed)
      refuse(
        `requested number of devices unavailable for ${resource}. Requested: ${needed}, Available: ${free.length}`,
      );
    const preferred = await this.#preferred(known.endpoint, free, again, required);
    return [...again, ...[...preferred, ...free.filter((id) => !preferred.includes(id))].slice(0, needed)];
  }

  async #preferred(
    endpoint: DeviceEndpoint | undefined,
    free: readonly string[],
    mustIncludeDeviceIds: readonly string[],
    allocationSize: number,
  ): Promise<readonly string[]> {
    if (endpoint?.options.getPreferredAllocationAvailable !== true) return [];
    const availableDeviceIds = [...mustIncludeDeviceIds, ...free];
    const { deviceIds } = await this.#asked(() =>
      endpoint.client.call('GetPreferredAllocation', {
        availableDeviceIds,
        mustIncludeDeviceIds,
        allocationSize,
      }),
    );
    return deviceIds.filter((id) => free.includes(id));
  }

  async #give(pod: Pod, container: Container, resource: string, ids: readonly string[]): Promise<void> {
    const endpoint = this.#resources.get(resource)?.endpoint;
    if (endpoint === undefined) throw new DeviceAllocationError(`unknown Device Plugin ${resource}`);
    const { containerResponses } = await this.#asked(() =>
      endpoint.client.call('Allocate', { containerRequests: [{ devicesIds: ids }] }),
    );
    const [response] = containerResponses;
    if (response === undefined)
      throw new DeviceAllocationError('no containers return in allocation response &AllocateResponse{}');
    this.#pods.insert({ podUid: uidOf(pod), container: container.name, resource, ids, response });
  }

  async #preStart(resource: string, devicesIds: readonly string[]): Promise<void> {
    const endpoint = this.#resources.get(resource)?.endpoint;
    if (endpoint?.options.preStartRequired !== true) return;
    try {
      await endpoint.client.call('PreStartContainer', { devicesIds });
    } catch (error) {
      if (!(error instanceof DevicePluginError)) throw error;
      throw new DeviceAllocationError(
        `device plugin PreStartContainer rpc failed with err: ${error.message}`,
      );
    }
  }

  async #asked<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof DevicePluginError)) throw error;
      throw new DeviceAllocationError(error.message);
    }
  }

  async #register(request: DevicePluginRequest<'Register'>): Promise<object> {
    const { process } = this.#options;
    const { resourceName: resource, version, endpoint: socket } = request;
    process.log.info('Got registration request from device plugin with resource', { resourceName: resource });
    const refuse = (message: string, err: string): never => {
      process.log.info(message, { resourceName: resource, err });
      throw new DevicePluginError('Unknown', err);
    };
    if (version !== DEVICE_PLUGIN_VERSION)
      refuse(
        'Bad registration request from device plugin with resource',
        `requested API version ${JSON.stringify(version)} is not supported by kubelet. Supported version is [${JSON.stringify(DEVICE_PLUGIN_VERSION)}]`,
      );
    if (!isExtendedResource(resource))
      refuse(
        'Bad registration request from device plugin',
        `the ResourceName ${JSON.stringify(resource)} is invalid`,
      );
    try {
      const endpoint = await DeviceEndpoint.connect(process, `${DEVICE_PLUGINS}/${socket}`, {
        told: (devices) => this.#told(resource, endpoint, devices),
        ended: () => this.#ended(resource, endpoint),
      });
      const before = this.#resources.get(resource);
      this.#gone.delete(resource);
      this.#resources.set(resource, { devices: before?.devices ?? [], endpoint, stoppedAt: undefined });
      before?.endpoint?.client.close();
      endpoint.run();
    } catch (error) {
      if (error instanceof TypeError) throw error;
      refuse('Error connecting to device plugin client', error instanceof Error ? error.message : '');
    }
    return {};
  }

  #told(resource: string, endpoint: DeviceEndpoint, devices: readonly Device[]): void {
    const known = this.#resources.get(resource);
    if (known?.endpoint !== endpoint) return;
    known.devices = devices;
    this.#save();
  }

  /** Its plugin has gone: until it is back nobody gets its devices. */
  #ended(resource: string, endpoint: DeviceEndpoint): void {
    const known = this.#resources.get(resource);
    if (known?.endpoint !== endpoint) return;
    this.#options.process.log.error('ListAndWatch ended unexpectedly for device plugin', {
      resource,
      err: 'rpc error: code = Unavailable desc = error reading from server: EOF',
    });
    known.endpoint = undefined;
    known.devices = known.devices.map(({ id }) => ({ id, health: 'Unhealthy' }));
    known.stoppedAt = this.#options.process.clock.now();
  }

  #save(): void {
    const registered = [...this.#resources].map(
      ([name, { devices }]) =>
        [name, devices.filter(({ health }) => health === 'Healthy').map(({ id }) => id)] as const,
    );
    writeCheckpoint(this.#options.process.files, {
      entries: this.#pods.entries,
      registered: Object.fromEntries(registered),
    });
  }
}
