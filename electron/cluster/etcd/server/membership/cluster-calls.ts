import type { Context } from '../../../../base/context.ts';
import type { ConfChangeType, Status } from '../../../raft/interface.ts';
import type { Member } from '../../client/cluster.ts';
import { etcdError, isEtcdError } from '../../client/errors.ts';
import { EtcdError } from '../../client/interface.ts';
import type { ResponseHeader, Uint64 } from '../../client/interface.ts';
import type { EtcdMethods } from '../../client/methods.ts';
import type { ClusterMethod, Reply } from '../interface.ts';
import { addressOf } from '../peers/peer-url.ts';
import { memberIdOf } from './member-ids.ts';
import type { ClusterRequest } from './interface.ts';
import type { Membership } from './membership.ts';

/** Members must have been connected for so long before their cluster may be changed; virtual milliseconds. */
const HEALTH_INTERVAL = 5_000;
/** Share of the leader's log that a learner must hold. */
const READY_SHARE = 0.9;

export interface ClusterCallsHost {
  readonly memberId: Uint64;
  leader(): Uint64;
  status(): Status;
  /** Without a revision. */
  header(): ResponseHeader;
  /** Refuse changes that would endanger the quorum. */
  readonly strictReconfigCheck: boolean;
  /** Virtual milliseconds of one tick, and of a whole request. */
  readonly tick: number;
  readonly requestTimeout: number;
  activeSince(id: Uint64): number | undefined;
  proposeChange(
    type: ConfChangeType,
    member: Member,
    isPromote: boolean,
    reply: Reply<readonly Member[]>,
  ): void;
  propose(request: ClusterRequest, reply: Reply<unknown>): void;
  linearizableRead(ready: (error: EtcdError | undefined) => void): void;
  transferLeader(to: Uint64): void;
}

type Members = EtcdMethods['MemberList']['response'];
/** Those that are answered here; the rest is for the leader. */
export type AnsweredMethod = Exclude<ClusterMethod, 'LeaseKeepAlive' | 'LeaseTimeToLive'>;

/** Calls about members: what is refused at once, and what goes into the log. Models the Cluster service and server.go. */
export class ClusterCalls {
  readonly #context: Context;
  readonly #membership: Membership;
  readonly #host: ClusterCallsHost;

  constructor(context: Context, membership: Membership, host: ClusterCallsHost) {
    this.#context = context;
    this.#membership = membership;
    this.#host = host;
  }

  /** @throws EtcdError what is refused at once */
  call<M extends AnsweredMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void {
    const answers: {
      readonly [A in AnsweredMethod]: (
        q: EtcdMethods[A]['request'],
        r: Reply<EtcdMethods[A]['response']>,
      ) => void;
    } = {
      MemberList: (q, r) => this.#list(q, r),
      MemberAdd: (q, r) => this.#add(q, r),
      MemberRemove: (q, r) => this.#remove(q, r),
      MemberUpdate: (q, r) => this.#update(q, r),
      MemberPromote: (q, r) => this.#promote(q, r),
      MoveLeader: (q, r) => this.#moveLeader(q, r),
      Downgrade: (q, r) => this.#downgrade(q, r),
    };
    answers[method](request, reply);
  }

  #list(request: EtcdMethods['MemberList']['request'], reply: Reply<Members>): void {
    const answer = (error?: EtcdError): void => reply(error === undefined ? this.#members() : { error });
    if (request.linearizable === true) this.#host.linearizableRead(answer);
    else answer();
  }

