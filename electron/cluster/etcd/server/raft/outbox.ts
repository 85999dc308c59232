import type { Message } from '../../../raft/interface.ts';
import type { Backend } from '../../backend/interface.ts';
import type { PeerTransport } from '../peers/peer-transport.ts';
import type { AppliedState } from './applied-state.ts';

/** Puts into messages what raft leaves open, and sends them. Models processMessages in server/etcdserver/raft.go. */
export class Outbox {
  readonly #transport: PeerTransport | undefined;
  readonly #backend: Backend;
  readonly #applied: AppliedState;

  constructor(transport: PeerTransport | undefined, backend: Backend, applied: AppliedState) {
    this.#transport = transport;
    this.#backend = backend;
    this.#applied = applied;
  }

  send(messages: readonly Message[]): void {
    // Of several acknowledgements the last one says it all.
    const lastAck = messages.findLast(({ type }) => type === 'MsgAppResp');
    for (const message of messages) {
      if (message.type === 'MsgSnap') this.#sendSnapshot(message);
      else if (message.type !== 'MsgAppResp' || message === lastAck) this.#transport?.send(message, 0);
    }
  }

  /** The data as it is now, which is never older than what raft asked for. */
  #sendSnapshot(message: Message): void {
    const image = this.#backend.image();
    const { index, term, confState } = this.#applied;
    const snapshot = { metadata: { index, term, confState }, data: image };
    this.#transport?.send({ ...message, snapshot }, image.size);
  }
}
