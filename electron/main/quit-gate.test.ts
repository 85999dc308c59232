import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QuitGate } from './quit-gate.ts';

class FakeHost extends EventEmitter {
  readonly posted: unknown[] = [];
  readonly kill = vi.fn(() => true);

  postMessage(message: unknown): void {
    this.posted.push(message);
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(host: FakeHost | undefined): {
  gate: QuitGate;
  quit: ReturnType<typeof vi.fn>;
  ask: () => boolean;
} {
  const quit = vi.fn();
  const gate = new QuitGate({ host: () => host, quit });
  const ask = (): boolean => {
    const preventDefault = vi.fn();
    gate.beforeQuit({ preventDefault });
    return preventDefault.mock.calls.length > 0;
  };
  return { gate, quit, ask };
}

describe('a quit', () => {
  it('waits until the host has ended, asks it once, and then goes through', () => {
    const host = new FakeHost();
    const { quit, ask } = setUp(host);
    expect(ask()).toBe(true);
    expect(ask()).toBe(true);
    expect(host.posted).toEqual(['quit']);
    expect(quit).not.toHaveBeenCalled();
    host.emit('exit', 0);
    expect(quit).toHaveBeenCalledTimes(1);
    expect(ask()).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(host.kill).not.toHaveBeenCalled();
  });

  it('goes through at once without a host', () => {
    const { quit, ask } = setUp(undefined);
    expect(ask()).toBe(false);
    expect(quit).not.toHaveBeenCalled();
  });

  it('ends a host that does not end by itself', () => {
    const host = new FakeHost();
    const { quit, ask } = setUp(host);
    expect(ask()).toBe(true);
    vi.advanceTimersByTime(4999);
    expect(host.kill).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(host.kill).toHaveBeenCalledTimes(1);
    host.emit('exit', 143);
    expect(quit).toHaveBeenCalledTimes(1);
  });
});
