import { describe, expect, it } from 'vitest';
import { settleTurn } from './settle.ts';

/** Resolves after so many continuations, each set free by the one before. */
async function chain(length: number, done: () => void): Promise<void> {
  for (let index = 0; index < length; index += 1) await Promise.resolve();
  done();
}

describe('settleTurn', () => {
  it('waits for every continuation, however long the chain, called from the main stack', async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        void chain(5_000, () => order.push('chain'));
        settleTurn(() => {
          order.push('settled');
          resolve();
        });
      });
    });
    expect(order).toEqual(['chain', 'settled']);
  });

  it('does so called from a continuation, again and again', async () => {
    for (let turn = 0; turn < 50; turn += 1) {
      let ended = false;
      void chain(100 * turn, () => (ended = true));
      await new Promise<void>(settleTurn);
      expect(ended).toBe(true);
    }
  });

  it('does not wait for what only the event loop brings', async () => {
    let late = false;
    setImmediate(() => (late = true));
    await new Promise<void>(settleTurn);
    expect(late).toBe(false);
  });
});
