import type { EtcdLogEntry, EtcdMember } from '../../../../electron/shared/contract/etcd.ts';

/** `held`: written, not agreed on as far as the member knows; `committed`: agreed on; `applied`: done; `compacted`: in its snapshot only. */
export type CellState = 'absent' | 'held' | 'committed' | 'applied' | 'compacted' | 'unknown';

export interface Cell {
  readonly index: number;
  readonly state: CellState;
  readonly entry: EtcdLogEntry | undefined;
}

/** What a member has at each of `count` indexes up to `last`. */
export function cellsOf(
  member: EtcdMember,
  log: readonly EtcdLogEntry[] | undefined,
  last: number,
  count: number,
): Cell[] {
  const byIndex = new Map(log?.map((entry) => [entry.index, entry]));
  return Array.from({ length: count }, (_, at): Cell => {
    const index = last - count + 1 + at;
    return { index, state: stateOf(member, index), entry: byIndex.get(index) };
  });
}

export function stateOf({ raft }: EtcdMember, index: number): CellState {
  if (raft === null) return 'unknown';
  if (index > raft.lastIndex || index < 1) return 'absent';
  if (index < raft.firstIndex) return 'compacted';
  if (index <= raft.applied) return 'applied';
  return index <= raft.commit ? 'committed' : 'held';
}
