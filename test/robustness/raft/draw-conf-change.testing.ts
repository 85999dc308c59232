import type { ConfChangeV2, ConfState, RaftId } from '../../../electron/cluster/raft/interface.ts';

/** A change that may be applied to this configuration; undefined: these numbers make none. */
export function drawConfChange(
  config: ConfState,
  kind: number,
  first: RaftId,
  second: RaftId,
): ConfChangeV2 | undefined {
  if (config.votersOutgoing.length > 0) return { transition: 'Auto', changes: [] };
  const add = { type: 'AddNode', nodeId: first } as const;
  const learn = { type: 'AddLearnerNode', nodeId: first } as const;
  const remove = { type: 'RemoveNode', nodeId: second } as const;
  const demote = { type: 'AddLearnerNode', nodeId: second } as const;
  const kinds: readonly ConfChangeV2[] = [
    { transition: 'Auto', changes: [add] },
    { transition: 'Auto', changes: [learn] },
    { transition: 'Auto', changes: [remove] },
    { transition: 'Auto', changes: [demote] },
    { transition: 'Auto', changes: [add, remove] },
    { transition: 'Implicit', changes: [add, demote] },
    { transition: 'Explicit', changes: [add, remove] },
    { transition: 'Explicit', changes: [learn, remove] },
    { transition: 'Implicit', changes: [add] },
    { transition: 'Auto', changes: [{ type: 'UpdateNode', nodeId: first }] },
    { transition: 'Implicit', changes: exchange(config, second) },
    { transition: 'Explicit', changes: exchange(config, second) },
  ];
  const change = kinds[kind % kinds.length] as ConfChangeV2;
  const voters = new Set(config.voters);
  for (const { type, nodeId } of change.changes)
    if (type === 'AddNode') voters.add(nodeId);
    else if (type !== 'UpdateNode') voters.delete(nodeId);
  return voters.size === 0 ? undefined : change;
}

/** All voters but `kept` go, all others come. */
function exchange(config: ConfState, kept: RaftId): ConfChangeV2['changes'] {
  return ['1', '2', '3', '4', '5', '6']
    .filter((nodeId) => nodeId !== kept)
    .map((nodeId) => ({ type: config.voters.includes(nodeId) ? 'RemoveNode' : 'AddNode', nodeId }));
}
