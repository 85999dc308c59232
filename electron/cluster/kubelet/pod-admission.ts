import type { Pod } from '../api/types.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import { DeviceAllocationError } from './devices/device-manager.ts';
import { admitPod, exceedsNode } from './node-admission.ts';
import type { NodeKeeper } from './node-keeper.ts';
import { hardwareOf } from './node-resources.ts';
import { admitOperatingSystem } from './os-admission.ts';
import { isStaticPod, uidOf } from './pod-accessors.ts';
import type { WaitingReason } from './pod-status.ts';
import type { PodWorker } from './pod-worker.ts';
import type { ResizeRefusal } from './resize/pod-resize.ts';
import type { RuntimeCache } from './runtime-cache.ts';
import type { KubeletSettings } from './settings.ts';

export interface PodAdmissionOptions {
  readonly process: ProcessContext;
  readonly settings: KubeletSettings;
  readonly cache: RuntimeCache;
  readonly keeper: Pick<NodeKeeper, 'shutdown' | 'eviction'>;
  readonly devices: DeviceManager;
  /** By uid. */
  readonly workers: ReadonlyMap<string, PodWorker>;
}

/** Whether the node takes a Pod. Models the admit handlers of pkg/kubelet/allocation (v1.34). */
export class PodAdmission {
  readonly #options: PodAdmissionOptions;

  constructor(options: PodAdmissionOptions) {
    this.#options = options;
  }

  /** Why it does not; undefined when it does. */
  async admit(pod: Pod): Promise<WaitingReason | undefined> {
    const { process, settings, cache, keeper, workers } = this.#options;
    const { sandboxes, containers } = cache.get(uidOf(pod));
    // What runs has its devices: this kubelet has begun anew, nothing else.
    if (containers.some(({ state }) => state === 'CONTAINER_RUNNING')) return undefined;
    // One that was here before has its place.
    if (sandboxes.length > 0) return this.#allocateDevices(pod);
    const foreign = admitOperatingSystem(pod, process.machine.os);
    // A static Pod is turned away for nothing else.
    if (isStaticPod(pod)) return foreign ?? this.#allocateDevices(pod);
    const refused = keeper.shutdown.admit() ?? keeper.eviction.admit(pod) ?? foreign;
    if (refused !== undefined) return refused;
    const others = (): Pod[] => this.#unfinishedBeside(uidOf(pod));
    return (
      (await this.#allocateDevices(pod)) ?? admitPod(pod, workers.size, others, hardwareOf(process), settings)
    );
  }

  /** Why a Pod that runs does not get what its spec says now. Models canResizePod (v1.34). */
  refuseResize(pod: Pod): ResizeRefusal | undefined {
    const { process, settings } = this.#options;
    const hardware = hardwareOf(process);
    const exceeded = exceedsNode(pod, hardware, settings);
    if (exceeded !== undefined) return { reason: 'Infeasible', message: exceeded };
    const others = (): Pod[] => this.#unfinishedBeside(uidOf(pod));
    const refused = admitPod(pod, 0, others, hardware, settings);
    return refused === undefined ? undefined : { reason: 'Deferred', message: refused.message };
  }

  /** Models cm/admission/errors.go (v1.34). */
  async #allocateDevices(pod: Pod): Promise<WaitingReason | undefined> {
    try {
      await this.#options.devices.allocate(pod);
      return undefined;
    } catch (error) {
      if (!(error instanceof DeviceAllocationError)) throw error;
      const message = `Allocate failed due to ${error.message}, which is unexpected`;
      return { reason: 'UnexpectedAdmissionError', message };
    }
  }

  #unfinishedBeside(uid: string): Pod[] {
    const pods: Pod[] = [];
    for (const worker of this.#options.workers.values())
      if (!worker.finished && uidOf(worker.pod) !== uid) pods.push(worker.pod);
    return pods;
  }
}
