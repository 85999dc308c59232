import type { ByteSink, ByteSource } from '../interface.ts';
import { emptySource } from '../streams/sources.ts';
import { NullSink } from '../streams/sinks.ts';

/** An open descriptor. A pipe's writing end counts its holders. */
export interface Fd {
  source?: ByteSource;
  sink?: ByteSink;
}

/** What surrounds a command while it runs. Copied, never shared, when something in it changes. */
export interface Frame {
  readonly fds: Map<number, Fd>;
  readonly signal: AbortSignal;
  /** In the condition of `if`, `while`, `&&`, `||`, `!`: `set -e` does not fire. */
  readonly tested: boolean;
}

const closed = new NullSink();

export function sourceOf(frame: Frame, fd = 0): ByteSource {
  return frame.fds.get(fd)?.source ?? emptySource();
}

/** The sink of a descriptor; a closed one swallows what is written. */
export function sinkOf(frame: Frame, fd: number): ByteSink {
  return frame.fds.get(fd)?.sink ?? closed;
}

export function withFds(frame: Frame, changes: Iterable<[number, Fd]>): Frame {
  const fds = new Map(frame.fds);
  for (const [fd, value] of changes) fds.set(fd, value);
  return { ...frame, fds };
}
