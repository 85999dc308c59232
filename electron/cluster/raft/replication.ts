import { payloadsSize } from './entry-size.ts';
import { hexId } from './ids.ts';
import { type Entry, type RaftId, RaftStorageError, type Snapshot } from './interface.ts';
import type { Raft } from './raft.ts';
import { UNKNOWN_TERM } from './raft-log.ts';
import type { Progress } from './tracker/progress.ts';

const NO_ENTRIES: readonly Entry[] = [];

/**
 * Sends a follower what it lacks, as far as it may be sent now: entries and the commit index, or a snapshot when the
 * entries are gone. Without entries only if `sendIfEmpty`. False: nothing was sent. Models raft.go, maybeSendAppend.
 */
export function maybeSendAppend(raft: Raft, to: RaftId, sendIfEmpty: boolean): boolean {
  const progress = raft.tracker.progress.get(to) as Progress;
  if (progress.isPaused()) return false;
  const index = progress.next - 1;
  const logTerm = raft.log.term(index);
  if (logTerm === UNKNOWN_TERM) return maybeSendSnapshot(raft, to, progress);
  // With full inflights an empty append still goes: when all of them were lost, its refusal sets things right.
  const throttled = progress.state === 'Replicate' && progress.inflights.full();
  const entries = throttled ? NO_ENTRIES : raft.log.entries(progress.next, raft.config.maxSizePerMsg);
  if (entries.length === 0 && !sendIfEmpty) return false;
  const commit = raft.log.committed;
  raft.send('MsgApp', to, { index, logTerm, entries, commit });
  progress.sentEntries(entries.length, payloadsSize(entries, raft.config.sizeOf));
  progress.sentCommit(commit);
  return true;
}

export function sendAppend(raft: Raft, to: RaftId): void {
  maybeSendAppend(raft, to, true);
}

export function bcastAppend(raft: Raft): void {
  for (const id of raft.tracker.progress.keys()) if (id !== raft.id) maybeSendAppend(raft, id, true);
}

/** A follower never hears of a commit index beyond what it is known to have. */
export function bcastHeartbeat(raft: Raft, context: string | undefined): void {
  for (const [id, progress] of raft.tracker.progress) {
    if (id === raft.id) continue;
    const commit = Math.min(progress.match, raft.log.committed);
    raft.send('MsgHeartbeat', id, { commit, context });
    progress.sentCommit(commit);
  }
}

function maybeSendSnapshot(raft: Raft, to: RaftId, progress: Progress): boolean {
  if (!progress.recentActive) return false;
  let snapshot: Snapshot;
  try {
    snapshot = raft.log.snapshot();
  } catch (error) {
    if (error instanceof RaftStorageError && error.code === 'snapshotTemporarilyUnavailable') return false;
    throw error;
  }
  const { index, term } = snapshot.metadata;
  if (index === 0) throw new Error('need non-empty snapshot');
  raft.config.log?.(
    `${hexId(raft.id)} [firstindex: ${raft.log.firstIndex()}, commit: ${raft.log.committed}] sent snapshot[index: ${index}, term: ${term}] to ${hexId(to)}`,
  );
  progress.becomeSnapshot(index);
  raft.send('MsgSnap', to, { snapshot });
  return true;
}
