import type { Disposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/event.ts';
import type { ImageCatalogue } from '../images/interface.ts';
import type { ExitStatus, Machine, Process } from '../machine/interface.ts';
import type { ContainerStore } from './container-store.ts';
import type { Container, PodSandbox } from './interface.ts';
import { ContainerLog } from './container-log.ts';

/** A container's process ended while the machine had power. */
export interface ContainerExit {
  readonly container: Container;
}

interface Running {
  readonly process: Process;
  readonly log: ContainerLog;
  readonly watches: readonly Disposable[];
}

/** What the diagram calls the process: the container of a static Pod is known by its own name. */
function processName(sandbox: PodSandbox, container: Container): string {
  const { name, namespace } = sandbox.config.metadata;
  if (sandbox.config.annotations['kubernetes.io/config.source'] === 'file')
    return container.config.metadata.name;
  return `${namespace}/${name}/${container.config.metadata.name}`;
}

/**
 * The containerd-shim processes and the kernel of one machine: they hold container processes and sandboxes
 * while the runtime comes and goes, and note how a process ended even if nobody listens.
 */
export class ContainerShims {
  readonly #machine: Machine;
  readonly #images: ImageCatalogue;
  readonly #store: ContainerStore;
  readonly #running = new Map<string, Running>();
  readonly #exited = new Emitter<ContainerExit>();
  readonly #now: () => number;
  /** Sandboxes whose network namespace exists. */
  readonly liveSandboxes = new Set<string>();

  readonly onDidExit = this.#exited.event;

  constructor(machine: Machine, images: ImageCatalogue, store: ContainerStore, now: () => number) {
    this.#machine = machine;
    this.#images = images;
    this.#store = store;
    this.#now = now;
    machine.onDidChange(() => {
      if (!machine.powered) this.#lostPower();
    });
  }

  /** Goes on with what ran when the app was closed: same ids, same times; nothing is told to anybody. */
  thaw(): void {
    for (const sandbox of this.#store.sandboxes.values()) {
      if (sandbox.state === 'SANDBOX_READY') this.liveSandboxes.add(sandbox.id);
    }
    for (const container of this.#store.containers.values()) {
      if (container.state !== 'CONTAINER_RUNNING') continue;
      const process = this.#spawn(container);
      this.#store.putContainer({ ...container, pid: process.pid });
    }
  }

  /** Starts the process of a created container. @throws Error with runc's text when it cannot be started */
  start(container: Container): Container {
    const process = this.#spawn(container);
    const started: Container = {
      ...container,
      state: 'CONTAINER_RUNNING',
      startedAt: this.#now(),
      pid: process.pid,
    };
    this.#store.putContainer(started);
    return started;
  }

  isRunning(containerId: string): boolean {
    return this.#running.has(containerId);
  }

  /** Resolves when the process has ended. */
  async stop(containerId: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#running.get(containerId);
    if (running === undefined) return;
    const ended = new Promise<void>((resolve) => void running.process.onDidExit(() => resolve()));
    running.process.kill(signal);
    await ended;
  }

  #spawn(container: Container): Process {
    const sandbox = this.#store.sandboxes.get(container.podSandboxId);
    if (sandbox === undefined) throw new Error(`sandbox "${container.podSandboxId}" not found`);
    const { config } = container;
    const image = this.#store.images.get(container.imageId)?.repoTags[0] ?? config.image;
    const entrypoint = this.#images.entrypoint(image, config.command, config.args);
    if (entrypoint.type === 'error') throw new Error(entrypoint.text);
    const process = this.#machine.spawn({
      name: processName(sandbox, container),
      program: entrypoint.program,
      argv: entrypoint.argv,
      env: Object.fromEntries([
        ['HOSTNAME', sandbox.config.hostname],
        ...config.envs.map(({ key, value }) => [key, value]),
      ]) as Record<string, string>,
      ip: sandbox.ip,
    });
    const log = new ContainerLog(this.#machine.files, container.logPath);
    const watches = [
      process.onDidWrite(({ stream, line, time }) => log.append(stream, line, time)),
      process.onDidExit((status) => this.#ended(container.id, status)),
    ];
    this.#running.set(container.id, { process, log, watches });
    return process;
  }

  #ended(containerId: string, status: ExitStatus): void {
    this.#running.delete(containerId);
    const container = this.#store.containers.get(containerId);
    if (container === undefined || !this.#machine.powered) return;
    const exited: Container = {
      ...container,
      state: 'CONTAINER_EXITED',
      finishedAt: this.#now(),
      exitCode: status.code,
      reason: status.code === 0 ? 'Completed' : 'Error',
      pid: 0,
    };
    this.#store.putContainer(exited);
    this.#exited.fire({ container: exited });
  }

  #lostPower(): void {
    this.liveSandboxes.clear();
    for (const running of this.#running.values()) for (const watch of running.watches) watch.dispose();
    this.#running.clear();
  }
}
