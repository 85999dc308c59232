import type { EtcdRaftView } from '../../cluster/etcd/view/interface.ts';
import type { EtcdLogEntry } from '../../shared/contract/etcd.ts';

/** So many of the newest entries are told. */
export const SHOWN_ENTRIES = 100;

/** How far one reader has seen one member's log: gives what is new, and what has been overwritten. */
export class EtcdLogCursor {
  /** Terms of the entries that were told, by index. */
  readonly #told = new Map<number, number>();
  #next = 0;

  /** What to replace from which index; undefined when there is no news. */
  read(raft: EtcdRaftView): { from: number; entries: EtcdLogEntry[] } | undefined {
    const oldest = Math.max(raft.firstIndex, raft.lastIndex - SHOWN_ENTRIES + 1);
    let from = Math.min(Math.max(this.#next, oldest), raft.lastIndex + 1);
    const cut = this.#next > raft.lastIndex + 1;
    // A new leader overwrites what was never agreed on: terms of told entries tell.
    while (
      from > oldest &&
      this.#told.has(from - 1) &&
      raft.entry(from - 1)?.term !== this.#told.get(from - 1)
    )
      from -= 1;
    if (from > raft.lastIndex && !cut) return undefined;
    const entries: EtcdLogEntry[] = [];
    for (let index = from; index <= raft.lastIndex; index += 1) {
      const entry = raft.entry(index);
      if (entry === undefined) continue;
      entries.push({ ...entry });
      this.#told.set(index, entry.term);
    }
    for (const index of this.#told.keys())
      if (index < oldest || index > raft.lastIndex) this.#told.delete(index);
    this.#next = raft.lastIndex + 1;
    return { from, entries };
  }
}
