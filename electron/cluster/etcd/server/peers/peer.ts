import type { Context } from '../../../../base/context.ts';
import type { Disposable } from '../../../../base/disposable.ts';
import { hexId } from '../../../raft/ids.ts';
import type { Message } from '../../../raft/interface.ts';
import type { CloseReason, Connection, MessageMeta, NetworkAccess } from '../../../network/interface.ts';
import { DialError } from '../../../network/interface.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { PeerFrame } from './frames.ts';
import { addressOf } from './peer-url.ts';
import { detailOfMessage, summarizeMessage } from './summary.ts';

/** Virtual milliseconds. Models rafthttp: read timeout, dial timeout, pause between attempts (which grows here). */
const READ_TIMEOUT = 5_000;
const DIAL_TIMEOUT = 2_000;
const DIAL_PAUSE = 100;
const DIAL_PAUSE_MOST = 1_000;
/** Between two complaints about a member that cannot be reached. Models statusErrorInterval in rafthttp/probing_status.go. */
const COMPLAINT_INTERVAL = 5_000;
/** Bytes per virtual millisecond at which a snapshot crosses. */
const SNAPSHOT_RATE = 100_000;

export interface PeerHost {
  readonly memberId: Uint64;
  readonly clusterId: Uint64;
  /** A frame came over `connection`, which belongs to this peer. */
  received(peer: Peer, frame: PeerFrame, connection: Connection): void;
  snapshotFailed(peer: Peer): void;
  /** There is no connection any more. */
  wayLost(peer: Peer): void;
}

/**
 * Another member as this one sees it: the connections between the two, dialled again and again while there is
 * none. Messages for which there is no way are dropped, which raft bears. Models rafthttp's peer.
 */
export class Peer implements Disposable {
  readonly id: Uint64;
  urls: readonly string[];
  readonly #context: Context;
  readonly #net: NetworkAccess;
  readonly #host: PeerHost;
  /** Newest last. */
  readonly #connections: Connection[] = [];
  #pause = DIAL_PAUSE;
  #retry: Disposable | undefined;
  #dialling = false;
  #disposed = false;
  #nextUrl = 0;
  #activeSince: number | undefined;
  #lastReceived = 0;
  #lastSent = 0;
  #snapshotUnderWay = false;
  /** When it was last complained that there is no way. */
  #complained: number;

  constructor(id: Uint64, urls: readonly string[], context: Context, net: NetworkAccess, host: PeerHost) {
    this.id = id;
    this.urls = urls;
    this.#context = context;
    this.#net = net;
    this.#host = host;
    this.#complained = context.clock.now();
    this.#dial();
  }

  /** Virtual time since which there has been a way all along; undefined while there is none. */
  get activeSince(): number | undefined {
    return this.#activeSince;
  }

  /** False: dropped. */
  send(frame: PeerFrame, meta: MessageMeta): boolean {
    const connection = this.#connections.at(-1);
    if (connection === undefined) return false;
    this.#lastSent = this.#context.clock.now();
    connection.send(frame, meta);
    return true;
  }

  sendMessage(message: Message): boolean {
    const detail = detailOfMessage(message);
    const meta = { phase: 'item', summary: summarizeMessage(message), call: 0, detail } as const;
    // Ten a second that say the same would be most of what a quiet cluster records.
    const repeats = detail['heartbeat'] === true ? { repeats: `${message.type} ${message.term}` } : {};
    return this.send({ type: 'raft', message }, { ...meta, ...repeats });
  }

  /** Takes as long as its size says. The other end's word that it came, or the loss of the way, ends it. */
  sendSnapshot(message: Message, size: number): boolean {
    if (this.#connections.length === 0) return false;
    this.#snapshotUnderWay = true;
    this.#context.clock.setTimeout(() => {
      if (!this.#snapshotUnderWay) return;
      const sent = this.send(
        { type: 'raft', message },
        {
          phase: 'item',
          summary: summarizeMessage(message),
          call: 0,
          detail: { ...detailOfMessage(message), bytes: size },
        },
      );
      if (!sent) this.#failSnapshot();
    }, size / SNAPSHOT_RATE);
    return true;
  }

  snapshotTaken(): void {
    this.#snapshotUnderWay = false;
  }

