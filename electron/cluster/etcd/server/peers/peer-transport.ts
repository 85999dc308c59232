import type { Context } from '../../../../base/context.ts';
import type { Disposable } from '../../../../base/disposable.ts';
import type { Connection, NetworkAccess } from '../../../network/interface.ts';
import { compareIds, hexId } from '../../../raft/ids.ts';
import type { Message, RaftId } from '../../../raft/interface.ts';
import type { Member } from '../../client/cluster.ts';
import { etcdError } from '../../client/errors.ts';
import { EtcdError } from '../../client/interface.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { EtcdMethods } from '../../client/methods.ts';
import type { Reply } from '../interface.ts';
import type { PeerCallFrame, PeerFrame, PeerMethod, Refusal } from './frames.ts';
import { Peer } from './peer.ts';

/** A third of the time after which a silent connection is given up; virtual milliseconds. */
const LINK_HEARTBEAT = 5_000 / 3;

/** What the transport asks of its member. */
export interface PeerTransportHost {
  readonly memberId: Uint64;
  readonly clusterId: Uint64;
  members(): readonly Member[];
  isRemoved(id: Uint64): boolean;
  step(message: Message): void;
  reportUnreachable(id: RaftId): void;
  reportSnapshot(id: RaftId, status: 'finish' | 'failure'): void;
  /** Answers what another member asks. */
  serve<M extends PeerMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void;
  /** Another member says that this one has been removed. */
  removed(): void;
}

/** The ways to all other members, and what comes over them. Models server/etcdserver/api/rafthttp. */
export class PeerTransport implements Disposable {
  readonly #context: Context;
  readonly #net: NetworkAccess;
  readonly #host: PeerTransportHost;
  readonly #peers = new Map<Uint64, Peer>();
  readonly #listeners: Disposable[] = [];
  readonly #accepted = new Set<Connection>();
  readonly #calls = new Map<number, { readonly peer: Uint64; readonly reply: Reply<unknown> }>();
  #nextCall = 1;
  #timer: Disposable | undefined;

  constructor(context: Context, net: NetworkAccess, host: PeerTransportHost) {
    this.#context = context;
    this.#net = net;
    this.#host = host;
  }

  /** @throws Error when the port is taken */
  listen(port: number): void {
    this.#listeners.push(this.#net.listen(port, 'tcp', (connection) => this.#accept(connection)));
  }

