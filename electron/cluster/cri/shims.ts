import type { Disposable } from '../../base/disposable.ts';
import { Emitter } from '../../base/event.ts';
import { BytePipe, EMPTY_INPUT } from '../images/container/byte-pipe.ts';
import type { ContainerFiles, ContainerWorld, Stdio, TerminalSize } from '../images/container/interface.ts';
import { containerUser } from '../images/container/user.ts';
import { Terminal } from '../images/container/terminal.ts';
import type { ImageCatalogue } from '../images/interface.ts';
import type { ExitStatus, Machine, Process } from '../machine/interface.ts';
import type { ContainerStore } from './container-store.ts';
import type { Container, ContainerConfig, LinuxContainerResources, PodSandbox } from './interface.ts';
import { ContainerCpu } from './container-cpu.ts';
import { ContainerMemory } from './container-memory.ts';
import { ContainerControlGroup } from './control-group.ts';
import { environmentOf, processName, withTerm, workingDirOf } from './container-process.ts';
import { ContainerLog } from './container-log.ts';
import { ContainerOutput } from './container-output.ts';
import { containerFiles } from './rootfs.ts';

/** A container's process ended while the machine had power. */
export interface ContainerExit {
  readonly container: Container;
}

interface Running {
  readonly process: Process;
  readonly sandbox: PodSandbox;
  readonly env: Readonly<Record<string, string>>;
  readonly output: ContainerOutput;
  readonly stdin: BytePipe | undefined;
  readonly terminal: Terminal | undefined;
  readonly world: ContainerWorld;
  /** The main process and those that were started beside it. */
  readonly inside: Process[];
  /** Host pid to pid in the PID namespace, which containers may share. */
  readonly pids: Map<number, number>;
  readonly watches: readonly Disposable[];
  readonly log: ContainerLog;
  readonly memory: ContainerMemory;
  readonly cpu: ContainerCpu;
  /** The kernel ended it because it held more than it may. */
  outOfMemory: boolean;
}

/** What the cgroup of a container that runs counts. */
export interface ContainerUsage {
  readonly memory: ContainerMemory;
  readonly cpu: ContainerCpu;
  readonly processes: number;
}

/** Who listens to a process in a container. Data are bytes as Latin-1. */
export interface SessionListener {
  output(stream: 'stdout' | 'stderr', bytes: string): void;
  /** `error`: the program could not be started. */
  ended(end: { readonly code: number; readonly error?: string }): void;
}

/** A command that runs in a container, or the join to its main process. */
export interface ContainerSession {
  readonly listener: SessionListener;
  input(bytes: string): void;
  closeInput(): void;
  /** The window of the client's terminal has another size; nothing without a terminal. */
  resize(size: TerminalSize): void;
  /** The client has gone. */
  leave(): void;
}

/** Cores that a quota allows; 0 for no limit. */
function coresOf({ cpuQuota = 0, cpuPeriod = 100_000 }: LinuxContainerResources): number {
  return cpuQuota > 0 ? cpuQuota / cpuPeriod : 0;
}

function textOf(files: ContainerFiles, path: string): string {
  return files.stat(path)?.kind === 'file' ? files.read(path) : '';
}

