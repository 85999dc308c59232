import type { Simulation } from '../../base/simulation.ts';
import { runtimeVariants } from '../cri/variants/runtime-variants.ts';
import type { Machine, RuntimeName } from '../machine/interface.ts';

/** The file that fills a disk. */
export const BALLAST = '/var/tmp/ballast';

/** systemd's unit of what serves a runtime's CRI. */
const CRI_UNIT: Readonly<Record<RuntimeName, string>> = {
  containerd: 'containerd',
  'cri-o': 'crio',
  docker: 'cri-docker',
  mirantis: 'cri-docker',
};

/** What is wrong with a machine, as one finds by looking at it. */
export interface MachineFaultState {
  /** Whole percents of the disk. */
  readonly diskUsed: number;
  /** Bytes of the file that fills it; 0: there is none. */
  readonly ballast: number;
  /** Milliseconds that its clock is ahead (below zero: behind). */
  readonly clockSkew: number;
  /** Its runtime runs, but nobody finds the socket: its path. */
  readonly missingSocket: string | undefined;
  readonly activeUnits: readonly string[];
  /** Enabled units that do not run because somebody stopped them, or that failed. */
  readonly stoppedUnits: readonly string[];
}

/** @throws Error when there is no such machine */
type FindMachine = (name: string) => {
  readonly machine: Machine;
  readonly spec: { readonly runtime?: RuntimeName };
};

/**
 * What a person with root on a machine can break and mend there: each is what the command would do (`fallocate`, `rm`,
 * `date -s`, `systemctl`), without the way there, and an input of the learner.
 */
export class MachineFaults {
  readonly #simulation: Simulation;
  readonly #find: FindMachine;
  readonly #changed: () => void;

  /** `changed` is called when files have changed, of which machines do not tell. */
  constructor(simulation: Simulation, find: FindMachine, changed: () => void) {
    this.#simulation = simulation;
    this.#find = find;
    this.#changed = changed;
  }

  /** Writes a file so large that the disk is `percent` full. @throws Error when it is as full already, or has no power */
  fillDisk(name: string, percent: number): void {
    const { disk, files } = this.#powered(name);
    const before = files.stat(BALLAST)?.size ?? 0;
    const bytes = Math.floor((disk.capacity * percent) / 100) - (disk.used - before);
    if (bytes <= before) {
      const used = Math.floor((100 * disk.used) / disk.capacity);
      throw new Error(`the disk of ${name} is ${used} % full already`);
    }
    this.#input('disk-fill', { machine: name, percent }, () => {
      if (files.exists(BALLAST)) files.remove(BALLAST);
      files.allocate(BALLAST, Math.min(bytes, disk.available));
    });
  }

  /** Removes that file. @throws Error when there is none */
  freeDisk(name: string): void {
    const { files } = this.#powered(name);
    if (!files.exists(BALLAST)) throw new Error(`there is no ${BALLAST} on ${name}`);
    this.#input('disk-free', { machine: name }, () => files.remove(BALLAST));
  }

  /** Sets the clock so many milliseconds ahead (below zero: behind); 0 sets it right. */
  setClock(name: string, ms: number): void {
    const machine = this.#powered(name);
    this.#input('clock', { machine: name, ms }, () => machine.setClock(this.#simulation.now + ms));
  }

  /** Removes the socket of the container runtime: whoever dials it finds nothing until the runtime is started again. */
  removeSocket(name: string): void {
    const { files } = this.#powered(name);
    const { socket } = this.#runtimeOf(name);
    if (!files.exists(socket)) throw new Error(`there is no ${socket} on ${name}`);
    this.#input('socket-remove', { machine: name, socket }, () => files.remove(socket));
  }

  /** @throws Error `Unit x.service could not be found.` */
  stopUnit(name: string, unit: string): void {
    const { units } = this.#unit(name, unit);
    this.#input('unit-stop', { machine: name, unit }, () => units.stop(unit));
  }

  /** @throws Error as above, `Unit x.service is masked.` */
  startUnit(name: string, unit: string): void {
    const { units } = this.#unit(name, unit);
    if (units.get(unit)?.masked === true) throw new Error(`Unit ${unit}.service is masked.`);
    this.#input('unit-start', { machine: name, unit }, () => units.start(unit));
  }

  state(name: string): MachineFaultState {
    const { machine } = this.#find(name);
    const { disk, files, units, clockSkew } = machine;
    const { socket, unit } = this.#runtimeOf(name);
    const on = machine.powered ? units.list : [];
    return {
      diskUsed: Math.floor((100 * disk.used) / disk.capacity),
      ballast: files.stat(BALLAST)?.size ?? 0,
      clockSkew,
      missingSocket: units.get(unit)?.active === 'active' && !files.exists(socket) ? socket : undefined,
      activeUnits: on.filter(({ active }) => active === 'active').map((one) => one.name),
      stoppedUnits: on
        .filter(({ enabled, active }) => enabled && (active === 'inactive' || active === 'failed'))
        .map((one) => one.name),
    };
  }

  #runtimeOf(name: string): { readonly socket: string; readonly unit: string } {
    const { runtime = 'containerd' } = this.#find(name).spec;
    return { socket: runtimeVariants[runtime].socket, unit: CRI_UNIT[runtime] };
  }

  #unit(name: string, unit: string): Machine {
    const machine = this.#powered(name);
    if (machine.units.get(unit) === undefined) throw new Error(`Unit ${unit}.service could not be found.`);
    return machine;
  }

  #powered(name: string): Machine {
    const { machine } = this.#find(name);
    if (!machine.powered) throw new Error(`${name} is powered off`);
    return machine;
  }

  #input(action: string, detail: Readonly<Record<string, unknown>>, run: () => void): void {
    this.#simulation.input('learner', action, detail, () => {
      run();
      this.#changed();
    });
  }
}
