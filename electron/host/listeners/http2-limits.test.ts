import { EventEmitter } from 'node:events';
import type { Http2Session } from 'node:http2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endWhenUnused, IDLE_TIMEOUT, REQUEST_TIMEOUT } from './http2-limits.ts';

class FakeStream extends EventEmitter {
  readableEnded = false;
  readonly codes: number[] = [];

  close(code: number): void {
    this.codes.push(code);
    this.emit('close');
  }
}

class FakeSession extends EventEmitter {
  readonly calls: string[] = [];

  close(): void {
    this.calls.push('close');
  }

  destroy(): void {
    this.calls.push('destroy');
  }

  open(): FakeStream {
    const stream = new FakeStream();
    this.emit('stream', stream);
    return stream;
  }
}

describe('limits of a connection of HTTP/2', () => {
  let session: FakeSession;

  beforeEach(() => {
    vi.useFakeTimers();
    session = new FakeSession();
    endWhenUnused(session as unknown as Http2Session);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends one that nothing is asked over, and none with a request open', () => {
    const watch = session.open();
    watch.readableEnded = true;
    vi.advanceTimersByTime(10 * IDLE_TIMEOUT);
    expect([session.calls, watch.codes]).toEqual([[], []]);
    watch.close(0);
    vi.advanceTimersByTime(IDLE_TIMEOUT - 1);
    expect(session.calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(session.calls).toEqual(['close']);
  });

  it('does not wait for a body for ever', () => {
    const slow = session.open();
    vi.advanceTimersByTime(REQUEST_TIMEOUT - 1);
    expect(slow.codes).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(slow.codes).toEqual([8]);
  });

  it('drops a connection that breaks the protocol', () => {
    session.emit('error', new Error('Protocol error'));
    expect(session.calls).toEqual(['destroy']);
  });
});
