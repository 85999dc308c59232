import type { ContainerStatus, Pod } from '../api/types.ts';
import { isSidecar, restartPolicyOf, specOf } from './pod-accessors.ts';

/** Where a Pod is in its life; an end is never left again. Models pkg/kubelet/kubelet_pods.go getPhase (v1.34). */
export function podPhase(
  pod: Pod,
  inits: readonly ContainerStatus[],
  containers: readonly ContainerStatus[],
  before: string | undefined,
): string {
  if (before === 'Failed' || before === 'Succeeded') return before;
  const policy = restartPolicyOf(pod);
  const specs = specOf(pod).initContainers ?? [];
  let initializing = false;
  for (const [index, status] of inits.entries()) {
    const spec = specs[index];
    if (spec !== undefined && isSidecar(spec)) {
      if (status.started !== true && status.state?.terminated === undefined) initializing = true;
      continue;
    }
    const ended = status.state?.terminated;
    if (ended === undefined) initializing = true;
    else if (ended.exitCode !== 0) {
      if (policy === 'Never') return 'Failed';
      initializing = true;
    }
  }
  let waiting = 0;
  let running = 0;
  let stopped = 0;
  let succeeded = 0;
  for (const { state, lastState } of containers) {
    if (state?.running !== undefined) running += 1;
    else if (state?.terminated !== undefined) {
      stopped += 1;
      if (state.terminated.exitCode === 0) succeeded += 1;
    } else if (lastState?.terminated !== undefined) stopped += 1;
    else waiting += 1;
  }
  if (initializing && running === 0) return 'Pending';
  if (waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if (policy === 'Always') return 'Running';
  if (stopped === succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}
