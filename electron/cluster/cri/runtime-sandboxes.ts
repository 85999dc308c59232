import type { ProcessContext } from '../machine/interface.ts';
import type {
  ContainerEvent,
  ContainerEventType,
  CriRequest,
  CriResponse,
  PodSandbox,
  PodSandboxConfig,
} from './interface.ts';
import { CriError } from './interface.ts';
import { needRoom } from './need-room.ts';
import type { NodeRuntime } from './node-runtime.ts';
import type { RuntimeImages } from './runtime-images.ts';
import { fitsDriver } from './variants/cgroup-name.ts';
import type { RuntimeSettings } from './variants/interface.ts';
import { removeRootfs } from './rootfs.ts';

const HEX = '0123456789abcdef';

function nameOf(config: PodSandboxConfig): string {
  const { name, namespace, uid, attempt } = config.metadata;
  return [name, namespace, uid, attempt].join('_');
}

/** The sandbox half of the runtime service: one network namespace per Pod. */
export class RuntimeSandboxes {
  readonly #process: ProcessContext;
  readonly #runtime: NodeRuntime;
  /** As they were read when the runtime started. */
  readonly #settings: RuntimeSettings;
  readonly #images: RuntimeImages;
  readonly #publish: (event: ContainerEvent) => void;
  /** Names of sandboxes, also of those being made: a name is given once. */
  readonly #names = new Map<string, string>();

  constructor(
    process: ProcessContext,
    runtime: NodeRuntime,
    settings: RuntimeSettings,
    images: RuntimeImages,
    publish: (event: ContainerEvent) => void,
  ) {
    this.#process = process;
    this.#settings = settings;
    this.#images = images;
    this.#runtime = runtime;
    this.#publish = publish;
    for (const sandbox of runtime.store.sandboxes.values())
      this.#names.set(nameOf(sandbox.config), sandbox.id);
  }

  async run(config: PodSandboxConfig): Promise<CriResponse<'RunPodSandbox'>> {
    const { clock, rand } = this.#process;
    const { texts } = this.#runtime.variant;
    const name = nameOf(config);
    const owner = this.#names.get(name);
    if (owner !== undefined) {
      throw new CriError('Unknown', texts.sandboxNameTaken(config.metadata, rand.string(64, HEX), owner));
    }
    const id = rand.string(64, HEX);
    const { cgroupParent, runtimeHandler = '' } = config;
    const { cgroupDriver, handlers, sandboxImage } = this.#settings;
    if (runtimeHandler !== '' && !handlers.includes(runtimeHandler))
      throw new CriError('Unknown', texts.noSuchHandler(runtimeHandler, handlers));
    if (cgroupParent !== undefined && !fitsDriver(cgroupParent, cgroupDriver))
      throw new CriError('Unknown', texts.cgroupRefused(id, cgroupParent, cgroupDriver));
    this.#names.set(name, id);
    try {
      await this.#ensureImage(sandboxImage, config);
      await clock.sleep(20 + rand.float() * 20);
      needRoom(this.#process.disk, 'sandbox', `sandboxes/${id}`);
      const ip = config.network === 'NODE' ? this.#process.machine.ip : this.#setUpNetwork(config, id);
      const sandbox: PodSandbox = { id, config, state: 'SANDBOX_READY', createdAt: clock.now(), ip };
      this.#runtime.shims.liveSandboxes.add(id);
      this.#runtime.store.putSandbox(sandbox);
      this.#announce('CONTAINER_STARTED_EVENT', sandbox);
      return { podSandboxId: id };
    } catch (error) {
      this.#names.delete(name);
      throw error;
    }
  }

  async stop(id: string): Promise<CriResponse<'StopPodSandbox'>> {
    const sandbox = this.#runtime.store.sandboxes.get(id);
    if (sandbox === undefined) return {};
    const containers = this.#runtime.store.containersOf(id);
    await Promise.all(containers.map((container) => this.#runtime.shims.stop(container.id, 'SIGKILL')));
    if (sandbox.state === 'SANDBOX_NOTREADY' && sandbox.ip === '') return {};
    await this.#process.clock.sleep(5 + this.#process.rand.float() * 10);
    if (sandbox.config.network === 'POD' && sandbox.ip !== '') this.#runtime.ipam.release(sandbox.ip);
    this.#runtime.shims.liveSandboxes.delete(id);
    const stopped: PodSandbox = { ...sandbox, state: 'SANDBOX_NOTREADY', ip: '' };
    this.#runtime.store.putSandbox(stopped);
    this.#announce('CONTAINER_STOPPED_EVENT', stopped);
    return {};
  }

  async remove(id: string): Promise<CriResponse<'RemovePodSandbox'>> {
    if (!this.#runtime.store.sandboxes.has(id)) return {};
    await this.stop(id);
    const sandbox = this.#runtime.store.sandboxes.get(id);
    if (sandbox === undefined) return {};
    for (const container of this.#runtime.store.containersOf(id)) {
      this.#runtime.store.removeContainer(container.id);
      removeRootfs(this.#process, container.id);
    }
    this.#runtime.store.removeSandbox(id);
    this.#names.delete(nameOf(sandbox.config));
    this.#announce('CONTAINER_DELETED_EVENT', sandbox);
    return {};
  }

  async status(id: string): Promise<CriResponse<'PodSandboxStatus'>> {
    const status = this.#runtime.store.sandboxes.get(id);
    if (status === undefined) {
      throw this.#runtime.variant.texts.noSuchSandbox(id);
    }
    return { status };
  }

  async list(filter: CriRequest<'ListPodSandbox'>): Promise<CriResponse<'ListPodSandbox'>> {
    const items = [...this.#runtime.store.sandboxes.values()].filter(
      (sandbox) =>
        (filter.id === undefined || sandbox.id === filter.id) &&
        (filter.state === undefined || sandbox.state === filter.state),
    );
    return { items };
  }

  /** @throws CriError when the image of sandboxes is neither here nor to be had */
  async #ensureImage(image: string, { metadata }: PodSandboxConfig): Promise<void> {
    if (this.#runtime.findImage(image) !== undefined) return;
    try {
      await this.#images.pull(image);
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      throw new CriError(error.code, this.#runtime.variant.texts.sandboxImageMissing(metadata, image, error));
    }
  }

  #setUpNetwork({ metadata }: PodSandboxConfig, id: string): string {
    const failed = (why: string): CriError =>
      new CriError('Unknown', this.#runtime.variant.texts.networkNotSetUp(metadata, id, why));
    if (!this.#runtime.ipam.ready) throw failed('cni plugin not initialized');
    try {
      return this.#runtime.ipam.allocate(id);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw failed(`plugin type="bridge" failed (add): failed to allocate for range 0: ${text}`);
    }
  }

  #announce(type: ContainerEventType, sandbox: PodSandbox): void {
    const now = this.#process.clock.now();
    const containersStatuses = this.#runtime.store.containersOf(sandbox.id);
    this.#publish({
      containerId: sandbox.id,
      type,
      createdAt: now,
      podSandboxStatus: sandbox,
      containersStatuses,
    });
  }
}
