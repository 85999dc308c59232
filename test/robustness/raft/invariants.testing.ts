import type { Entry, EntryType, RaftId } from '../../../electron/cluster/raft/interface.ts';
import type { Raft } from '../../../electron/cluster/raft/raft.ts';

export type Property =
  | 'election safety'
  | 'log matching'
  | 'leader completeness'
  | 'state-machine safety'
  | 'linearizability'
  | 'progress'
  | 'panic';

/** A property that does not hold. */
export class Violation extends Error {
  readonly property: Property;

  constructor(property: Property, message: string) {
    super(message);
    this.property = property;
  }
}

interface Committed {
  readonly term: number;
  readonly data: unknown;
  /** Term of the leader that committed it. */
  readonly inTerm: number;
}

/** What the whole cluster has done so far; each look at a member compares with it. (Raft paper, figure 3.) */
export class Invariants {
  readonly #leaders = new Map<number, RaftId>();
  /** `index term` of every entry that was ever in a log. */
  readonly #entries = new Map<string, { readonly data: unknown; readonly previousTerm: number }>();
  readonly #committed: Committed[] = [];
  readonly #applied: {
    readonly term: number;
    readonly type: EntryType;
    readonly data: unknown;
    readonly digest: number;
  }[] = [];

  /** How many leaders there were, how many entries they committed, how many of these changed the configuration. */
  counts(): { readonly leaders: number; readonly committed: number; readonly changes: number } {
    const changes = this.#applied.filter(({ type }) => type === 'ConfChange').length;
    return { leaders: this.#leaders.size, committed: this.#committed.length, changes };
  }

  /** After anything happened to a member. `from`: its commit index at the last look. */
  observe(raft: Raft, from: number): void {
    if (raft.state === 'Leader') this.#observeLeader(raft);
    const { committed } = raft.log;
    for (let index = Math.max(from + 1, raft.log.firstIndex()); index <= committed; index += 1) {
      const [entry] = raft.log.slice(index, index + 1, Infinity) as [Entry];
      const known = this.#committed[index];
      if (known === undefined)
        this.#committed[index] = { term: entry.term, data: entry.data, inTerm: raft.term };
      else if (known.term !== entry.term || known.data !== entry.data)
        throw new Violation(
          'state-machine safety',
          `${raft.id} has committed at ${index} an entry of term ${entry.term}, another has one of term ${known.term} there`,
        );
    }
  }

  /** Entries that go into a member's log, after one of `previousTerm`. */
  entries(id: RaftId, entries: readonly Entry[], previousTerm: number): void {
    let before = previousTerm;
    for (const { index, term, data } of entries) {
      const key = `${index} ${term}`;
      const known = this.#entries.get(key);
      if (known === undefined) this.#entries.set(key, { data, previousTerm: before });
      else if (known.data !== data || known.previousTerm !== before)
        throw new Violation(
          'log matching',
          `logs agree on index ${index}, term ${term}, but ${id} has there other data, or before it an entry of term ${before}, not ${known.previousTerm}`,
        );
      before = term;
    }
  }

  /** An entry was applied; `digest` of the machine after it. */
  applied(id: RaftId, entry: Entry, digest: number): void {
    const { index, term, type, data } = entry;
    const known = this.#applied[index];
    if (known === undefined) this.#applied[index] = { term, type, data, digest };
    else if (known.term !== term || known.data !== data || known.digest !== digest)
      throw new Violation(
        'state-machine safety',
        `${id} applied at ${index} an entry of term ${term}, another one of term ${known.term}, or their states differ`,
      );
  }

  /** A snapshot was restored. */
  restored(id: RaftId, index: number, digest: number): void {
    const known = this.#applied[index];
    if (known !== undefined && known.digest !== digest)
      throw new Violation('state-machine safety', `${id} restored a snapshot at ${index} with another state`);
  }

  #observeLeader(raft: Raft): void {
    const known = this.#leaders.get(raft.term);
    if (known === raft.id) return;
    if (known !== undefined)
      throw new Violation('election safety', `${known} and ${raft.id} both lead term ${raft.term}`);
    this.#leaders.set(raft.term, raft.id);
    const first = raft.log.firstIndex();
    for (const [index, committed] of this.#committed.entries()) {
      if (committed === undefined || committed.inTerm >= raft.term || index < first) continue;
      if (raft.log.term(index) !== committed.term)
        throw new Violation(
          'leader completeness',
          `${raft.id} leads term ${raft.term} without entry ${index}, committed in term ${committed.inTerm}`,
        );
    }
  }
}