  /** The other member dialled and was let in; or this one did and is welcome. */
  attach(connection: Connection): void {
    if (this.#disposed) {
      connection.close();
      return;
    }
    this.#connections.push(connection);
    const now = this.#context.clock.now();
    if (this.#activeSince === undefined) {
      const fields = { caller: 'rafthttp/peer_status.go:53', 'peer-id': hexId(this.id) };
      this.#context.log.info('peer became active', fields);
    }
    this.#activeSince ??= now;
    this.#lastReceived = now;
    this.#pause = DIAL_PAUSE;
    connection.onClose((reason) => this.#lost(connection, reason));
  }

  heard(): void {
    this.#lastReceived = this.#context.clock.now();
  }

  /** From time to time: gives up what has been silent for too long, and breaks the silence of this side. */
  check(interval: number): void {
    if (this.#connections.length === 0) return;
    const now = this.#context.clock.now();
    if (now - this.#lastReceived >= READ_TIMEOUT) {
      for (const connection of [...this.#connections]) connection.close();
      return;
    }
    if (now - this.#lastSent >= interval) {
      const detail = { raft: 'link-heartbeat', heartbeat: true };
      this.send({ type: 'link-heartbeat' }, { phase: 'item', summary: 'link heartbeat', call: 0, detail });
    }
  }

  update(urls: readonly string[]): void {
    if (urls.join() === this.urls.join()) return;
    this.urls = urls;
    this.#nextUrl = 0;
    this.#pause = DIAL_PAUSE;
    for (const connection of [...this.#connections]) connection.close();
    this.#dial();
  }

  dispose(): void {
    this.#disposed = true;
    this.#retry?.dispose();
    for (const connection of [...this.#connections]) connection.close();
  }

  #lost(connection: Connection, reason: CloseReason): void {
    const at = this.#connections.indexOf(connection);
    if (at >= 0) this.#connections.splice(at, 1);
    if (this.#connections.length > 0) return;
    this.#activeSince = undefined;
    if (!this.#disposed) this.#logLost(connection, reason);
    this.#failSnapshot();
    this.#host.wayLost(this);
    this.#later();
  }

  #logLost({ local, remote }: Connection, reason: CloseReason): void {
    const { log, clock } = this.#context;
    const error = reason === 'timeout' ? `read tcp ${local.ip}->${remote.ip}: i/o timeout` : 'EOF';
    const id = hexId(this.id);
    log.warn('lost TCP streaming connection with remote peer', {
      caller: 'rafthttp/stream.go:420',
      'stream-reader-type': 'stream MsgApp v2',
      'local-member-id': hexId(this.#host.memberId),
      'remote-peer-id': id,
      error,
    });
    log.warn('peer became inactive (message send to peer failed)', {
      caller: 'rafthttp/peer_status.go:66',
      'peer-id': id,
      error: `failed to read ${id} on stream MsgApp v2 (${error})`,
    });
    this.#complained = clock.now();
  }

  #complain(error: DialError): void {
    const { log, clock } = this.#context;
    if (clock.now() - this.#complained < COMPLAINT_INTERVAL) return;
    this.#complained = clock.now();
    log.warn('prober detected unhealthy status', {
      caller: 'rafthttp/probing_status.go:68',
      'round-tripper-name': 'ROUND_TRIPPER_RAFT_MESSAGE',
      'remote-peer-id': hexId(this.id),
      rtt: '0s',
      error: error.message,
    });
  }

  #failSnapshot(): void {
    if (!this.#snapshotUnderWay) return;
    this.#snapshotUnderWay = false;
    this.#host.snapshotFailed(this);
  }

  #later(): void {
    if (this.#disposed || this.#dialling) return;
    this.#retry?.dispose();
    const { tracer, clock } = this.#context;
    const cause = tracer.cause;
    // Trying again is nobody's consequence.
    tracer.resume(0);
    this.#retry = clock.setTimeout(() => this.#dial(), this.#pause);
    tracer.resume(cause);
    this.#pause = Math.min(this.#pause * 2, DIAL_PAUSE_MOST);
  }

  #dial(): void {
    if (this.#dialling || this.#disposed || this.#connections.length > 0) return;
    const url = this.urls[this.#nextUrl++ % Math.max(this.urls.length, 1)];
    const address = url === undefined ? undefined : addressOf(url);
    if (address === undefined) return;
    this.#dialling = true;
    this.#net.dial(address, { protocol: 'tcp', timeout: DIAL_TIMEOUT }).then(
      (connection) => this.#dialled(connection),
      (error: unknown) => {
        this.#dialling = false;
        if (!(error instanceof DialError)) throw error;
        this.#complain(error);
        this.#later();
      },
    );
  }

  #dialled(connection: Connection): void {
    this.#dialling = false;
    if (this.#disposed) {
      connection.close();
      return;
    }
    connection.onMessage((payload) => {
      const frame = payload as PeerFrame;
      if (frame.type === 'welcome') this.attach(connection);
      this.heard();
      this.#host.received(this, frame, connection);
    });
    connection.onClose(() => {
      // Closed before it was let in.
      if (!this.#connections.includes(connection) && this.#connections.length === 0) this.#later();
    });
    const { clusterId, memberId } = this.#host;
    connection.send({ type: 'hello', clusterId, from: memberId, to: this.id } satisfies PeerFrame, {
      phase: 'request',
      summary: 'hello',
      call: 0,
      detail: { raft: 'hello' },
    });
  }
}
