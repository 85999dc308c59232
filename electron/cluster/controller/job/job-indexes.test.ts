import { expect, it } from 'vitest';
import type { Job, Pod } from '../../api/types.ts';
import { delayedPods, indexState } from './job-indexes.ts';

const job = (spec: object = {}): Job =>
  ({
    spec: { completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 5, ...spec },
  }) as unknown as Job;

function pod(
  uid: string,
  index: number,
  failures: number,
  phase = 'Failed',
  finishedAt = '2026-01-01T00:00:00Z',
): Pod {
  return {
    metadata: {
      uid,
      finalizers: ['batch.kubernetes.io/job-tracking'],
      annotations: {
        'batch.kubernetes.io/job-completion-index': String(index),
        'batch.kubernetes.io/job-index-failure-count': String(failures),
      },
    },
    status: { phase, containerStatuses: [{ state: { terminated: { finishedAt } } }] },
  } as unknown as Pod;
}

const delayed = (of: Job, ...pods: Pod[]): string[] => [...delayedPods(of, pods, indexState(of, pods, 0), 0)];

it('the last failed Pod of each index stays until there is another', () => {
  const failed = [pod('a', 0, 0), pod('b', 0, 1), pod('c', 1, 0)];
  expect(delayed(job(), ...failed)).toEqual(['b', 'c']);
  expect(delayed(job(), ...failed, pod('d', 0, 2, 'Running'))).toEqual(['c']);
});

it('of equal counts the one that ended later', () => {
  expect(delayed(job(), pod('a', 0, 1, 'Failed', '2026-01-01T00:00:09Z'), pod('b', 0, 1))).toEqual(['a']);
});

it('nobody waits for an index that is done, or a Job that does not count by index', () => {
  expect(delayed(job(), pod('a', 0, 0), pod('b', 0, 1, 'Succeeded'))).toEqual([]);
  expect(delayed(job(), pod('a', 0, 5))).toEqual([]);
  expect(delayed(job({ backoffLimitPerIndex: undefined }), pod('a', 0, 0))).toEqual([]);
  expect(delayed(job({ completionMode: 'NonIndexed' }), pod('a', 0, 0))).toEqual([]);
});
