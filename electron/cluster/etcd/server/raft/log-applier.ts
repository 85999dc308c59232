import type { Context } from '../../../../base/context.ts';
import type { ConfChangeType, ConfChangeV2, Entry, RaftNode } from '../../../raft/interface.ts';
import { NONE } from '../../../raft/interface.ts';
import type { Member } from '../../client/cluster.ts';
import { EtcdError } from '../../client/interface.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { InternalRequest, Outcome } from '../interface.ts';
import type { MemberChange } from '../membership/interface.ts';
import type { Membership } from '../membership/membership.ts';
import type { PeerTransport } from '../peers/peer-transport.ts';
import type { AppliedState } from './applied-state.ts';
import { isClusterRequest } from './log-request.ts';
import type { LogRequest } from './log-request.ts';
import type { Submissions } from './submissions.ts';

export interface LogApplierParts {
  readonly memberId: Uint64;
  readonly node: RaftNode;
  readonly membership: Membership;
  readonly applied: AppliedState;
  readonly submissions: Submissions;
  readonly transport: PeerTransport | undefined;
  /** @throws EtcdError */
  applyRequest(request: InternalRequest, index: number): unknown;
  /** The entry with which a leader begins its term is applied. */
  termBegun(): void;
  /** The configuration is another one. */
  changed(): void;
  /** This member has been removed. */
  removed(): void;
  isStopped(): boolean;
}

/** Carries out what the members have agreed on, and answers those who asked for it here. Models applyEntries in server.go. */
export class LogApplier {
  readonly #context: Context;
  readonly #parts: LogApplierParts;

  constructor(context: Context, parts: LogApplierParts) {
    this.#context = context;
    this.#parts = parts;
  }

  apply(entries: readonly Entry[]): void {
    const { tracer } = this.#context;
    const { applied } = this.#parts;
    const { cause } = tracer;
    for (const entry of entries) {
      applied.advance(entry);
      if (entry.type === 'ConfChange') this.#applyChange(entry.data as ConfChangeV2);
      else if (entry.data === undefined) this.#parts.termBegun();
      else this.#applyRequest(entry.data as LogRequest, entry.index);
      tracer.resume(cause);
      if (this.#parts.isStopped()) break;
    }
    applied.store();
  }

  #applyRequest({ from, number, request }: LogRequest, index: number): void {
    const { memberId, submissions } = this.#parts;
    const own = from === memberId ? submissions.requests.take(number) : undefined;
    if (own !== undefined) this.#context.tracer.resume(own.cause);
    const outcome = this.#outcome(request, index);
    own?.reply(outcome);
  }

  #outcome(request: LogRequest['request'], index: number): Outcome<unknown> {
    try {
      if (isClusterRequest(request)) {
        this.#parts.membership.apply(request);
        return { response: undefined };
      }
      return { response: this.#parts.applyRequest(request, index) };
    } catch (error) {
      if (error instanceof EtcdError) return { error };
      throw error;
    }
  }

  #applyChange(change: ConfChangeV2): void {
    const { node, applied, membership, memberId, submissions } = this.#parts;
    const context = change.context as MemberChange | undefined;
    const [first] = change.changes;
    if (context === undefined || first === undefined) {
      applied.confState = node.applyConfChange(change);
      return;
    }
    const { member, isPromote, from, number } = context;
    const error = membership.refusal(first.type, member, isPromote);
    if (error === undefined) {
      applied.confState = node.applyConfChange(change);
      this.#changeMembers(first.type, member, isPromote);
    } else {
      node.applyConfChange({ transition: 'Auto', changes: [{ type: first.type, nodeId: NONE }] });
    }
    const own = from === memberId && number !== undefined ? submissions.changes.take(number) : undefined;
    if (own === undefined) return;
    this.#context.tracer.resume(own.cause);
    own.reply(error === undefined ? { response: membership.list } : { error });
  }

  #changeMembers(type: ConfChangeType, member: Member, isPromote: boolean): void {
    const { membership, transport, memberId } = this.#parts;
    const { id, peerUrls } = member;
    switch (type) {
      case 'AddNode':
      case 'AddLearnerNode':
        if (isPromote) membership.promote(id);
        else membership.add(member);
        transport?.add(id, peerUrls);
        transport?.update(id, peerUrls);
        break;
      case 'RemoveNode':
        membership.remove(id);
        if (id === memberId) this.#parts.removed();
        else transport?.remove(id);
        break;
      case 'UpdateNode':
        membership.updatePeerUrls(id, peerUrls);
        transport?.update(id, peerUrls);
        break;
    }
    this.#parts.changed();
  }
}
