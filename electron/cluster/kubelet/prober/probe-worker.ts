import type { Disposable } from '../../../base/disposable.ts';
import type { Container, Pod, Probe } from '../../api/types.ts';
import type { Container as RuntimeContainer } from '../../cri/interface.ts';
import type { ComponentContext } from '../../client/component-context.ts';
import { restartPolicyOf, isSidecar } from '../pod-accessors.ts';

export type ProbeType = 'liveness' | 'readiness' | 'startup';
export type ProbeOutcome = 'success' | 'failure' | 'unknown';

/** What a worker asks of its surroundings. */
export interface ProbeSurroundings {
  readonly context: ComponentContext;
  /** The Pod as it was seen last. */
  pod(): Pod;
  /** The newest container of this name. */
  container(): RuntimeContainer | undefined;
  isStarted(container: RuntimeContainer): boolean;
  /** Tries once, and tells of a failure. Undefined: nothing can be said. */
  probe(container: RuntimeContainer): Promise<'success' | 'failure' | undefined>;
  /** What is held of the container is another. */
  changed(): void;
}

const INITIAL: Readonly<Record<ProbeType, ProbeOutcome>> = {
  liveness: 'success',
  readiness: 'failure',
  startup: 'unknown',
};

/** Probes one container for one thing, every period. Models pkg/kubelet/prober/worker.go (v1.34). */
export class ProbeWorker {
  readonly #type: ProbeType;
  readonly #probe: Probe;
  readonly #spec: Container;
  readonly #around: ProbeSurroundings;
  #timer: Disposable | undefined;
  #stopped = false;
  #busy = false;
  /** The container that the result is of. */
  #containerId = '';
  #result: ProbeOutcome = 'unknown';
  #onHold = false;
  #last: ProbeOutcome = 'unknown';
  #run = 0;

  /** `succeeded`: id of the container that is known to have passed; '' for none. */
  constructor(type: ProbeType, spec: Container, probe: Probe, succeeded: string, around: ProbeSurroundings) {
    this.#type = type;
    this.#spec = spec;
    this.#probe = probe;
    this.#around = around;
    if (succeeded !== '') {
      this.#containerId = succeeded;
      this.#result = 'success';
      this.#onHold = type === 'startup';
    }
    this.#tick();
  }

  /** What is known of a container; undefined when it is another's. */
  resultOf(containerId: string): ProbeOutcome | undefined {
    return containerId === this.#containerId ? this.#result : undefined;
  }

  /** Probes now rather than at the end of the period. */
  trigger(): void {
    if (!this.#stopped && !this.#busy) this.#around.context.clock.setTimeout(() => this.#tick(), 0);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.dispose();
  }

  #tick(): void {
    if (this.#stopped) return;
    const { context } = this.#around;
    this.#timer?.dispose();
    this.#timer = context.clock.setTimeout(() => this.#tick(), (this.#probe.periodSeconds ?? 10) * 1000);
    if (this.#busy) return;
    this.#busy = true;
    context.go(async () => {
      try {
        if (!(await this.#once())) this.stop();
      } finally {
        this.#busy = false;
      }
    });
  }

  /** False when there is nothing left to probe. */
  async #once(): Promise<boolean> {
    const { context } = this.#around;
    const pod = this.#around.pod();
    const container = this.#around.container();
    if (container === undefined || container.state === 'CONTAINER_CREATED') return true;
    if (container.id !== this.#containerId) {
      this.#containerId = container.id;
      this.#onHold = false;
      this.#set(INITIAL[this.#type]);
    }
    if (this.#onHold) return true;
    if (container.state !== 'CONTAINER_RUNNING') {
      this.#set('failure');
      return restartPolicyOf(pod) !== 'Never' || isSidecar(this.#spec);
    }
    if (pod.metadata?.deletionTimestamp !== undefined && this.#type !== 'readiness') {
      this.#set('success');
      return false;
    }
    const age = Math.floor((context.clock.now() - container.startedAt) / 1000);
    if (age < (this.#probe.initialDelaySeconds ?? 0)) return true;
    if (this.#around.isStarted(container) === (this.#type === 'startup')) return true;
    const result = await this.#around.probe(container);
    if (result === undefined || this.#stopped) return true;
    this.#run = this.#last === result ? this.#run + 1 : 1;
    this.#last = result;
    const { failureThreshold = 3, successThreshold = 1 } = this.#probe;
    if (this.#run < (result === 'failure' ? failureThreshold : successThreshold)) return true;
    this.#set(result);
    // Not probed again until there is another container.
    if (this.#type === 'startup' || (this.#type === 'liveness' && result === 'failure')) {
      this.#onHold = true;
      this.#run = 0;
    }
    return true;
  }

  #set(result: ProbeOutcome): void {
    if (this.#result === result) return;
    this.#result = result;
    this.#around.changed();
  }
}
