import type { Frame } from './frames.ts';

/** Releases a subscription. */
export interface Subscription {
  dispose(): void;
}

/** An ordered two-way carrier of frames: MessagePort, WebSocket, or a pair in memory. */
export interface Channel {
  send(frame: Frame): void;
  onFrame(listener: (frame: Frame) => void): Subscription;
  /** `why` is for the log. Fires once. */
  onClose(listener: (why: string) => void): Subscription;
  close(why?: string): void;
  /** Bytes handed over and not yet taken by the other side, as far as the carrier knows. */
  readonly queuedBytes: number;
}

/** Listener bookkeeping that every channel needs. */
export class ChannelListeners {
  readonly #frames = new Set<(frame: Frame) => void>();
  readonly #closes = new Set<(why: string) => void>();
  /** Frames that came before anybody listened. */
  #early: Frame[] = [];
  closed = false;

  onFrame(listener: (frame: Frame) => void): Subscription {
    this.#frames.add(listener);
    const early = this.#early;
    this.#early = [];
    for (const frame of early) listener(frame);
    return { dispose: () => void this.#frames.delete(listener) };
  }

  onClose(listener: (why: string) => void): Subscription {
    this.#closes.add(listener);
    return { dispose: () => void this.#closes.delete(listener) };
  }

  receive(frame: Frame): void {
    if (this.closed) return;
    if (this.#frames.size === 0) this.#early.push(frame);
    for (const listener of [...this.#frames]) listener(frame);
  }

  shut(why: string): void {
    if (this.closed) return;
    this.closed = true;
    this.#early = [];
    for (const listener of [...this.#closes]) listener(why);
    this.#closes.clear();
    this.#frames.clear();
  }
}

/** Two channels joined in memory; delivery is a microtask later, as a clone through JSON where it is JSON. */
export function channelPair(): readonly [Channel, Channel] {
  const sides = [new ChannelListeners(), new ChannelListeners()] as const;
  const make = (own: ChannelListeners, other: ChannelListeners): Channel => ({
    send: (frame) => {
      if (own.closed) return;
      const copy =
        frame.t === 'bytes'
          ? { ...frame, bytes: frame.bytes.slice() }
          : (JSON.parse(JSON.stringify(frame)) as Frame);
      void Promise.resolve().then(() => other.receive(copy));
    },
    onFrame: (listener) => own.onFrame(listener),
    onClose: (listener) => own.onClose(listener),
    close: (why = 'closed') => {
      own.shut(why);
      void Promise.resolve().then(() => other.shut(why));
    },
    queuedBytes: 0,
  });
  return [make(sides[0], sides[1]), make(sides[1], sides[0])];
}
