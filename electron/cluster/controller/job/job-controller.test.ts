import { describe, expect, it } from 'vitest';
import type { Job, Pod } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { forbidden } from '../../client/testing/fake-api-client.testing.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { TtlAfterFinishedController } from '../ttl-after-finished/ttl-after-finished-controller.ts';
import { formatIndexes, parseIndexes } from './index-list.ts';
import { JobController } from './job-controller.ts';

function job(more: object = {}): Job {
  const labels = { 'controller-uid': 'j1' };
  return {
    metadata: { name: 'job', namespace: 'default', uid: 'j1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] },
      },
      ...more,
    },
  } as unknown as Job;
}

function setup(spec: object = {}) {
  const harness = new ControllerHarness();
  const { api, c } = harness;
  api.seed(resourceTypes.jobs, job(spec));
  const get = (): Job => api.find<Job>(resourceTypes.jobs, 'default/job') as Job;
  const live = (): Pod[] =>
    harness.pods().filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  /** Ends a Pod as its kubelet would. */
  const finish = (
    pod: Pod | undefined,
    phase: 'Succeeded' | 'Failed',
    exitCode = phase === 'Failed' ? 1 : 0,
  ): void => {
    api.change<Pod>(resourceTypes.pods, `default/${pod?.metadata?.name}`, (old) => {
      const finishedAt = formatTime(c.context.clock.now());
      const containerStatuses = [
        { name: 'main', restartCount: 0, state: { terminated: { exitCode, finishedAt } } },
      ];
      return { ...old, status: { ...old.status, phase, containerStatuses } } as unknown as Pod;
    });
  };
  return {
    harness,
    api,
    get,
    live,
    finish,
    change: (more: object) =>
      api.change<Job>(
        resourceTypes.jobs,
        'default/job',
        (old) => ({ ...old, spec: { ...old.spec, ...more } }) as Job,
      ),
    conditions: () =>
      (get().status?.conditions ?? []).map(
        ({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`,
      ),
    events: () => api.events().map((event) => event.replace(/(job-(\d+-)?)[a-z0-9]{5}$/, '$1*')),
    start: () => harness.start(new JobController(c), new TtlAfterFinishedController(c)),
  };
}

describe('JobController', () => {
  it('runs a Pod to completion and counts it once its finalizer is gone', async () => {
    const s = setup();
    await s.start();
    await s.harness.run();
    const [pod] = s.harness.pods();
    expect(pod?.metadata).toMatchObject({
      generateName: 'job-',
      finalizers: ['batch.kubernetes.io/job-tracking'],
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'job', controller: true }],
    });
    expect(s.get().status).toEqual({
      active: 1,
      ready: 0,
      terminating: 0,
      startTime: expect.any(String) as string,
      uncountedTerminatedPods: {},
    });
    s.harness.ready();
    await s.harness.run(3000);
    expect(s.get().status?.ready).toBe(1);
    s.finish(pod, 'Succeeded');
    await s.harness.run(3000);
    expect(s.get().status).toMatchObject({ succeeded: 1, ready: 0, uncountedTerminatedPods: {} });
    expect(s.get().status?.active).toBeUndefined();
    expect(s.get().status?.completionTime).toBeDefined();
    expect(s.harness.pods()[0]?.metadata?.finalizers).toEqual([]);
    expect(s.conditions()).toEqual([
      'SuccessCriteriaMet True CompletionsReached: Reached expected number of succeeded pods',
      'Complete True CompletionsReached: Reached expected number of succeeded pods',
    ]);
    expect(s.events()).toEqual([
      'Normal SuccessfulCreate Created pod: job-*',
      'Normal Completed Job completed',
    ]);
    const writes = s.api.actions.length;
    await s.harness.run(600_000);
    expect(s.api.actions).toHaveLength(writes);
  });

  it('keeps to its parallelism until all completions are there', async () => {
    const s = setup({ completions: 5, parallelism: 2 });
    await s.start();
    const most: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      await s.harness.run(3000);
      most.push(s.live().length);
      s.finish(s.live()[0], 'Succeeded');
    }
    await s.harness.run(3000);
    expect(most).toEqual([2, 2, 2, 2, 1]);
    expect(s.get().status?.succeeded).toBe(5);
    expect(s.conditions().at(-1)).toMatch(/^Complete True/);
  });

  it('waits 10, 20, 40 seconds after failures and gives up at the limit', async () => {
    const s = setup({ backoffLimit: 2 });
    await s.start();
    await s.harness.run();
    const waited: number[] = [];
    for (let failure = 0; failure < 2; failure += 1) {
      const from = s.harness.c.context.clock.now();
      s.finish(s.live()[0], 'Failed');
      while (s.live().length === 0) await s.harness.run(500);
      waited.push(Math.floor((s.harness.c.context.clock.now() - from) / 5000) * 5);
    }
    expect(waited).toEqual([10, 20]);
    s.finish(s.live()[0], 'Failed');
    await s.harness.run(60_000);
    expect(s.live()).toEqual([]);
    expect(s.get().status).toMatchObject({ failed: 3 });
    expect(s.conditions()).toEqual([
      'FailureTarget True BackoffLimitExceeded: Job has reached the specified backoff limit',
      'Failed True BackoffLimitExceeded: Job has reached the specified backoff limit',
    ]);
    expect(s.events().at(-1)).toBe(
      'Warning BackoffLimitExceeded Job has reached the specified backoff limit',
    );
  });

  it('stops at its deadline, with its Pods', async () => {
    const s = setup({ activeDeadlineSeconds: 5 });
    await s.start();
    await s.harness.run(20_000);
    expect(s.conditions()).toEqual([
      'FailureTarget True DeadlineExceeded: Job was active longer than specified deadline',
      'Failed True DeadlineExceeded: Job was active longer than specified deadline',
    ]);
    expect(s.harness.pods()).toEqual([]);
    expect(s.events()).toEqual([
      'Normal SuccessfulCreate Created pod: job-*',
      'Normal SuccessfulDelete Deleted pod: job-*',
      'Warning DeadlineExceeded Job was active longer than specified deadline',
    ]);
  });

  it('holds while suspended, resumes, and is suspended again', async () => {
    const s = setup({ suspend: true });
    await s.start();
    await s.harness.run();
    expect(s.harness.pods()).toEqual([]);
    expect(s.get().status?.startTime).toBeUndefined();
    expect(s.conditions()).toEqual(['Suspended True JobSuspended: Job suspended']);
    s.change({ suspend: false });
    await s.harness.run();
    expect(s.live()).toHaveLength(1);
    expect(s.conditions()).toEqual(['Suspended False JobResumed: Job resumed']);
    s.change({ suspend: true });
    await s.harness.run(5000);
    expect(s.harness.pods()).toEqual([]);
    expect(s.events()).toEqual([
      'Normal Suspended Job suspended',
      'Normal SuccessfulCreate Created pod: job-*',
      'Normal Resumed Job resumed',
      'Normal SuccessfulDelete Deleted pod: job-*',
    ]);
    // The same event again only counts.
    expect(
      s.api.actions.filter(({ verb, resource }) => verb === 'patch' && resource === 'events'),
    ).toHaveLength(1);
  });

  it('gives each index a Pod of its own', async () => {
    const s = setup({ completions: 4, parallelism: 3, completionMode: 'Indexed' });
    await s.start();
    await s.harness.run();
    const indexes = (): (string | undefined)[] =>
      s.live().map(({ metadata }) => metadata?.annotations?.['batch.kubernetes.io/job-completion-index']);
    expect(indexes()).toEqual(['0', '1', '2']);
    expect(s.live()[1]?.spec?.hostname).toBe('job-1');
    expect(s.live()[1]?.spec?.containers[0]?.env?.[0]?.name).toBe('JOB_COMPLETION_INDEX');
    for (const pod of s.live().filter((_, index) => index !== 1)) s.finish(pod, 'Succeeded');
    await s.harness.run(3000);
    expect(s.get().status).toMatchObject({ completedIndexes: '0,2', succeeded: 2 });
    expect(indexes()).toEqual(['1', '3']);
    for (const pod of s.live()) s.finish(pod, 'Succeeded');
    await s.harness.run(3000);
    expect(s.get().status).toMatchObject({ completedIndexes: '0-3', succeeded: 4 });
    expect(s.conditions().at(-1)).toMatch(/^Complete True/);
  });

  it('fails at once, or does not count, where its policy says so', async () => {
    const rules = [
      { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    ];
    const s = setup({ backoffLimit: 0, podFailurePolicy: { rules }, podReplacementPolicy: 'Failed' });
    await s.start();
    await s.harness.run();
    const name = s.live()[0]?.metadata?.name;
    s.api.change<Pod>(
      resourceTypes.pods,
      `default/${name}`,
      (old) =>
        ({
          ...old,
          status: {
            ...old.status,
            phase: 'Failed',
            conditions: [{ type: 'DisruptionTarget', status: 'True' }],
          },
        }) as Pod,
    );
    await s.harness.run(60_000);
    expect(s.get().status?.failed).toBeUndefined();
    expect(s.live()).toHaveLength(1);
    const second = s.live()[0]?.metadata?.name;
    s.finish(s.live()[0], 'Failed', 42);
    await s.harness.run(5000);
    expect(s.conditions().at(-1)).toBe(
      `Failed True PodFailurePolicy: Container main for pod default/${second} failed with exit code 42 matching FailJob rule at index 0`,
    );
  });

  it('goes its time after its end, and lets Pods of a Job that went go too', async () => {
    const s = setup({ ttlSecondsAfterFinished: 30, completions: 2, parallelism: 2 });
    await s.start();
    await s.harness.run();
    for (const pod of s.live()) s.finish(pod, 'Succeeded');
    await s.harness.run(20_000);
    expect(s.get().metadata?.deletionTimestamp).toBeUndefined();
    await s.harness.run(20_000);
    expect(s.get().metadata).toMatchObject({
      deletionTimestamp: expect.any(String) as string,
      finalizers: ['foregroundDeletion'],
    });

    const other = setup();
    await other.start();
    await other.harness.run();
    other.api.remove(resourceTypes.jobs, 'default/job');
    await other.harness.run();
    expect(other.harness.pods()[0]?.metadata?.finalizers).toEqual([]);
  });

  it('says why it has no Pod, and does not count what was never made', async () => {
    const s = setup();
    s.api.reactors.push(({ verb, resource }) =>
      verb === 'create' && resource === 'pods' ? forbidden('pods', 'job-x', 'exceeded quota: q') : undefined,
    );
    await s.start();
    await s.harness.run(100);
    expect(s.events()[0]).toBe(
      'Warning FailedCreate Error creating: pods "job-x" is forbidden: exceeded quota: q',
    );
    expect(s.get().status?.active).toBeUndefined();
    s.api.reactors.pop();
    await s.harness.run(10_000);
    expect(s.get().status?.active).toBe(1);
  });
});

describe('index lists', () => {
  it.each([
    [[0, 1, 2, 5], '0-2,5'],
    [[3, 4, 7], '3,4,7'],
    [[], ''],
  ])('%j is %s', (indexes, text) => {
    expect(formatIndexes(new Set(indexes))).toBe(text);
    expect([...parseIndexes(text, 10)]).toEqual(indexes);
  });

  it('leaves out what is beyond the completions', () => {
    expect([...parseIndexes('0-9', 3)]).toEqual([0, 1, 2]);
  });
});
