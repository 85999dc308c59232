import { describe, expect, it } from 'vitest';
import type { Pod, PodDisruptionBudget } from '../../api/types.ts';
import { StatusError } from '../../apimachinery/status.ts';
import { covers, isBeyondBudgets, mayEvictUnready, withOneDisruptionLess } from './disruption-budget.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const budget = (status: object, spec: object = {}): PodDisruptionBudget => ({
  metadata: { name: 'keep', generation: 1 },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } }, ...spec },
  status: {
    observedGeneration: 1, disruptionsAllowed: 0, desiredHealthy: 2, currentHealthy: 2, expectedPods: 3, ...status,
  }, // prettier-ignore
});
const pod = (labels: Readonly<Record<string, string>>, ready = true, phase = 'Running'): Pod => ({
  metadata: { name: 'p', labels },
  status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

function refusalOf(work: () => unknown): StatusError {
  try {
    work();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('disruption budgets', () => {
  it('spend what they have', () => {
    const spent = withOneDisruptionLess(budget({ disruptionsAllowed: 1 }), 'p', NOW);
    expect(spent.status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { p: '2026-01-01T00:00:00Z' },
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
    });
  });

  it('refuse with 429 when nothing is left', () => {
    expect(refusalOf(() => withOneDisruptionLess(budget({}), 'p', NOW)).status).toMatchObject({
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: 'The disruption budget keep needs 2 healthy pods and has 2 currently',
          },
        ],
      },
    });
  });

  it('refuse while nobody has looked at them', () => {
    const refusal = refusalOf(() => withOneDisruptionLess(budget({ observedGeneration: 0 }), 'p', NOW));
    expect(refusal.status.details).toEqual({
      causes: [
        {
          reason: 'DisruptionBudget',
          message: 'The disruption budget keep is still being processed by the server.',
        },
      ],
      retryAfterSeconds: 10,
    });
  });

  it('count only Pods that run, and let unready ones go when the rest suffices', () => {
    expect(covers(budget({}), pod({ app: 'web' }))).toBe(true);
    expect(covers(budget({}), pod({ app: 'db' }))).toBe(false);
    expect(isBeyondBudgets(pod({}, true, 'Pending'))).toBe(true);
    expect(isBeyondBudgets(pod({}))).toBe(false);
    expect(mayEvictUnready(budget({}), pod({ app: 'web' }, false))).toBe(true);
    expect(mayEvictUnready(budget({ currentHealthy: 1 }), pod({ app: 'web' }, false))).toBe(false);
    const always = budget({ currentHealthy: 1 }, { unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    expect(mayEvictUnready(always, pod({ app: 'web' }, false))).toBe(true);
  });
});
