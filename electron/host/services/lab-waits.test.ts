import { describe, expect, it } from 'vitest';
import type { WaitedFor } from './lab-waits.ts';
import { LabWaits } from './lab-waits.ts';

interface Fake {
  time: number;
  attempt: WaitedFor['attempt'];
}

function session(time = 1_000): Fake {
  return { time, attempt: { score: 0 } as unknown as WaitedFor['attempt'] };
}

const full = ({ attempt }: WaitedFor): boolean => attempt.score === 100;
const never = new AbortController().signal;

describe('waiting for something in a lab', () => {
  it('ends when it holds', async () => {
    const waits = new LabWaits();
    const lab = session();
    const waiting = waits.wait(lab, full, 60_000, never);
    lab.attempt.score = 100;
    waits.look(lab);
    expect(await waiting).toBe(true);
    expect(await waits.wait(lab, full, 60_000, never), 'it holds already').toBe(true);
  });

  it('counts the time of the cluster, and none while that stands still', async () => {
    const waits = new LabWaits();
    const lab = session();
    let answer: boolean | undefined;
    const waiting = waits.wait(lab, full, 60_000, never).then((met) => (answer = met));
    for (const time of [1_000, 1_000, 60_999]) {
      lab.time = time;
      waits.look(lab);
      await Promise.resolve();
      expect(answer).toBeUndefined();
    }
    lab.time = 61_000;
    waits.look(lab);
    await waiting;
    expect(answer).toBe(false);
  });

  it('gives up with the one who asked, and when the lab is begun anew', async () => {
    const waits = new LabWaits();
    const gone = new AbortController();
    const waiting = waits.wait(session(), full, 60_000, gone.signal);
    gone.abort();
    expect(await waiting).toBe(false);
    const again = waits.wait(session(), full, 60_000, never);
    const other = session(0);
    other.attempt.score = 100;
    waits.look(other);
    expect(await again).toBe(false);
  });
});
