import type { ConfState } from '../interface.ts';
import type { ProgressTracker } from '../tracker/progress-tracker.ts';
import { Changer, type ChangedConfig } from './changer.ts';

/**
 * The configuration of a snapshot or of a disk, rebuilt by the same steps that led to it: first the outgoing half, then
 * the joint step into the incoming one. `tracker` is empty; it is left holding the result. Models confchange/restore.go.
 */
export function restoreConfig(tracker: ProgressTracker, state: ConfState, lastIndex: number): ChangedConfig {
  let changed: ChangedConfig = { config: tracker.config, progress: tracker.progress };
  const step = (work: (changer: Changer) => ChangedConfig): void => {
    changed = work(new Changer(tracker, lastIndex));
    tracker.config = changed.config;
    tracker.progress = changed.progress;
  };
  const incoming = [
    ...state.votersOutgoing.map((nodeId) => ({ type: 'RemoveNode', nodeId }) as const),
    ...state.voters.map((nodeId) => ({ type: 'AddNode', nodeId }) as const),
    ...state.learners.map((nodeId) => ({ type: 'AddLearnerNode', nodeId }) as const),
    ...state.learnersNext.map((nodeId) => ({ type: 'AddLearnerNode', nodeId }) as const),
  ];
  if (state.votersOutgoing.length === 0) {
    for (const change of incoming) step((changer) => changer.simple([change]));
  } else {
    for (const nodeId of state.votersOutgoing)
      step((changer) => changer.simple([{ type: 'AddNode', nodeId }]));
    step((changer) => changer.enterJoint(state.autoLeave, incoming));
  }
  return changed;
}
