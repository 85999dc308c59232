import type { Container, ContainerStatus, Pod, PodCondition } from '../api/types.ts';
import { isSidecar, specOf } from './pod-accessors.ts';

export interface ConditionInputs {
  readonly pod: Pod;
  readonly phase: string;
  readonly inits: readonly ContainerStatus[];
  readonly containers: readonly ContainerStatus[];
  /** Has a sandbox with a network. */
  readonly sandboxReady: boolean;
  /** One of its regular containers has been started. */
  readonly started: boolean;
}

const OWN: ReadonlySet<string> = new Set([
  'PodResizePending',
  'PodResizeInProgress',
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
]);

/** Whether the kubelet alone says how this condition stands. */
export function isOfKubelet({ type }: PodCondition): boolean {
  return OWN.has(type);
}

/** Whether the kubelet says it too, when it has a reason to. Models PodConditionSharedByKubelet. */
export function isShared({ type }: PodCondition): boolean {
  return type === 'DisruptionTarget';
}

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

function containersReady({ pod, phase, inits, containers }: ConditionInputs): Verdict {
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  const sidecars = (specOf(pod).initContainers ?? []).filter(isSidecar);
  const order: readonly Container[] = [...sidecars, ...specOf(pod).containers];
  const all = [...inits, ...containers];
  const unready = order.filter((spec) => all.find((status) => status.name === spec.name)?.ready !== true);
  if (unready.length === 0) return { status: 'True' };
  const names = unready.map((spec) => spec.name).join(' ');
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${names}]`,
  };
}

function ready(inputs: ConditionInputs, verdict: Verdict): Verdict {
  if (verdict.status !== 'True') return verdict;
  const conditions = inputs.pod.status?.conditions ?? [];
  const messages: string[] = [];
  for (const { conditionType } of specOf(inputs.pod).readinessGates ?? []) {
    const found = conditions.find((condition) => condition.type === conditionType);
    if (found === undefined)
      messages.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (found.status !== 'True') {
      messages.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`);
    }
  }
  if (messages.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') };
}

function initialized({ pod, phase, inits, started }: ConditionInputs): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  if (started) return { status: 'True' };
  const specs = specOf(pod).initContainers ?? [];
  const open = inits.filter((status, index) => {
    const spec = specs[index];
    return spec !== undefined && isSidecar(spec) ? status.started !== true : !status.ready;
  });
  if (open.length === 0) return { status: 'True' };
  const names = open.map((status) => status.name).join(' ');
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names}]`,
  };
}

/** The five conditions the kubelet owns. Models pkg/kubelet/status/generate.go (v1.34). */
export function podConditions(inputs: ConditionInputs): PodCondition[] {
  const generation = inputs.pod.metadata?.generation;
  const all = containersReady(inputs);
  const verdicts: readonly (readonly [string, Verdict])[] = [
    ['PodReadyToStartContainers', { status: inputs.sandboxReady ? 'True' : 'False' }],
    ['Initialized', initialized(inputs)],
    ['Ready', ready(inputs, all)],
    ['ContainersReady', all],
    ['PodScheduled', { status: 'True' }],
  ];
  return verdicts.map(([type, verdict]) => ({
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    type,
    ...verdict,
  }));
}
