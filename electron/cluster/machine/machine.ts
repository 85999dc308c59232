import { Emitter } from '../../base/event.ts';
import type { OwnedContext } from '../../base/owned-context.ts';
import type { Simulation } from '../../base/simulation.ts';
import type { SimulatedNetwork } from '../network/network.ts';
import type { Devices } from './disk-mounts.ts';
import { DiskMounts } from './disk-mounts.ts';
import { CountedDisk } from './disk.ts';
import { MachineFiles } from './file-system.ts';
import type {
  FileSystem,
  LocalState,
  Machine,
  MachineSpec,
  MountedFolder,
  Process,
  ProcessOptions,
} from './interface.ts';
import { SimulatedKernel } from './kernel.ts';
import type { MachineStore } from './local-state.ts';
import { StoredState } from './local-state.ts';
import { SimulatedProcess } from './process.ts';
import { ShutdownInhibitors } from './shutdown-inhibitors.ts';
import { SystemdUnits } from './units.ts';
import { WindowsServices } from './windows-services.ts';

const POWER = 'machine:powered';
const SKEW = 'machine:clock-skew';
const BOOTED = 'machine:booted-at';

/** A machine on the simulated network. */
export class SimulatedMachine implements Machine {
  readonly spec: MachineSpec;
  readonly state: LocalState;
  readonly files: FileSystem;
  readonly disk: CountedDisk;
  readonly kernel: SimulatedKernel;
  readonly units: SystemdUnits | WindowsServices;
  readonly #simulation: Simulation;
  readonly #network: SimulatedNetwork;
  readonly #files: MachineFiles;
  readonly #mounts: DiskMounts;
  readonly #processes = new Set<SimulatedProcess>();
  readonly #inhibitors = new ShutdownInhibitors();
  readonly #changed = new Emitter<void>();
  readonly #context: OwnedContext;
  #powered: boolean;
  #nextPid = 1_000;

  readonly onDidChange = this.#changed.event;

  /** `devices`: the disks beside its own that are attached to it. */
  constructor(
    spec: MachineSpec,
    simulation: Simulation,
    network: SimulatedNetwork,
    store: MachineStore,
    devices: Devices = () => undefined,
  ) {
    this.spec = spec;
    this.#simulation = simulation;
    this.#network = network;
    this.state = new StoredState(store);
    this.disk = new CountedDisk(spec.disk);
    this.#files = new MachineFiles(this.state, this.disk, () => this.now(), spec.os);
    this.#mounts = new DiskMounts(this.#files, this.state, devices);
    this.#context = simulation.createContext(
      `${spec.name}/${spec.os === 'windows' ? 'services' : 'systemd'}`,
    );
    this.files = this.#mounts.view(this.#context.clock, () => undefined);
    this.kernel = new SimulatedKernel(spec);
    this.#powered = this.state.get(POWER) !== false;
    if (this.state.get(BOOTED) === undefined) this.state.set(BOOTED, simulation.now);
    network.addMachine(spec.name, spec.ip);
    if (!this.#powered) network.setPowered(spec.name, false);
    this.units = new (spec.os === 'windows' ? WindowsServices : SystemdUnits)({
      context: this.#context,
      state: this.state,
      files: this.files,
      now: () => this.now(),
      spawn: (options) => this.spawn(options),
      changed: () => this.#changed.fire(),
    });
  }

  get powered(): boolean {
    return this.#powered;
  }

  get clockSkew(): number {
    return (this.state.get(SKEW) as number | undefined) ?? 0;
  }

  get bootedAt(): number {
    return (this.state.get(BOOTED) as number | undefined) ?? this.#simulation.now;
  }

  now(): number {
    return this.#simulation.now + this.clockSkew;
  }

  setClock(time: number): void {
    const skew = Math.round(time - this.#simulation.now);
    this.#context.tracer.record({
      kind: 'state',
      subject: `clock of ${this.spec.name}`,
      from: `${this.clockSkew} ms off`,
      state: `${skew} ms off`,
    });
    this.state.set(SKEW, skew);
    this.#changed.fire();
  }

  listeners(): ReturnType<Machine['listeners']> {
    return this.#network.listenersOn(this.spec.name).map(({ ip, port, protocol, actor }) => ({
      ip,
      port,
      protocol,
      process: this.processes.find((process) => process.actor === actor),
    }));
  }

  get processes(): readonly Process[] {
    return [...this.#processes];
  }

  mount(path: string, folder: MountedFolder): void {
    this.#files.mount(path, folder);
  }

  spawn(options: ProcessOptions): Process {
    if (!this.#powered) throw new Error(`${this.spec.name} is powered off`);
    const process = new SimulatedProcess(this.#nextPid++, this.#host, options);
    this.#processes.add(process);
    process.onDidExit(() => {
      this.#processes.delete(process);
      this.#changed.fire();
    });
    this.#changed.fire();
    return process;
  }

  prepareShutdown(): Promise<void> {
    return this.#inhibitors.prepare();
  }

  powerOff(): void {
    if (!this.#powered) return;
    this.#powered = false;
    this.state.set(POWER, false);
    this.#record('on', 'off');
    // The network first: a machine without power cannot tell anybody that its processes died.
    this.#network.setPowered(this.spec.name, false);
    this.units.halt();
    for (const process of [...this.#processes]) process.kill('SIGKILL');
    this.#mounts.forget();
    this.#files.forgetMemory();
    this.#changed.fire();
  }

  powerOn(): void {
    if (this.#powered) return;
    this.#powered = true;
    this.state.set(POWER, true);
    this.state.set(BOOTED, this.now());
    this.#record('off', 'on');
    this.#network.setPowered(this.spec.name, true);
    this.units.boot(false);
    this.#changed.fire();
  }

  /** First start of the machine in this run of the app. `resume`: go on with what was running. */
  boot(resume: boolean): void {
    if (this.#powered) this.units.boot(resume);
  }

  get #host(): ConstructorParameters<typeof SimulatedProcess>[1] {
    return {
      simulation: this.#simulation,
      network: this.#network,
      spec: this.spec,
      files: this.#mounts,
      state: this.state,
      now: () => this.now(),
      kernel: this.kernel,
      disk: this.disk,
      inhibitors: this.#inhibitors,
    };
  }

  #record(from: string, state: string): void {
    this.#context.tracer.record({ kind: 'state', subject: `machine ${this.spec.name}`, from, state });
  }
}