function nobodyThere(listener: SessionListener): ContainerSession {
  const nothing = (): void => undefined;
  return { listener, input: nothing, closeInput: nothing, resize: nothing, leave: nothing };
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

  /** runc's text when the program that a container is to run is not in its image. */
  missingProgram({ image, command, args }: ContainerConfig): string | undefined {
    const entrypoint = this.#images.entrypoint(image, command, args);
    return entrypoint.type === 'error' ? entrypoint.text : undefined;
  }

  isRunning(containerId: string): boolean {
    return this.#running.has(containerId);
  }

  /** Undefined when it does not run. */
  usage(containerId: string): ContainerUsage | undefined {
    const running = this.#running.get(containerId);
    if (running === undefined) return undefined;
    const { memory, cpu } = running;
    return { memory, cpu, processes: this.#machine.kernel.groups.get(containerId)?.processes ?? 0 };
  }

  /** Other limits for a container that runs. */
  update(containerId: string, resources: LinuxContainerResources): void {
    const running = this.#running.get(containerId);
    if (running === undefined) return;
    running.cpu.setLimit(coresOf(resources));
    running.memory.setLimit(resources.memoryLimitInBytes ?? 0);
  }

  /** Goes on in a new log file, after somebody moved the old one away. */
  reopenLog(containerId: string): void {
    this.#running.get(containerId)?.log.reopen();
  }

  /** Resolves when the process has ended. */
  async stop(containerId: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#running.get(containerId);
    if (running === undefined) return;
    const ended = new Promise<void>((resolve) => void running.process.onDidExit(() => resolve()));
    running.process.kill(signal);
    await ended;
  }

  /** Runs a further program in a container that runs. What cannot be started ends at once with runc's text. */
  exec(
    containerId: string,
    argv: readonly string[],
    tty: boolean,
    listener: SessionListener,
  ): ContainerSession {
    const running = this.#running.get(containerId);
    const container = this.#store.containers.get(containerId);
    const nobody = nobodyThere(listener);
    if (running === undefined || container === undefined) {
      listener.ended({ code: 0, error: 'cannot exec in a stopped container' });
      return nobody;
    }
    const pipe = new BytePipe();
    const terminal = tty ? new Terminal((bytes) => listener.output('stdout', bytes)) : undefined;
    const stdio: Stdio = {
      stdin: terminal?.input ?? pipe,
      stdout: terminal?.writer ?? { isTty: false, write: (bytes) => listener.output('stdout', bytes) },
      stderr: terminal?.writer ?? { isTty: false, write: (bytes) => listener.output('stderr', bytes) },
      terminal,
    };
    const start = this.#images.exec(this.#imageOf(container), argv, { world: running.world, stdio });
    if (start.type === 'error') {
      listener.ended({ code: 0, error: start.text });
      return nobody;
    }
    const { process: main } = running;
    const process = this.#machine.spawn({
      name: `${main.name}/exec`,
      program: start.program,
      argv: start.argv,
      env: tty ? withTerm(running.env) : running.env,
      ip: running.sandbox.ip,
    });
    running.inside.push(process);
    const killed = main.onDidExit(() => process.kill('SIGKILL'));
    process.onDidExit((status) => {
      killed.dispose();
      running.inside.splice(running.inside.indexOf(process), 1);
      running.memory.hold(process.pid, 0);
      running.cpu.use(process.pid, 0);
      if (status.message !== undefined) listener.output('stderr', `${status.message}\n`);
      listener.ended({ code: status.code });
    });
    return {
      listener,
      input: (bytes) => (terminal === undefined ? pipe.write(bytes) : terminal.type(bytes)),
      closeInput: () => (terminal === undefined ? pipe.end() : terminal.hangUp()),
      resize: (size) => terminal?.resize(size),
      leave: () => process.kill('SIGKILL'),
    };
  }

  /** Joins the streams of a container's main process. */
  attach(containerId: string, stdin: boolean, listener: SessionListener): ContainerSession {
    const running = this.#running.get(containerId);
    if (running === undefined) {
      listener.ended({ code: 0 });
      return nobodyThere(listener);
    }
    const output = running.output.attach((stream, bytes) => listener.output(stream, bytes));
    const exit = running.process.onDidExit(() => listener.ended({ code: 0 }));
    const once = this.#store.containers.get(containerId)?.config.stdinOnce === true;
    const hangUp = (): void =>
      running.terminal === undefined ? running.stdin?.end() : running.terminal.hangUp();
    return {
      listener,
      input: (bytes) => {
        if (!stdin) return;
        if (running.terminal === undefined) running.stdin?.write(bytes);
        else running.terminal.type(bytes);
      },
      closeInput: () => {
        if (stdin && once) hangUp();
      },
      resize: (size) => running.terminal?.resize(size),
      leave: () => {
        output.dispose();
        exit.dispose();
        if (stdin && once) hangUp();
      },
    };
  }

  #imageOf(container: Container): string {
    return this.#store.images.get(container.imageId)?.repoTags[0] ?? container.config.image;
  }

  #spawn(container: Container): Process {
    const sandbox = this.#store.sandboxes.get(container.podSandboxId);
    if (sandbox === undefined) throw new Error(`sandbox "${container.podSandboxId}" not found`);
    const { config } = container;
    const image = this.#imageOf(container);
    const root = this.#images.root(image);
    const log = new ContainerLog(this.#machine.files, container.logPath);
    log.create();
    const output = new ContainerOutput(log, this.#now);
    const stdin = config.stdin === true ? new BytePipe() : undefined;
    const terminal = config.tty === true ? new Terminal((bytes) => output.write('stdout', bytes)) : undefined;
    const target = config.targetId === undefined ? undefined : this.#running.get(config.targetId);
    const inside: Process[] = target?.inside ?? [];
    const pids = target?.pids ?? new Map<number, number>();
    const pidOf = (hostPid: number): number => {
      const known = pids.get(hostPid) ?? (pids.size === 0 ? 1 : pids.size + 6);
      pids.set(hostPid, known);
      return known;
    };
    const resources = config.linux?.resources ?? {};
    const cpu = new ContainerCpu(this.#now, {
      limit: coresOf(resources),
      machine: this.#machine.spec.cpus,
    });
    const endForMemory = (): void => {
      const running = this.#running.get(container.id);
      if (running === undefined) return;
      running.outOfMemory = true;
      running.process.kill('SIGKILL');
    };
    const { kernel } = this.#machine;
    const memory = new ContainerMemory(resources.memoryLimitInBytes ?? 0, endForMemory, () =>
      kernel.memoryChanged(container.id),
    );
    const children = new Map<number, number>();
    const files = containerFiles(this.#machine, root, sandbox, container);
    const world: ContainerWorld = {
      memory,
      cpu,
      children: {
        hold: (pid, count) => void (count === 0 ? children.delete(pid) : children.set(pid, count)),
      },
      hostname: sandbox.config.hostname,
      files,
      user: containerUser(
        root.user,
        config.linux?.securityContext ?? {},
        textOf(files, '/etc/passwd'),
        textOf(files, '/etc/group'),
      ),
      ...(config.windows?.runAsUsername === undefined ? {} : { windowsUser: config.windows.runAsUsername }),
      workingDir: workingDirOf(config.workingDir, root.workingDir, this.#machine.spec.os),
      processes: () =>
        inside.map((each) => ({
          pid: pidOf(each.pid),
          argv: each.argv,
          startedAt: each.startedAt,
          kill: (signal) => each.kill(signal),
        })),
      pidOf,
    };
    const stdio: Stdio = {
      stdin:
        terminal === undefined
          ? (stdin ?? EMPTY_INPUT)
          : config.stdin === true
            ? terminal.input
            : EMPTY_INPUT,
      stdout: terminal?.writer ?? output.writer('stdout', false),
      stderr: terminal?.writer ?? output.writer('stderr', false),
      terminal,
    };
    const entrypoint = this.#images.entrypoint(image, config.command, config.args, { world, stdio });
    if (entrypoint.type === 'error') throw new Error(entrypoint.text);
    const env = environmentOf(root, sandbox, config, world.user.home);
    const process = this.#machine.spawn({
      name: processName(sandbox, container),
      program: entrypoint.program,
      argv: entrypoint.argv,
      env,
      ip: sandbox.ip,
    });
    inside.push(process);
    pidOf(process.pid);
    const watches = [
      process.onDidWrite(({ stream, line, time }) => output.line(stream, line, time)),
      process.onDidExit((status) => this.#ended(container.id, status)),
      // With the first process of a PID namespace go all others in it.
      ...(target === undefined ? [] : [target.process.onDidExit(() => process.kill('SIGKILL'))]),
    ];
    this.#running.set(container.id, {
      process,
      sandbox,
      env,
      output,
      stdin,
      terminal,
      world,
      inside,
      pids,
      watches,
      log,
      memory,
      cpu,
      outOfMemory: false,
    });
    const parts = { process, inside, children, memory, cpu, resources, endForMemory };
    kernel.add(container.id, new ContainerControlGroup(parts));
    return process;
  }

  #ended(containerId: string, status: ExitStatus): void {
    const running = this.#running.get(containerId);
    running?.output.flush();
    running?.inside.splice(running.inside.indexOf(running.process), 1);
    this.#running.delete(containerId);
    this.#machine.kernel.remove(containerId);
    const container = this.#store.containers.get(containerId);
    if (container === undefined || !this.#machine.powered) return;
    const exited: Container = {
      ...container,
      state: 'CONTAINER_EXITED',
      finishedAt: this.#now(),
      exitCode: status.code,
      reason: running?.outOfMemory === true ? 'OOMKilled' : status.code === 0 ? 'Completed' : 'Error',
      pid: 0,
    };
    this.#store.putContainer(exited);
    this.#exited.fire({ container: exited });
  }

  #lostPower(): void {
    this.liveSandboxes.clear();
    for (const [id, running] of this.#running) {
      this.#machine.kernel.remove(id);
      for (const watch of running.watches) watch.dispose();
    }
    this.#running.clear();
  }
}
