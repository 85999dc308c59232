import type { ConfChangeType, Entry, EntryData } from '../../../raft/interface.ts';
import type { Backend } from '../../backend/interface.ts';
import type { Member } from '../../client/cluster.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { LogRequest } from '../raft/log-request.ts';
import type { ClusterRequest, MemberChange } from './interface.ts';
import { clusterIdOf, memberIdOf } from './member-ids.ts';

/** A member that is to be, with the empty disk that becomes its own. */
export interface GrownMember {
  readonly name: string;
  readonly peerUrl: string;
  readonly clientUrl: string;
  readonly backend: Backend;
}

/** Where nothing else is said, `--initial-cluster-token`. */
const TOKEN = 'etcd-cluster';
/** The leader's first term; the one before is that in which a cluster is made. */
const TERM = 2;

/**
 * Writes the disks of a cluster that its first member began alone and the others joined one by one, as learners that were
 * promoted, which is how `kubeadm init` and `kubeadm join` make one. Nothing but the member list is in its log.
 * Models cmd/kubeadm/app/phases/etcd/local.go and util/etcd, AddMemberAsLearner and MemberPromote.
 *
 * @param second Unix time at which the others joined; their ids are made of it
 * @returns the members in the order of `members`
 */
export function growCluster(members: readonly GrownMember[], second: number): readonly Member[] {
  const all = members.map(({ name, peerUrl, clientUrl }, at): Member => {
    const id = memberIdOf([peerUrl], at === 0 ? TOKEN : String(second));
    return { id, name, peerUrls: [peerUrl], clientUrls: [clientUrl], isLearner: false };
  });
  const [first, ...joined] = all;
  if (first === undefined) return [];
  const log = new GrowingLog(first.id);
  log.change('AddNode', first, false);
  log.begin();
  log.request({ clusterMemberAttrSet: attributesOf(first) });
  for (const member of joined) {
    log.change('AddLearnerNode', { ...member, isLearner: true }, false);
    log.change('AddNode', member, true);
    log.request({ clusterMemberAttrSet: attributesOf(member) });
  }
  const clusterId = clusterIdOf([first.id]);
  const { entries } = log;
  for (const [at, { backend }] of members.entries()) {
    const memberId = (all[at] as Member).id;
    backend.wal.create({ memberId, clusterId });
    backend.wal.append(entries);
    backend.wal.setHardState({ term: TERM, vote: first.id, commit: entries.length });
    backend.setMeta('memberId', memberId);
    backend.setMeta('clusterId', clusterId);
    const remotes = all.filter(({ id }) => id !== memberId);
    backend.putInBucket('cluster', 'remotes', JSON.stringify(remotes));
  }
  return all;
}

function attributesOf({ id: memberId, name, clientUrls }: Member): {
  readonly memberId: Uint64;
  readonly name: string;
  readonly clientUrls: readonly string[];
} {
  return { memberId, name, clientUrls };
}

/** A log that one member wrote. */
class GrowingLog {
  readonly #by: Uint64;
  readonly #entries: Entry[] = [];

  constructor(by: Uint64) {
    this.#by = by;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The entry with which a leader begins its term. */
  begin(): void {
    this.#entries.push({ term: TERM, index: this.#next, type: 'Normal' });
  }

  change(type: ConfChangeType, member: Member, isPromote: boolean): void {
    // Only a cluster's first member has its name from the beginning; the others tell theirs when they run.
    const isFirst = this.#next === 1;
    const name = isFirst ? member.name : '';
    const context: MemberChange = { member: { ...member, name, clientUrls: [] }, isPromote };
    const data = { transition: 'Auto' as const, changes: [{ type, nodeId: member.id }], context };
    this.#entries.push({ term: isFirst ? 1 : TERM, index: this.#next, type: 'ConfChange', data });
  }

  request(request: ClusterRequest): void {
    const data: LogRequest = { from: this.#by, number: this.#next, request };
    this.#entries.push({ term: TERM, index: this.#next, type: 'Normal', data: data as EntryData });
  }

  get #next(): number {
    return this.#entries.length + 1;
  }
}