  /** Does nothing for one that is known, or for this member itself. */
  add(id: Uint64, urls: readonly string[]): void {
    if (id === this.#host.memberId || this.#peers.has(id)) return;
    this.#peers.set(
      id,
      new Peer(id, urls, this.#context, this.#net, {
        memberId: this.#host.memberId,
        clusterId: this.#host.clusterId,
        received: (peer, frame) => this.#received(peer, frame),
        snapshotFailed: (peer) => this.#host.reportSnapshot(peer.id, 'failure'),
        wayLost: (peer) => this.#failCalls(peer.id),
      }),
    );
    this.#timer ??= this.#context.clock.setInterval(() => {
      for (const peer of this.#inOrder()) peer.check(LINK_HEARTBEAT);
    }, LINK_HEARTBEAT);
  }

  update(id: Uint64, urls: readonly string[]): void {
    this.#peers.get(id)?.update(urls);
  }

  remove(id: Uint64): void {
    const peer = this.#peers.get(id);
    this.#peers.delete(id);
    peer?.dispose();
    if (this.#peers.size > 0) return;
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  /** The members are these now: after a snapshot. */
  replace(members: readonly Member[]): void {
    for (const { id } of this.#inOrder()) if (!members.some((member) => member.id === id)) this.remove(id);
    for (const { id, peerUrls } of members) {
      this.update(id, peerUrls);
      this.add(id, peerUrls);
    }
  }

  activeSince(id: Uint64): number | undefined {
    return this.#peers.get(id)?.activeSince;
  }

  send(message: Message, snapshotSize: number): void {
    const peer = this.#peers.get(message.to);
    const isSnapshot = message.type === 'MsgSnap';
    const sent = isSnapshot ? peer?.sendSnapshot(message, snapshotSize) : peer?.sendMessage(message);
    if (sent === true) return;
    this.#host.reportUnreachable(message.to);
    if (isSnapshot) this.#host.reportSnapshot(message.to, 'failure');
  }

  /** Answers `noLeader` at once when there is no way, and `timeout` when the way is lost. */
  call<M extends PeerMethod>(
    id: Uint64,
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void {
    const call = this.#nextCall++;
    this.#calls.set(call, { peer: id, reply: reply as Reply<unknown> });
    const frame = { type: 'call', call, method, request } as PeerCallFrame;
    const sent = this.#peers.get(id)?.send(frame, { phase: 'request', summary: method, call });
    if (sent === true) return;
    this.#calls.delete(call);
    reply({ error: etcdError('noLeader') });
  }

  dispose(): void {
    this.#timer?.dispose();
    for (const listener of this.#listeners) listener.dispose();
    for (const peer of this.#peers.values()) peer.dispose();
    this.#peers.clear();
    for (const connection of [...this.#accepted]) connection.close();
  }

  #inOrder(): readonly Peer[] {
    return [...this.#peers.values()].sort((a, b) => compareIds(a.id, b.id));
  }

  #accept(connection: Connection): void {
    this.#accepted.add(connection);
    let peer: Peer | undefined;
    connection.onClose(() => {
      this.#accepted.delete(connection);
    });
    connection.onMessage((payload) => {
      const frame = payload as PeerFrame;
      if (peer !== undefined) {
        peer.heard();
        this.#received(peer, frame);
      } else if (frame.type === 'hello') {
        peer = this.#letIn(frame, connection);
      } else if (frame.type === 'members') {
        const { clusterId } = this.#host;
        const members = this.#host.members();
        const answer: PeerFrame = { type: 'member-list', clusterId, members };
        connection.send(answer, { phase: 'response', summary: `${members.length} members`, call: 0 });
      }
    });
  }

  #letIn(frame: PeerFrame & { type: 'hello' }, connection: Connection): Peer | undefined {
    const { clusterId, memberId } = this.#host;
    const peer = this.#peers.get(frame.from);
    const reason = this.#refusal(frame, peer);
    if (reason !== undefined) {
      const refused: PeerFrame = { type: 'refused', reason, clusterId };
      connection.send(refused, { phase: 'response', summary: `refused: ${reason}`, call: 0 });
      if (reason === 'cluster-id-mismatch') {
        this.#context.log.warn('request cluster ID mismatch', {
          caller: 'rafthttp/http.go',
          'local-member-id': hexId(memberId),
          'local-member-cluster-id': hexId(clusterId),
          'remote-peer-id': hexId(frame.from),
          'remote-peer-cluster-id': hexId(frame.clusterId),
        });
      }
      connection.close();
      return undefined;
    }
    const welcome: PeerFrame = { type: 'welcome', clusterId, from: memberId };
    connection.send(welcome, { phase: 'response', summary: 'welcome', call: 0, detail: { raft: 'welcome' } });
    peer?.attach(connection);
    return peer;
  }

  #refusal(frame: PeerFrame & { type: 'hello' }, peer: Peer | undefined): Refusal | undefined {
    if (frame.clusterId !== this.#host.clusterId) return 'cluster-id-mismatch';
    if (this.#host.isRemoved(frame.from)) return 'removed';
    if (frame.to !== this.#host.memberId) return 'wrong-member';
    return peer === undefined ? 'unknown' : undefined;
  }

  #received(peer: Peer, frame: PeerFrame): void {
    switch (frame.type) {
      case 'raft':
        if (frame.message.type === 'MsgSnap') {
          const index = frame.message.snapshot?.metadata.index ?? 0;
          peer.send(
            { type: 'snapshot-taken', index },
            { phase: 'item', summary: 'snapshot received', call: 0 },
          );
        }
        this.#host.step(frame.message);
        break;
      case 'snapshot-taken':
        peer.snapshotTaken();
        this.#host.reportSnapshot(peer.id, 'finish');
        break;
      case 'refused':
        this.#refused(peer, frame.reason, frame.clusterId);
        break;
      case 'call':
        this.#serve(peer, frame);
        break;
      case 'result':
        this.#settle(frame.call, { response: frame.response });
        break;
      case 'error':
        this.#settle(frame.call, { error: new EtcdError(frame.code, frame.message) });
        break;
      default:
        break;
    }
  }

  #refused(peer: Peer, reason: Refusal, clusterId: Uint64): void {
    if (reason === 'removed') this.#host.removed();
    if (reason === 'cluster-id-mismatch') {
      this.#context.log.warn('request sent was ignored by remote peer due to cluster ID mismatch', {
        caller: 'rafthttp/stream.go',
        'remote-peer-id': hexId(peer.id),
        'remote-peer-cluster-id': hexId(clusterId),
        'local-member-id': hexId(this.#host.memberId),
        'local-member-cluster-id': hexId(this.#host.clusterId),
        error: 'cluster ID mismatch',
      });
    }
  }

  #serve(peer: Peer, frame: PeerCallFrame): void {
    const { call } = frame;
    this.#host.serve(frame.method, frame.request, (outcome) => {
      if ('error' in outcome) {
        const { code, message } = outcome.error;
        peer.send({ type: 'error', call, code, message }, { phase: 'response', summary: message, call });
      } else {
        peer.send(
          { type: 'result', call, response: outcome.response },
          { phase: 'response', summary: 'OK', call },
        );
      }
    });
  }

  #settle(call: number, outcome: Parameters<Reply<unknown>>[0]): void {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    pending?.reply(outcome);
  }

  #failCalls(id: Uint64): void {
    for (const [call, pending] of [...this.#calls]) {
      if (pending.peer === id) this.#settle(call, { error: etcdError('timeout') });
    }
  }
}
