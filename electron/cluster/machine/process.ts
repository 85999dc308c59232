import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/event.ts';
import type { OwnedContext } from '../../base/owned-context.ts';
import type { Simulation } from '../../base/simulation.ts';
import type { SimulatedNetwork } from '../network/network.ts';
import type { DiskMounts } from './disk-mounts.ts';
import type {
  ExitStatus,
  FileSystem,
  Kernel,
  LocalState,
  MachineDisk,
  MachineSpec,
  Process,
  ProcessContext,
  ProcessOptions,
} from './interface.ts';
import type { ShutdownInhibitors } from './shutdown-inhibitors.ts';

/** What a process needs of its machine. */
export interface ProcessHost {
  readonly simulation: Simulation;
  readonly network: SimulatedNetwork;
  readonly spec: MachineSpec;
  readonly files: DiskMounts;
  readonly state: LocalState;
  /** What the machine's clock shows. */
  now(): number;
  readonly kernel: Kernel;
  readonly disk: MachineDisk;
  readonly inhibitors: ShutdownInhibitors;
}

/** Runs one program until it returns, crashes or is killed; then everything it held is released. */
export class SimulatedProcess implements Process {
  readonly pid: number;
  readonly name: string;
  readonly actor: string;
  readonly argv: readonly string[];
  readonly startedAt: number;
  readonly #exited = new Emitter<ExitStatus>();
  readonly #wrote = new Emitter<{ stream: 'stdout' | 'stderr'; line: string; time: number }>();
  readonly #owned = new DisposableStore();
  readonly #context: OwnedContext;
  readonly #terminate: (() => void)[] = [];
  #exit: ExitStatus | undefined;

  readonly onDidExit = this.#exited.event;
  readonly onDidWrite = this.#wrote.event;

  constructor(pid: number, host: ProcessHost, options: ProcessOptions) {
    const { simulation, spec } = host;
    this.pid = pid;
    this.name = options.name;
    this.actor = `${spec.name}/${options.name}`;
    this.argv = options.argv ?? [options.name];
    this.startedAt = host.now();
    this.#context = simulation.createContext(this.actor, (error) => this.#crash(error));
    this.#recordState('', 'running', {});
    const process = this.#createContext(host, options);
    this.#context.clock.setTimeout(() => {
      options.program(process).then(
        (code) => this.#end({ code }),
        (error: unknown) => this.#crash(error),
      );
    }, 0);
  }

  get exit(): ExitStatus | undefined {
    return this.#exit;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.#exit !== undefined) return;
    if (signal === 'SIGKILL' || this.#terminate.length === 0) {
      this.#end({ code: signal === 'SIGKILL' ? 137 : 143, signal });
      return;
    }
    for (const handler of this.#terminate) this.#context.clock.setTimeout(handler, 0);
  }

  #createContext(host: ProcessHost, options: ProcessOptions): ProcessContext {
    const ip = options.ip ?? host.spec.ip;
    const net = host.network.access({
      actor: this.actor,
      machine: host.spec.name,
      ip,
      context: this.#context,
    });
    this.#owned.add(net);
    const write = (stream: 'stdout' | 'stderr', line: string): void => {
      if (this.#exit === undefined) this.#wrote.fire({ stream, line, time: host.now() });
    };
    const context = this.#context;
    const owned = this.#owned;
    let files: FileSystem | undefined;
    return {
      clock: new MachineClock(host, context.clock),
      rand: context.rand,
      log: context.log,
      tracer: context.tracer,
      get signal(): AbortSignal {
        return context.signal;
      },
      pid: this.pid,
      machine: host.spec,
      argv: this.argv,
      env: options.env ?? {},
      // Made when it is asked for: there is a process for every container.
      get files(): FileSystem {
        return (files ??= host.files.view(context.clock, (watch) => owned.add(watch)));
      },
      state: host.state,
      kernel: host.kernel,
      disk: host.disk,
      net,
      ip,
      stdout: (line) => write('stdout', line),
      stderr: (line) => write('stderr', line),
      go: (work) => {
        work().catch((error: unknown) => this.#crash(error));
      },
      onTerminate: (handler) => void this.#terminate.push(handler),
      inhibitShutdown: (prepare) => {
        // In a turn of its own, as everything that this process does.
        const inTurn = (): Promise<void> =>
          new Promise((resolve) => {
            context.clock.setTimeout(() => {
              prepare().then(resolve, (error: unknown) => this.#crash(error));
            }, 0);
          });
        const lock = host.inhibitors.add(inTurn);
        this.#owned.add(lock);
        return lock;
      },
    };
  }

  #crash(error: unknown): void {
    if (this.#exit !== undefined) return;
    const message = error instanceof Error ? error.message : String(error);
    this.#context.log.error(`panic: ${message}`, { stack: error instanceof Error ? error.stack : undefined });
    this.#wrote.fire({ stream: 'stderr', line: `panic: ${message}`, time: this.#context.clock.now() });
    this.#end({ code: 2, message });
  }

  #end(status: ExitStatus): void {
    if (this.#exit !== undefined) return;
    this.#exit = status;
    this.#recordState('running', 'exited', { ...status });
    this.#context.end('process ended');
    this.#owned.dispose();
    this.#exited.fire(status);
    this.#exited.dispose();
    this.#wrote.dispose();
  }

  #recordState(from: string, state: string, detail: Record<string, unknown>): void {
    const { tracer } = this.#context;
    const cause = tracer.cause;
    tracer.record({
      kind: 'state',
      subject: `process ${this.actor}`,
      from,
      state,
      detail: { pid: this.pid, ...detail },
    });
    tracer.resume(cause);
  }
}

/** Waits as everybody does, and reads the time from its machine. */
class MachineClock implements Clock {
  readonly #host: ProcessHost;
  readonly #clock: Clock;

  constructor(host: ProcessHost, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
  }

  now(): number {
    return this.#host.now();
  }

  setTimeout(fn: () => void, ms: number): Disposable {
    return this.#clock.setTimeout(fn, ms);
  }

  setInterval(fn: () => void, ms: number): Disposable {
    return this.#clock.setInterval(fn, ms);
  }

  sleep(ms: number): Promise<void> {
    return this.#clock.sleep(ms);
  }
}
