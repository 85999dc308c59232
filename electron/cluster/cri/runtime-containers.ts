import type { Disposable } from '../../base/disposable.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type {
  Container,
  ContainerConfig,
  ContainerEvent,
  ContainerEventType,
  ContainerFilter,
  CriRequest,
  CriResponse,
} from './interface.ts';
import { utf8Decode } from '../network/byte-text.ts';
import { CriError } from './interface.ts';
import { needRoom } from './need-room.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { removeRootfs } from './rootfs.ts';

const HEX = '0123456789abcdef';
/** Bytes of a command's output that are kept. */
const MAX_OUTPUT = 16_384;

/** The container half of the runtime service. */
export class RuntimeContainers {
  readonly #process: ProcessContext;
  readonly #runtime: NodeRuntime;
  readonly #publish: (event: ContainerEvent) => void;

  constructor(process: ProcessContext, runtime: NodeRuntime, publish: (event: ContainerEvent) => void) {
    this.#process = process;
    this.#runtime = runtime;
    this.#publish = publish;
  }

  async create(sandboxId: string, config: ContainerConfig): Promise<CriResponse<'CreateContainer'>> {
    const { clock, rand } = this.#process;
    const sandbox = this.#runtime.store.sandboxes.get(sandboxId);
    if (sandbox === undefined)
      throw new CriError('NotFound', `failed to find sandbox id "${sandboxId}": not found`);
    const image = this.#runtime.findImage(config.imageRef === '' ? config.image : config.imageRef);
    if (image === undefined) {
      throw new CriError('NotFound', `failed to resolve image "${config.image}": not found`);
    }
    const { variant } = this.#runtime;
    const missing =
      variant.missingProgram.at === 'create' ? this.#runtime.shims.missingProgram(config) : undefined;
    if (missing !== undefined) throw new CriError('Unknown', variant.texts.notStarted('', missing));
    await clock.sleep(4 + rand.float() * 8);
    const id = rand.string(64, HEX);
    needRoom(this.#process.disk, 'container', `containers/${id}`);
    const container: Container = {
      id,
      podSandboxId: sandboxId,
      config,
      state: 'CONTAINER_CREATED',
      createdAt: clock.now(),
      startedAt: 0,
      finishedAt: 0,
      exitCode: 0,
      reason: '',
      message: '',
      imageId: image.id,
      imageRef: variant.imageRef(image),
      pid: 0,
      logPath: `${sandbox.config.logDirectory}/${config.logPath}`,
    };
    this.#runtime.store.putContainer(container);
    this.#announce('CONTAINER_CREATED_EVENT', container);
    return { containerId: id };
  }

  async start(id: string): Promise<CriResponse<'StartContainer'>> {
    const container = this.#find(id);
    if (container.state !== 'CONTAINER_CREATED') {
      throw new CriError('Unknown', `container "${id}" is in ${container.state} state`);
    }
    const { clock, rand } = this.#process;
    await clock.sleep(15 + rand.float() * 25);
    try {
      this.#announce('CONTAINER_STARTED_EVENT', this.#runtime.shims.start(container));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const { missingProgram, texts } = this.#runtime.variant;
      const message = texts.notStarted(id, why);
      const now = clock.now();
      const failed: Container = {
        ...container,
        state: 'CONTAINER_EXITED',
        startedAt: now,
        finishedAt: now,
        ...(missingProgram.at === 'start'
          ? { exitCode: missingProgram.exitCode, reason: missingProgram.reason }
          : { exitCode: 128, reason: 'StartError' }),
        message,
      };
      this.#runtime.store.putContainer(failed);
      this.#announce('CONTAINER_STOPPED_EVENT', failed);
      throw new CriError('Unknown', message);
    }
    return {};
  }

  async stop(id: string, timeoutSeconds: number): Promise<CriResponse<'StopContainer'>> {
    const container = this.#runtime.store.containers.get(id);
    if (container === undefined) return {};
    if (timeoutSeconds > 0) {
      const killer = this.#process.clock.setTimeout(
        () => void this.#runtime.shims.stop(id, 'SIGKILL'),
        timeoutSeconds * 1000,
      );
      await this.#runtime.shims.stop(id, 'SIGTERM');
      killer.dispose();
    } else {
      await this.#runtime.shims.stop(id, 'SIGKILL');
    }
    return {};
  }

