import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { Status } from './status.ts';
import { WaitingPod } from './waiting-pods.ts';

describe('a Pod that waits for permits', () => {
  let world: ReturnType<typeof newTestSimulation>;
  let verdict: Status | 'bound' | undefined;

  beforeEach(() => {
    world = newTestSimulation();
    verdict = undefined;
  });

  function wait(timeouts: Readonly<Record<string, number>>): WaitingPod {
    const { clock } = world.createContext('test');
    const pod = new WaitingPod('default/p', clock, new Map(Object.entries(timeouts)));
    void pod.wait().then((status) => (verdict = status ?? 'bound'));
    return pod;
  }
  const run = (ms: number): Promise<void> => world.runUntil(world.now + ms);

  it('goes when the last plugin allows it', async () => {
    const pod = wait({ Gang: 10_000, Quota: 10_000 });
    pod.allow('Gang');
    pod.allow('Gang');
    await run(1);
    expect([pod.pendingPlugins, verdict]).toEqual([['Quota'], undefined]);
    pod.allow('Quota');
    await run(60_000);
    expect(verdict).toBe('bound');
  });

  it('is refused by any of them, and by time', async () => {
    wait({ Gang: 10_000, Quota: 10_000 }).reject('Quota', 'none left');
    await run(1);
    expect(verdict).toMatchObject({ code: 'Unschedulable', plugin: 'Quota', reasons: ['none left'] });
    wait({ Gang: 10_000 });
    await run(9_999);
    verdict = undefined;
    await run(1);
    expect(verdict).toMatchObject({
      plugin: 'Gang',
      reasons: ['rejected due to timeout after waiting 10s at plugin Gang'],
    });
  });

  it('waits for a quarter of an hour at most', async () => {
    wait({ Gang: 24 * 3_600_000 });
    await run(15 * 60_000 - 1);
    expect(verdict).toBeUndefined();
    await run(1);
    expect(verdict).toMatchObject({
      reasons: ['rejected due to timeout after waiting 15m0s at plugin Gang'],
    });
  });
});
