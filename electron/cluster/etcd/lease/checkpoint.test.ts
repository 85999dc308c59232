import { describe, expect, it } from 'vitest';
import { MemoryBackend } from '../backend/memory.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import { TestMembers } from '../server/members.testing.ts';
import { Lessor } from './lessor.ts';

const MINUTE = 60_000;

interface Noted {
  readonly id: string;
  readonly remainingTtl: number;
}

function setUp(): { lessor: Lessor; noted: Noted[]; run: (ms: number) => Promise<void> } {
  const simulation = newTestSimulation();
  const lessor = new Lessor(new MemoryBackend(), simulation.createContext('cp-1/etcd').clock, 2);
  const noted: Noted[] = [];
  lessor.promote(
    {
      expire: () => undefined,
      checkpoint: (checkpoints) => {
        noted.push(...checkpoints);
        for (const { id, remainingTtl } of checkpoints) lessor.checkpoint(id, remainingTtl);
      },
    },
    0,
  );
  return { lessor, noted, run: (ms) => simulation.runUntil(simulation.now + ms) };
}

describe('lease checkpoints', () => {
  it('note every five minutes how much of a long lease is left; a short one gets none', async () => {
    const { lessor, noted, run } = setUp();
    lessor.grant('1', 900);
    lessor.grant('2', 300);
    await run(5 * MINUTE);
    expect(noted).toEqual([{ id: '1', remainingTtl: 600 }]);
    await run(5 * MINUTE);
    expect(noted.slice(1)).toEqual([{ id: '1', remainingTtl: 300 }]);
  });

  it('begin again with the whole time when the lease is kept alive', async () => {
    const { lessor, noted, run } = setUp();
    lessor.grant('1', 900);
    await run(5 * MINUTE);
    lessor.renew('1');
    expect(noted.at(-1)).toEqual({ id: '1', remainingTtl: 0 });
    expect(lessor.info('1').remaining).toBe(900);
  });

  it.each([
    ['with', ['--experimental-enable-lease-checkpoint'], 'gone'],
    ['without', [], 'there'],
  ])(
    '%s them (%j), a lease that is nearly over is soon %s after the leader changed',
    async (_, flags, expected) => {
      const members = new TestMembers({ machines: 3, flags });
      await members.startAll();
      const first = await members.untilLeader();
      const lease = await members.call(first, 'LeaseGrant', { ttl: 320 });
      await members.call(first, 'Put', { key: 'k', value: 'v', lease: lease.id });
      await members.run(5 * MINUTE + 1000);
      members.kill(first);
      const rest = members.names.filter((name) => name !== first);
      const second = await members.untilLeader(rest);
      // 20 s were left at the checkpoint; without, the whole 320 s begin anew.
      await members.run(MINUTE);
      expect((await members.get(second, 'k')) === undefined ? 'gone' : 'there').toBe(expected);
    },
  );
});
