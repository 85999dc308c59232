import type { ChangedConfig } from './confchange/changer.ts';
import { describeConfig } from './describe-config.ts';
import { hexId } from './ids.ts';
import { type ConfState, NONE } from './interface.ts';
import type { Raft } from './raft.ts';
import { bcastAppend, maybeSendAppend } from './replication.ts';

/** Puts a configuration into force and does what follows from it for a leader. Models raft.go, switchToConfig. */
export function switchToConfig(raft: Raft, { config, progress }: ChangedConfig): ConfState {
  raft.tracker.config = config;
  raft.tracker.progress = progress;
  raft.config.log?.(`${hexId(raft.id)} switched to configuration ${describeConfig(config)}`);
  const own = progress.get(raft.id);
  raft.isLearner = own?.isLearner ?? false;
  if (!raft.isLeader()) return config;
  if (own === undefined || own.isLearner) {
    if (raft.config.stepDownOnRemoval) raft.becomeFollower(raft.term, NONE);
    return config;
  }
  if (config.voters.length === 0) return config;
  // A smaller quorum may have agreed already; else newcomers are probed at once.
  if (raft.maybeCommit()) bcastAppend(raft);
  else for (const id of progress.keys()) if (id !== raft.id) maybeSendAppend(raft, id, false);
  if (raft.leadTransferee !== NONE && !raft.tracker.isVoter(raft.leadTransferee)) raft.leadTransferee = NONE;
  return config;
}
