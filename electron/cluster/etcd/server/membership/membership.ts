import type { ConfChangeType } from '../../../raft/interface.ts';
import { compareIds } from '../../../raft/ids.ts';
import type { Backend } from '../../backend/interface.ts';
import type { Member } from '../../client/cluster.ts';
import { etcdError } from '../../client/errors.ts';
import type { EtcdError, Uint64 } from '../../client/interface.ts';
import type { DowngradeInfo } from '../../client/maintenance.ts';
import type { ClusterRequest } from './interface.ts';

/** Upstream's `--max-learners`. */
const MAX_LEARNERS = 1;
const VERSION_KEY = 'clusterVersion';
const DOWNGRADE_KEY = 'downgrade';
const NO_DOWNGRADE: DowngradeInfo = { enabled: false, targetVersion: '' };

/**
 * The members of the cluster as this member has applied them; kept in the backend, so that they travel with
 * snapshots. Every member applies the same changes in the same order. Models server/etcdserver/api/membership/cluster.go.
 */
export class Membership {
  readonly #backend: Backend;
  #members = new Map<Uint64, Member>();
  #removed = new Set<Uint64>();

  constructor(backend: Backend) {
    this.#backend = backend;
    this.reload();
  }

  /** The backend holds something else now. */
  reload(): void {
    this.#members = new Map(
      [...this.#backend.bucket('members')].map(([id, json]) => [id, JSON.parse(json) as Member]),
    );
    this.#removed = new Set(this.#backend.bucket('members_removed').keys());
  }

  /** In the order of their ids. */
  get list(): readonly Member[] {
    return [...this.#members.values()].sort((a, b) => compareIds(a.id, b.id));
  }

  get voters(): readonly Member[] {
    return this.list.filter(({ isLearner }) => !isLearner);
  }

  /** e.g. `3.6.0`; undefined until the leader has set it. */
  get clusterVersion(): string | undefined {
    return this.#backend.bucket('cluster').get(VERSION_KEY);
  }

  get downgradeInfo(): DowngradeInfo {
    const json = this.#backend.bucket('cluster').get(DOWNGRADE_KEY);
    return json === undefined ? NO_DOWNGRADE : (JSON.parse(json) as DowngradeInfo);
  }

  get(id: Uint64): Member | undefined {
    return this.#members.get(id);
  }

  isRemoved(id: Uint64): boolean {
    return this.#removed.has(id);
  }

  /** Why a change that was agreed on is not carried out; all members come to the same verdict. */
  refusal(type: ConfChangeType, member: Member, isPromote: boolean): EtcdError | undefined {
    const { id } = member;
    if (this.#removed.has(id)) return etcdError('memberNotFound');
    const known = this.#members.get(id);
    switch (type) {
      case 'AddNode':
      case 'AddLearnerNode':
        if (isPromote) {
          if (known === undefined) return etcdError('memberNotFound');
          return known.isLearner ? undefined : etcdError('memberNotLearner');
        }
        if (known !== undefined) return etcdError('memberExist');
        if (this.#usesOneOf(member.peerUrls, id)) return etcdError('peerUrlExist');
        if (member.isLearner && this.list.length - this.voters.length >= MAX_LEARNERS) {
          return etcdError('tooManyLearners');
        }
        return undefined;
      case 'RemoveNode':
        return known === undefined ? etcdError('memberNotFound') : undefined;
      case 'UpdateNode':
        if (known === undefined) return etcdError('memberNotFound');
        return this.#usesOneOf(member.peerUrls, id) ? etcdError('peerUrlExist') : undefined;
    }
  }

  add(member: Member): void {
    this.#put(member);
  }

  remove(id: Uint64): void {
    this.#members.delete(id);
    this.#removed.add(id);
    this.#backend.deleteFromBucket('members', id);
    this.#backend.putInBucket('members_removed', id, 'removed');
  }

  promote(id: Uint64): void {
    const member = this.#members.get(id);
    if (member !== undefined) this.#put({ ...member, isLearner: false });
  }

  updatePeerUrls(id: Uint64, peerUrls: readonly string[]): void {
    const member = this.#members.get(id);
    if (member !== undefined) this.#put({ ...member, peerUrls });
  }

  apply(request: ClusterRequest): void {
    if ('clusterVersionSet' in request) {
      this.#backend.putInBucket('cluster', VERSION_KEY, request.clusterVersionSet.version);
      return;
    }
    if ('downgradeInfoSet' in request) {
      this.#backend.putInBucket('cluster', DOWNGRADE_KEY, JSON.stringify(request.downgradeInfoSet));
      return;
    }
    const { memberId, name, clientUrls } = request.clusterMemberAttrSet;
    const member = this.#members.get(memberId);
    if (member !== undefined) this.#put({ ...member, name, clientUrls });
  }

  /** Adding a voter would leave a quorum of members that have started. */
  isReadyToAddVoter(): boolean {
    const started = this.#started(this.voters);
    const count = this.voters.length + 1;
    // One member that is to become two: how else could a cluster of one grow?
    if (started === 1 && count === 2) return true;
    return started >= quorum(count);
  }

  isReadyToRemoveVoter(id: Uint64): boolean {
    const rest = this.voters.filter((member) => member.id !== id);
    return this.#started(rest) >= quorum(rest.length);
  }

  isReadyToPromote(id: Uint64): boolean {
    const others = this.voters.filter((member) => member.id !== id);
    return this.#started(others) + 1 >= quorum(others.length + 1);
  }

  #started(members: readonly Member[]): number {
    return members.filter(({ name }) => name !== '').length;
  }

  #usesOneOf(urls: readonly string[], except: Uint64): boolean {
    return this.list.some(({ id, peerUrls }) => id !== except && peerUrls.some((url) => urls.includes(url)));
  }

  #put(member: Member): void {
    this.#members.set(member.id, member);
    this.#backend.putInBucket('members', member.id, JSON.stringify(member));
  }
}

function quorum(members: number): number {
  return Math.floor(members / 2) + 1;
}