  #add(
    { peerUrls, isLearner = false }: EtcdMethods['MemberAdd']['request'],
    reply: Reply<EtcdMethods['MemberAdd']['response']>,
  ): void {
    checkUrls(peerUrls);
    const second = String(Math.floor(this.#context.clock.now() / 1000));
    const urls = [...peerUrls].sort();
    const member: Member = {
      id: memberIdOf(urls, second),
      name: '',
      peerUrls: urls,
      clientUrls: [],
      isLearner,
    };
    if (this.#host.strictReconfigCheck) {
      if (!isLearner && !this.#membership.isReadyToAddVoter()) throw etcdError('memberNotEnoughStarted');
      if (this.#connected(this.#membership.voters) < this.#membership.voters.length)
        throw etcdError('unhealthy');
    }
    this.#host.proposeChange(isLearner ? 'AddLearnerNode' : 'AddNode', member, false, (outcome) => {
      if ('error' in outcome) reply(outcome);
      else reply({ response: { header: this.#host.header(), member, members: outcome.response } });
    });
  }

  #remove({ id }: EtcdMethods['MemberRemove']['request'], reply: Reply<Members>): void {
    const member = this.#membership.get(id);
    if (this.#host.strictReconfigCheck && member?.isLearner !== true) this.#mayRemove(id);
    this.#host.proposeChange('RemoveNode', member ?? unknownMember(id), false, this.#change(reply));
  }

  #update({ id, peerUrls }: EtcdMethods['MemberUpdate']['request'], reply: Reply<Members>): void {
    checkUrls(peerUrls);
    const member = { ...(this.#membership.get(id) ?? unknownMember(id)), peerUrls: [...peerUrls].sort() };
    this.#host.proposeChange('UpdateNode', member, false, this.#change(reply));
  }

  /** On the leader, which alone knows how far the learner is. */
  #promote({ id }: EtcdMethods['MemberPromote']['request'], reply: Reply<Members>): void {
    const status = this.#host.status();
    if (status.softState.raftState !== 'Leader') throw etcdError('notLeader');
    const progress = status.progress.get(id);
    if (progress === undefined) throw etcdError('memberNotFound');
    const own = status.progress.get(status.id)?.match ?? 0;
    if (progress.match < own * READY_SHARE) throw etcdError('learnerNotReady');
    if (this.#host.strictReconfigCheck && !this.#membership.isReadyToPromote(id)) {
      throw etcdError('memberNotEnoughStarted');
    }
    const member = this.#membership.get(id) ?? unknownMember(id);
    this.#host.proposeChange('AddNode', { ...member, isLearner: false }, true, this.#change(reply));
  }

  #moveLeader(
    { targetId }: EtcdMethods['MoveLeader']['request'],
    reply: Reply<EtcdMethods['MoveLeader']['response']>,
  ): void {
    const host = this.#host;
    if (host.leader() !== host.memberId) throw etcdError('notLeader');
    const target = this.#membership.get(targetId);
    if (target === undefined || target.isLearner) throw etcdError('badLeaderTransferee');
    const deadline = this.#context.clock.now() + host.requestTimeout;
    host.transferLeader(targetId);
    const look = (): void => {
      if (host.leader() === targetId) reply({ response: { header: host.header() } });
      else if (this.#context.clock.now() < deadline) this.#context.clock.setTimeout(look, host.tick);
      else
        reply({
          error: new EtcdError('Unknown', 'etcdserver: request timed out, leader transfer took too long'),
        });
    };
    look();
  }

  /** Models server/etcdserver/v3_server.go, Downgrade. */
  #downgrade(
    { action, version }: EtcdMethods['Downgrade']['request'],
    reply: Reply<EtcdMethods['Downgrade']['response']>,
  ): void {
    const clusterVersion = this.#membership.clusterVersion;
    if (clusterVersion === undefined) throw etcdError('clusterVersionUnavailable');
    const answer: Reply<unknown> = (outcome) =>
      reply(
        'error' in outcome ? outcome : { response: { header: this.#host.header(), version: clusterVersion } },
      );
    if (action === 'CANCEL') {
      this.#host.linearizableRead((error) => {
        if (error !== undefined) reply({ error });
        else if (!this.#membership.downgradeInfo.enabled) reply({ error: etcdError('noInflightDowngrade') });
        else this.#host.propose({ downgradeInfoSet: { enabled: false, targetVersion: '' } }, answer);
      });
      return;
    }
    const target = minorOf(version);
    if (target === undefined) throw etcdError('wrongDowngradeVersionFormat');
    this.#host.linearizableRead((error) => {
      const [major = 0, minor = 0] = minorOf(clusterVersion) ?? [];
      if (error !== undefined) reply({ error });
      else if (target[0] !== major || target[1] !== minor - 1) {
        reply({ error: etcdError('invalidDowngradeTargetVersion') });
      } else if (this.#membership.downgradeInfo.enabled) reply({ error: etcdError('downgradeInProcess') });
      else if (action === 'VALIDATE') answer({ response: undefined });
      else {
        const targetVersion = `${target[0]}.${target[1]}.0`;
        this.#host.propose({ downgradeInfoSet: { enabled: true, targetVersion } }, answer);
      }
    });
  }

  /** The voter that has been connected longest; undefined when no other one is. */
  successor(): Uint64 | undefined {
    let longest: { readonly id: Uint64; readonly since: number } | undefined;
    for (const { id } of this.#membership.voters) {
      const since = this.#host.activeSince(id);
      if (since !== undefined && (longest === undefined || since < longest.since)) longest = { id, since };
    }
    return longest?.id;
  }

  /** A quorum, with this member, has been connected ever since. */
  hasQuorumSince(since: number): boolean {
    const { voters } = this.#membership;
    return this.#connectedSince(voters, since) > voters.length / 2;
  }

  #connectedSince(members: readonly Member[], since: number): number {
    return members.filter(({ id }) => {
      if (id === this.#host.memberId) return true;
      const active = this.#host.activeSince(id);
      return active !== undefined && active < since;
    }).length;
  }

  #connected(members: readonly Member[]): number {
    return this.#connectedSince(members, this.#context.clock.now() - HEALTH_INTERVAL);
  }

  #mayRemove(id: Uint64): void {
    const membership = this.#membership;
    // An unknown one is refused when the log is applied, as upstream.
    if (!membership.isReadyToRemoveVoter(id)) throw etcdError('memberNotEnoughStarted');
    // One that is down is no part of the quorum that works.
    if (id !== this.#host.memberId && this.#host.activeSince(id) === undefined) return;
    const { voters } = membership;
    if (this.#connected(voters) - 1 < 1 + Math.floor((voters.length - 1) / 2)) throw etcdError('unhealthy');
  }

  #change(reply: Reply<Members>): Reply<readonly Member[]> {
    return (outcome) =>
      reply(
        'error' in outcome
          ? outcome
          : { response: { header: this.#host.header(), members: outcome.response } },
      );
  }

  #members(): { readonly response: Members } {
    return { response: { header: this.#host.header(), members: this.#membership.list } };
  }
}

/** Major and minor of `3.5` or `3.5.0`. */
function minorOf(version: string): readonly [number, number] | undefined {
  const match = /^(\d+)\.(\d+)(?:\.\d+)?$/.exec(version);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

function unknownMember(id: Uint64): Member {
  return { id, name: '', peerUrls: [], clientUrls: [], isLearner: false };
}

/** @throws EtcdError memberBadUrls */
function checkUrls(urls: readonly string[]): void {
  if (urls.length === 0 || urls.some((url) => addressOf(url) === undefined)) throw etcdError('memberBadUrls');
}

/** The other end was not the leader, or could not be reached: it is worth asking again. */
export function isWorthRetrying(error: EtcdError): boolean {
  return isEtcdError(error, 'notLeader') || isEtcdError(error, 'noLeader') || isEtcdError(error, 'timeout');
}
