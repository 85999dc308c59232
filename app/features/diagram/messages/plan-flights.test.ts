import { describe, expect, it } from 'vitest';
import { fakeChain } from '../../../testing/fake-records.ts';
import { FlightPlan } from './plan-flights.ts';

describe('FlightPlan', () => {
  it('lets a consequence leave when its cause has arrived', () => {
    const flights = new FlightPlan().plan(fakeChain(1, 0, 'web-1').slice(0, 4), 1000, 0);
    const [input, ask, txn, done] = flights;
    expect(ask?.start).toBe(input?.record.kind === 'input' ? 1000 : -1);
    expect(txn?.start).toBe(ask?.end);
    expect(done?.start).toBe(txn?.end);
  });

  it('never waits longer than the limit and hurries under load', () => {
    const chain = Array.from({ length: 300 }, (_, index) => ({
      ...fakeChain(1, 0, 'x')[1]!,
      id: index + 1,
      cause: index,
    }));
    const flights = new FlightPlan().plan(chain, 0, 0);
    expect(Math.max(...flights.map((flight) => flight.start))).toBeLessThanOrEqual(1800);
    expect(flights[0]!.end - flights[0]!.start).toBe(160);
  });
});
