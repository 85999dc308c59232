import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sabotage } from './model-run.testing.ts';
import { runAgainstModel } from './model-run.testing.ts';
import type { Operation } from './model.testing.ts';

const key = fc.constantFrom('a', 'aa', 'ab', 'b', 'b\0', 'c', '\xff');
const end = fc.constantFrom('', '', 'b', 'c', 'd', '\0');
const value = fc.string({ maxLength: 3 });
const which = fc.nat(5);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('put' as const), key, value }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), key, end }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('txn' as const),
      puts: fc.array(key, { maxLength: 3 }),
      deletes: fc.array(key, { maxLength: 2 }),
      value,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('compact' as const), back: fc.nat(6) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('watch' as const),
      key,
      end,
      back: fc.nat(8),
      prevKv: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('unwatch' as const), which }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('choke' as const), which, open: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('run' as const), ms: fc.nat(25) }) },
);
const operations = fc.array(operation, { maxLength: 40 });

async function check(sabotage: Sabotage, numRuns: number): Promise<fc.RunDetails<[Operation[]]>> {
  const property = fc.asyncProperty(operations, (list) => runAgainstModel(list, sabotage));
  return (await fc.check(property, { numRuns, seed: 20261123 })) as fc.RunDetails<[Operation[]]>;
}

describe('the store against a model', () => {
  it('agrees in ranges, compaction, reload and what watchers get', async () => {
    const details = await check({}, 300);
    expect(details.failed ? String(details.errorInstance) + JSON.stringify(details.counterexample) : '').toBe(
      '',
    );
  });

  it('would be caught losing an event', async () => {
    const details = await check({ events: (events) => (events.length > 2 ? events.slice(1) : events) }, 300);
    expect(details.failed).toBe(true);
    expect(String(details.errorInstance)).toMatch(/events.*: the store says/);
  });

  it('would be caught reordering events', async () => {
    const details = await check({ events: (events) => [...events].reverse() }, 300);
    expect(details.failed).toBe(true);
  });

  it('would be caught compacting one revision too much', async () => {
    const details = await check({ compact: (revision) => revision + 1 }, 300);
    expect(details.failed).toBe(true);
  });
});
