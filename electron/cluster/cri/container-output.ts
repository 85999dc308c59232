import type { Disposable } from '../../base/disposable.ts';
import { toDisposable } from '../../base/disposable.ts';
import type { Writer } from '../images/container/interface.ts';
import { utf8Decode, utf8Encode } from '../network/byte-text.ts';
import type { ContainerLog } from './container-log.ts';

export type OutputStream = 'stdout' | 'stderr';
type Listener = (stream: OutputStream, bytes: string) => void;

/** What the main process of a container writes: by lines to its log, as it comes to those who are attached. */
export class ContainerOutput {
  readonly #log: ContainerLog;
  readonly #now: () => number;
  readonly #rest: Record<OutputStream, string> = { stdout: '', stderr: '' };
  readonly #listeners = new Set<Listener>();

  constructor(log: ContainerLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** A whole line, as programs without a file descriptor write it. */
  line(stream: OutputStream, line: string, time: number): void {
    this.#log.append(stream, [line], time);
    if (this.#listeners.size > 0) this.#tell(stream, `${utf8Encode(line)}\n`);
  }

  writer(stream: OutputStream, isTty: boolean): Writer {
    return { isTty, write: (bytes) => this.write(stream, bytes) };
  }

  write(stream: OutputStream, bytes: string): void {
    const lines = (this.#rest[stream] + bytes).split('\n');
    this.#rest[stream] = lines.pop() ?? '';
    this.#log.append(
      stream,
      lines.map((line) => utf8Decode(line.replace(/\r$/, ''))),
      this.#now(),
    );
    this.#tell(stream, bytes);
  }

  /** The process has ended: an unfinished line is one all the same. */
  flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#rest[stream] !== '') this.#log.append(stream, [utf8Decode(this.#rest[stream])], this.#now());
      this.#rest[stream] = '';
    }
  }

  attach(listener: Listener): Disposable {
    this.#listeners.add(listener);
    return toDisposable(() => this.#listeners.delete(listener));
  }

  #tell(stream: OutputStream, bytes: string): void {
    for (const listener of [...this.#listeners]) listener(stream, bytes);
  }
}
