import type { Nominator } from '../nominator.ts';
import type { CycleState } from './cycle-state.ts';
import type { Framework } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { Status } from './status.ts';

/**
 * A node fits if it does with the Pods nominated to it there (of the same or a higher priority), and without them.
 * Models RunFilterPluginsWithNominatedPods (v1.34).
 */
export function filterWithNominated(
  framework: Framework,
  nominator: Nominator,
  state: CycleState,
  pod: PodInfo,
  node: NodeInfo,
): Status | undefined {
  if (nominator.all.size === 0) return framework.filter(state, pod, node);
  let crowded: { readonly state: CycleState; readonly node: NodeInfo } | undefined;
  for (const nominated of nominator.on(node.name)) {
    if (nominated.priority < pod.priority || nominated.key === pod.key) continue;
    crowded ??= { state: state.clone(), node: node.clone() };
    crowded.node.addPod(nominated);
    framework.addPod(crowded.state, pod, nominated, crowded.node);
  }
  const status = crowded === undefined ? undefined : framework.filter(crowded.state, pod, crowded.node);
  return status ?? framework.filter(state, pod, node);
}
