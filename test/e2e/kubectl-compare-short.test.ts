import { describe, expect, it } from 'vitest';
import { canCompare, stockVersion, unknownDifferences } from '../conformance/kubectl-compare.testing.ts';

describe.skipIf(!canCompare)('some recorded scenarios', () => {
  it(
    'are answered by our kubectl as by the stock client on the same cluster',
    { timeout: 300_000 },
    async () => {
      const ids = ['apply-kustomize', 'autoscale', 'rbac-describe', 'set-commands', 'val-pod-immutable'];
      expect(await unknownDifferences(ids), `stock client: ${stockVersion()}`).toEqual([]);
    },
  );
});
