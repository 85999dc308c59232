import { describe, expect, it } from 'vitest';
import { Emitter } from '../base/event.ts';
import type { ClusterSession } from './cluster-session.ts';
import { CommitBarrier } from './barrier.ts';
import { followServing } from './follow-serving.ts';

function start(serving: boolean) {
  const changed = new Emitter<void>();
  const barrier = new CommitBarrier();
  const told: boolean[] = [];
  const state = { serving };
  const session = {
    cluster: { isServing: () => state.serving, onDidChangeServing: changed.event },
    barrier,
  } as unknown as ClusterSession;
  const stop = followServing(session, { follow: (isOpen) => void told.push(isOpen) });
  const turn = (now: boolean): void => {
    state.serving = now;
    changed.fire();
  };
  return { told, barrier, stop, turn };
}

describe('the port of the served API', () => {
  it('is closed once no API server listens any more, and opened when one does again, after the answers', () => {
    const { told, barrier, turn } = start(true);
    turn(false);
    expect(told).toEqual([]);
    barrier.release();
    turn(false);
    turn(true);
    barrier.release();
    expect(told).toEqual([false, true]);
  });

  it('stays open while a cluster boots', () => {
    const { told, barrier, turn } = start(false);
    turn(false);
    barrier.release();
    turn(true);
    barrier.release();
    expect(told).toEqual([]);
    turn(false);
    barrier.release();
    expect(told).toEqual([false]);
  });

  it('is open for the next cluster', () => {
    const { told, barrier, stop, turn } = start(true);
    turn(false);
    stop();
    barrier.release();
    turn(true);
    expect(told).toEqual([true]);
  });
});