  async remove(id: string): Promise<CriResponse<'RemoveContainer'>> {
    const container = this.#runtime.store.containers.get(id);
    if (container === undefined) return {};
    await this.#runtime.shims.stop(id, 'SIGKILL');
    this.#runtime.store.removeContainer(id);
    this.#removeLogs(container);
    removeRootfs(this.#process, id);
    this.#announce('CONTAINER_DELETED_EVENT', container);
    return {};
  }

  async execSync({ containerId, cmd, timeout }: CriRequest<'ExecSync'>): Promise<CriResponse<'ExecSync'>> {
    const { state } = this.#find(containerId);
    if (state !== 'CONTAINER_RUNNING')
      throw new CriError('Unknown', `failed to exec in container: container is in ${state} state`);
    const text = { stdout: '', stderr: '' };
    const { texts } = this.#runtime.variant;
    const { clock, rand } = this.#process;
    const exitCode = await new Promise<number>((resolve, reject) => {
      let timer: Disposable | undefined;
      const session = this.#runtime.shims.exec(containerId, cmd, false, {
        output: (stream, bytes) => void (text[stream] = (text[stream] + bytes).slice(0, MAX_OUTPUT)),
        ended: ({ code, error }) => {
          timer?.dispose();
          if (error === undefined) resolve(code);
          else reject(new CriError('Unknown', texts.notExecuted(rand.string(64, HEX), error)));
        },
      });
      if (timeout > 0)
        timer = clock.setTimeout(() => {
          const why = `failed to exec in container: timeout ${timeout}s exceeded: context deadline exceeded`;
          reject(new CriError('DeadlineExceeded', why));
          session.leave();
        }, timeout * 1000);
      session.closeInput();
    });
    return { stdout: utf8Decode(text.stdout), stderr: utf8Decode(text.stderr), exitCode };
  }

  async list(filter: ContainerFilter): Promise<CriResponse<'ListContainers'>> {
    const { store } = this.#runtime;
    const all =
      filter.podSandboxId === undefined
        ? [...store.containers.values()]
        : store.containersOf(filter.podSandboxId);
    const containers = all.filter(
      (container) =>
        (filter.id === undefined || container.id === filter.id) &&
        (filter.state === undefined || container.state === filter.state),
    );
    return { containers };
  }

  async status(id: string): Promise<CriResponse<'ContainerStatus'>> {
    return { status: this.#find(id) };
  }

  /** Models container_update_resources.go. */
  async update(
    id: string,
    linux: CriRequest<'UpdateContainerResources'>['linux'],
  ): Promise<CriResponse<'UpdateContainerResources'>> {
    const container = this.#runtime.store.containers.get(id);
    if (container === undefined) throw new CriError('NotFound', 'failed to find container: not found');
    const resources = { ...container.config.linux?.resources, ...linux };
    const config = { ...container.config, linux: { ...container.config.linux, resources } };
    this.#runtime.store.putContainer({ ...container, config });
    this.#runtime.shims.update(id, resources);
    return {};
  }

  async reopenLog(id: string): Promise<CriResponse<'ReopenContainerLog'>> {
    const { state } = this.#find(id);
    if (state !== 'CONTAINER_RUNNING') throw new CriError('Unknown', 'container is not running');
    this.#runtime.shims.reopenLog(id);
    return {};
  }

  /** A process ended, for whatever reason. */
  exited(container: Container): void {
    this.#announce('CONTAINER_STOPPED_EVENT', container);
  }

  #removeLogs(container: Container): void {
    const { files } = this.#process;
    const end = container.logPath.lastIndexOf('/');
    const [folder, name] = [container.logPath.slice(0, end), container.logPath.slice(end + 1)];
    // Those that were moved away, too: upstream's kubelet sees to them.
    for (const other of files.list(folder))
      if (other === name || other.startsWith(`${name}.`)) files.remove(`${folder}/${other}`);
  }

  #find(id: string): Container {
    const container = this.#runtime.store.containers.get(id);
    if (container === undefined) {
      throw this.#runtime.variant.texts.noSuchContainer(id);
    }
    return container;
  }

  #announce(type: ContainerEventType, container: Container): void {
    const sandbox = this.#runtime.store.sandboxes.get(container.podSandboxId);
    if (sandbox === undefined) return;
    const now = this.#process.clock.now();
    const containersStatuses = this.#runtime.store.containersOf(sandbox.id);
    this.#publish({
      containerId: container.id,
      type,
      createdAt: now,
      podSandboxStatus: sandbox,
      containersStatuses,
    });
  }
}
