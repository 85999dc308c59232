import type { IPty } from '@lydell/node-pty';
import { FlowControl } from './flow-control.ts';
import type { PtyExit, PtyRequest, PtySession } from './interface.ts';
import { ReplayBuffer } from './replay-buffer.ts';

const killAfterMs = 2000;

/** One program on a pseudo terminal of node-pty. */
export class NodePtySession implements PtySession {
  readonly id: string;
  readonly profile: string;
  readonly pid: number;
  #exit: PtyExit | null = null;
  readonly #pty: IPty;
  readonly #replay = new ReplayBuffer();
  readonly #flow: FlowControl;
  readonly #data = new Set<(bytes: Uint8Array) => void>();
  readonly #ends = new Set<(exit: PtyExit) => void>();
  #killTimer: NodeJS.Timeout | undefined;

  constructor(request: PtyRequest, pty: IPty) {
    this.id = request.id;
    this.profile = request.profile;
    this.pid = pty.pid;
    this.#pty = pty;
    this.#flow = new FlowControl(
      () => pty.pause(),
      () => pty.resume(),
    );
    pty.onData((data: string | Uint8Array) =>
      this.#received(typeof data === 'string' ? Buffer.from(data) : data),
    );
    pty.onExit(({ exitCode, signal }) =>
      this.#ended({ code: signal !== undefined && signal !== 0 ? 128 + signal : exitCode }),
    );
  }

  get exit(): PtyExit | null {
    return this.#exit;
  }

  #received(bytes: Uint8Array): void {
    this.#replay.push(bytes);
    if (this.#data.size === 0) return;
    this.#flow.sent(bytes.length);
    for (const listener of this.#data) listener(bytes);
  }

  #ended(exit: PtyExit): void {
    if (this.#exit !== null) return;
    clearTimeout(this.#killTimer);
    this.#exit = exit;
    for (const listener of this.#ends) listener(exit);
    this.#ends.clear();
  }

  onData(listener: (bytes: Uint8Array) => void): () => void {
    this.#data.add(listener);
    return () => {
      this.#data.delete(listener);
      if (this.#data.size === 0) this.#flow.reset();
    };
  }

  onExit(listener: (exit: PtyExit) => void): () => void {
    if (this.#exit !== null) {
      const exit = this.#exit;
      queueMicrotask(() => listener(exit));
      return () => undefined;
    }
    this.#ends.add(listener);
    return () => this.#ends.delete(listener);
  }

  write(data: string | Uint8Array): void {
    if (this.#exit !== null) return;
    // node-pty takes bytes as well; its types say text only.
    const write = this.#pty.write.bind(this.#pty) as (data: string | Buffer) => void;
    write(typeof data === 'string' ? data : Buffer.from(data));
  }

  resize(cols: number, rows: number): void {
    if (this.#exit !== null) return;
    this.#pty.resize(Math.max(2, Math.floor(cols)), Math.max(1, Math.floor(rows)));
  }

  ack(bytes: number): void {
    this.#flow.acknowledged(bytes);
  }

  replay(): Uint8Array {
    return this.#replay.bytes();
  }

  kill(): void {
    if (this.#exit !== null || this.#killTimer !== undefined) return;
    this.#flow.reset();
    this.#killTimer = setTimeout(() => this.#signal('SIGKILL'), killAfterMs);
    this.#signal('SIGHUP');
  }

  #signal(name: string): void {
    try {
      if (process.platform === 'win32') this.#pty.kill();
      else this.#pty.kill(name);
    } catch {
      // It has ended between the check and the signal; its exit event follows.
    }
  }
}
