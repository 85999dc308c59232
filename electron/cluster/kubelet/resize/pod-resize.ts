import type { Container, Pod, PodCondition } from '../../api/types.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import { isSidecar, specOf } from '../pod-accessors.ts';

type Resources = NonNullable<Container['resources']>;

/** Why a Pod does not get now what its spec says. */
export interface ResizeRefusal {
  /** Deferred: when there is room; Infeasible: never here. */
  readonly reason: 'Deferred' | 'Infeasible';
  readonly message: string;
}

const RESIZABLE = ['cpu', 'memory'] as const;
const NONE: Resources = {};

function resizable(pod: Pod): readonly Container[] {
  const { containers, initContainers = [] } = specOf(pod);
  return [...initContainers.filter(isSidecar), ...containers];
}

function sameResources(left: Resources, right: Resources): boolean {
  if (left === right) return true;
  const amount = (resources: Resources, list: 'requests' | 'limits', name: string): bigint | undefined => {
    const text = resources[list]?.[name];
    return text === undefined ? undefined : parseQuantity(text).nanos;
  };
  return (['requests', 'limits'] as const).every((list) =>
    RESIZABLE.every((name) => amount(left, list, name) === amount(right, list, name)),
  );
}

/**
 * What one Pod may use while its spec already says something else. Models pkg/kubelet/allocation (v1.34); what has been allocated is not
 * kept in files of its own (allocated_pods_state, actuated_pods_state): a kubelet that starts finds it in the Pod's status.
 */
export class PodResize {
  readonly #allocated = new Map<string, Resources>();
  /** As containers that run have them, where that is not what has been allocated. */
  readonly #actual = new Map<string, Resources>();
  #pending: (ResizeRefusal & { readonly generation: number | undefined }) | undefined;
  #inProgress: { readonly generation: number | undefined; readonly error: string } | undefined;

  constructor(pod: Pod) {
    const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
    for (const { name, resources = NONE } of resizable(pod)) {
      const status = statuses.find((one) => one.name === name);
      const known = status?.allocatedResources === undefined ? undefined : status.resources;
      const told: Resources = { ...known, requests: status?.allocatedResources };
      this.#allocated.set(name, known === undefined ? resources : told);
    }
  }

  /** The last try has been put off. */
  get isDeferred(): boolean {
    return this.#pending?.reason === 'Deferred';
  }

  /** Containers are being brought to what has been allocated. */
  get isInProgress(): boolean {
    return this.#inProgress !== undefined;
  }

  /** The Pod with what it may use now. */
  allocatedPod(desired: Pod): Pod {
    if (this.#isAllocated(desired)) return desired;
    const own = (container: Container): Container => ({
      ...container,
      resources: this.#allocated.get(container.name) ?? container.resources,
    });
    const { containers, initContainers } = specOf(desired);
    const inits =
      initContainers === undefined
        ? {}
        : { initContainers: initContainers.map((one) => (isSidecar(one) ? own(one) : one)) };
    return { ...desired, spec: { ...specOf(desired), containers: containers.map(own), ...inits } };
  }

  /** Asks for what the spec says now. True when that is allocated from here on. */
  decide(desired: Pod, refuse: (desired: Pod) => ResizeRefusal | undefined): boolean {
    if (this.#isAllocated(desired)) {
      this.#pending = undefined;
      return false;
    }
    const generation = desired.metadata?.generation;
    const refusal = refuse(desired);
    if (refusal !== undefined) {
      this.#pending = { ...refusal, generation };
      return false;
    }
    for (const { name, resources = NONE } of resizable(desired)) {
      const before = this.#allocated.get(name);
      if (before !== undefined && !this.#actual.has(name) && !sameResources(before, resources))
        this.#actual.set(name, before);
      this.#allocated.set(name, resources);
    }
    this.#pending = undefined;
    this.#inProgress = { generation, error: '' };
    return true;
  }

  /** All containers that run have what they are to have. What is told of it; undefined when nothing was going on. */
  completed(pod: Pod): string | undefined {
    if (this.#inProgress === undefined) return undefined;
    const { generation } = this.#inProgress;
    this.#inProgress = undefined;
    this.#actual.clear();
    const of = (containers: readonly Container[]): object[] =>
      containers.map(({ name, resources = NONE }) => {
        const { limits, requests } = resources;
        return {
          name,
          resources: {
            ...(limits === undefined ? {} : { limits }),
            ...(requests === undefined ? {} : { requests }),
          },
        };
      });
    const { containers, initContainers = [] } = specOf(pod);
    const sidecars = initContainers.filter(isSidecar);
    const told = {
      ...(sidecars.length === 0 ? {} : { initContainers: of(sidecars) }),
      containers: of(containers),
      ...(generation === undefined ? {} : { generation }),
    };
    return `Pod resize completed: ${JSON.stringify(told)}`;
  }

  /** What keeps it from being done. */
  failed(error: string): void {
    if (this.#inProgress !== undefined) this.#inProgress = { ...this.#inProgress, error };
  }

  /** What a container that runs has; undefined when that is what has been allocated. */
  actual(name: string): Resources | undefined {
    return this.#actual.get(name);
  }

  /** How it stands, as the Pod's status says it; times are still to be filled in. */
  get conditions(): readonly Omit<PodCondition, 'lastProbeTime' | 'lastTransitionTime'>[] {
    const observed = (generation: number | undefined): object =>
      generation === undefined ? {} : { observedGeneration: generation };
    const conditions: Omit<PodCondition, 'lastProbeTime' | 'lastTransitionTime'>[] = [];
    if (this.#pending !== undefined) {
      const { reason, message, generation } = this.#pending;
      conditions.push({ type: 'PodResizePending', ...observed(generation), status: 'True', reason, message });
    }
    if (this.#inProgress !== undefined) {
      const { generation, error } = this.#inProgress;
      conditions.push({
        type: 'PodResizeInProgress',
        ...observed(generation),
        status: 'True',
        ...(error === '' ? {} : { reason: 'Error', message: error }),
      });
    }
    return conditions;
  }

  #isAllocated(desired: Pod): boolean {
    return resizable(desired).every(({ name, resources = NONE }) => {
      const allocated = this.#allocated.get(name);
      return allocated === undefined || sameResources(allocated, resources);
    });
  }
}
