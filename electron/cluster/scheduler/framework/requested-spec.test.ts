import { describe, expect, it } from 'vitest';
import type { Pod } from '../../api/types.ts';
import { podInfo } from './pod-info.ts';
import { requestedSpec } from './requested-spec.ts';

function pod(asked: string, allocated: string, has: string, reason?: string): Pod {
  return {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu: asked } } }] },
    status: {
      containerStatuses: [
        { name: 'c', allocatedResources: { cpu: allocated }, resources: { requests: { cpu: has } } },
      ],
      ...(reason === undefined ? {} : { conditions: [{ type: 'PodResizePending', status: 'True', reason }] }),
    },
  } as unknown as Pod;
}
const milli = (one: Pod): number => podInfo(one).requests.milliCpu;

describe('what a Pod counts for while it is resized', () => {
  it('is the most of asked for, allocated and had', () => {
    expect(milli(pod('100m', '100m', '100m'))).toBe(100);
    expect(milli(pod('300m', '100m', '100m'))).toBe(300);
    expect(milli(pod('100m', '100m', '200m'))).toBe(200);
    expect(milli(pod('300m', '100m', '100m', 'Deferred'))).toBe(300);
  });

  it('is not what its node can never grant', () => {
    expect(milli(pod('300', '100m', '100m', 'Infeasible'))).toBe(100);
  });

  it('needs no other spec where nothing differs, or where there is no status yet', () => {
    const same = pod('100m', '100m', '100m');
    expect(requestedSpec(same)).toBe(same.spec);
    const fresh: Pod = { ...same, status: {} };
    expect(requestedSpec(fresh)).toBe(fresh.spec);
    const resized = pod('200m', '100m', '100m');
    expect(requestedSpec(resized)).not.toBe(pod('100m', '100m', '100m').spec);
  });
});
