import { describe, expect, it } from 'vitest';
import { canCompare, stockVersion, unknownDifferences } from './kubectl-compare.testing.ts';

describe.skipIf(!canCompare)('every command of the recorded scenarios', () => {
  it('is answered by our kubectl as by the stock client on the same cluster', async () => {
    expect(await unknownDifferences(), `stock client: ${stockVersion()}`).toEqual([]);
  });
});
