import { describe, expect, it } from 'vitest';
import type { CronJob, Job } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { forbidden } from '../../client/testing/fake-api-client.testing.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { CronJobController } from './cronjob-controller.ts';

const MINUTE = 60_000;

/** A CronJob made at second 30 of a minute, unless said otherwise. */
async function setup(spec: object = {}, status?: object, createdAgo = 0) {
  const harness = new ControllerHarness();
  const { api, c } = harness;
  const { clock } = c.context;
  await harness.run(MINUTE - (clock.now() % MINUTE) + 30_000);
  api.seed(resourceTypes.cronJobs, {
    metadata: {
      name: 'tick',
      namespace: 'default',
      uid: 'c1',
      creationTimestamp: formatTime(clock.now() - createdAgo),
    },
    spec: {
      schedule: '* * * * *',
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: {
        metadata: { labels: { app: 'tick' } },
        spec: { template: { spec: { restartPolicy: 'Never', containers: [] } } },
      },
      ...spec,
    },
    ...(status === undefined ? {} : { status }),
  } as unknown as CronJob);
  const first = Math.floor(clock.now() / MINUTE) + 1;
  await harness.start(new CronJobController(c));
  await harness.run(100);
  const jobs = (): Job[] => api.all<Job>(resourceTypes.jobs);
  return {
    harness,
    api,
    clock,
    jobs,
    /** Number of the first minute after its creation; names are told from it. */
    first,
    get: (): CronJob => api.find<CronJob>(resourceTypes.cronJobs, 'default/tick') as CronJob,
    names: () => jobs().map((job) => Number(job.metadata?.name?.split('-')[1]) - first),
    events: () =>
      api
        .events()
        .map((event) => event.replace(/tick-(\d+)/, (_, minute) => `tick+${Number(minute) - first}`)),
    end: (minute: number, type: 'Complete' | 'Failed') =>
      api.change<Job>(resourceTypes.jobs, `default/tick-${first + minute}`, (job) => {
        const time = formatTime(clock.now());
        return {
          ...job,
          status: {
            startTime: job.metadata?.creationTimestamp,
            ...(type === 'Complete' ? { completionTime: time } : {}),
            conditions: [{ type, status: 'True', lastTransitionTime: time }],
          },
        } as unknown as Job;
      }),
    change: (more: object) =>
      api.change<CronJob>(
        resourceTypes.cronJobs,
        'default/tick',
        (old) => ({ ...old, spec: { ...old.spec, ...more } }) as CronJob,
      ),
  };
}

describe('CronJobController', () => {
  it('makes a Job each minute, and knows those that are active', async () => {
    const s = await setup({ timeZone: 'Europe/Lisbon' });
    await s.harness.run(2 * MINUTE);
    expect(s.names()).toEqual([0, 1]);
    const [job] = s.jobs();
    expect(job?.metadata).toMatchObject({
      labels: { app: 'tick' },
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          name: 'tick',
          uid: 'c1',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
    const scheduled = job?.metadata?.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'];
    expect(Date.parse(scheduled ?? '')).toBe(s.first * MINUTE);
    expect(s.get().status).toMatchObject({
      active: [
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          namespace: 'default',
          name: `tick-${s.first}`,
          uid: job?.metadata?.uid,
        },
        { name: `tick-${s.first + 1}` },
      ],
      lastScheduleTime: formatTime((s.first + 1) * MINUTE),
    });
    expect(s.events()).toEqual([
      'Normal SuccessfulCreate Created job tick+0',
      'Normal SuccessfulCreate Created job tick+1',
    ]);
  });

  it('takes note of Jobs that end, and keeps as many as it should', async () => {
    const s = await setup({ successfulJobsHistoryLimit: 1 });
    await s.harness.run(MINUTE);
    s.end(0, 'Complete');
    const completed = formatTime(s.clock.now());
    await s.harness.run(MINUTE);
    s.end(1, 'Complete');
    await s.harness.run(1000);
    expect(s.names()).toEqual([1]);
    expect(s.get().status?.lastSuccessfulTime).toBe(formatTime(Date.parse(completed) + MINUTE));
    expect(s.get().status?.active).toBeUndefined();
    expect(s.events()).toEqual([
      'Normal SuccessfulCreate Created job tick+0',
      'Normal SawCompletedJob Saw completed job: tick+0, condition: Complete',
      'Normal SuccessfulCreate Created job tick+1',
      'Normal SuccessfulDelete Deleted job tick+0',
      'Normal SawCompletedJob Saw completed job: tick+1, condition: Complete',
    ]);
  });

  it('Forbid: waits for the one that runs, then makes up for the last that was missed', async () => {
    const s = await setup({ concurrencyPolicy: 'Forbid' });
    await s.harness.run(3 * MINUTE);
    expect(s.names()).toEqual([0]);
    s.end(0, 'Failed');
    await s.harness.run(1000);
    expect(s.names()).toEqual([0, 2]);
    const why = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    expect(s.events()).toEqual([
      'Normal SuccessfulCreate Created job tick+0',
      `Normal JobAlreadyActive ${why}`,
      'Normal SawCompletedJob Saw completed job: tick+0, condition: Failed',
      'Normal SuccessfulCreate Created job tick+2',
    ]);
  });

  it('Replace: the one that runs goes', async () => {
    const s = await setup({ concurrencyPolicy: 'Replace' });
    await s.harness.run(2 * MINUTE);
    expect(s.names()).toEqual([1]);
    expect(s.get().status?.active).toHaveLength(1);
    expect(s.events()).toEqual([
      'Normal SuccessfulCreate Created job tick+0',
      'Normal SuccessfulDelete Deleted job tick+0',
      'Normal SuccessfulCreate Created job tick+1',
      // Its deletion is seen before the status without it: the same race as upstream's.
      'Normal MissingJob Active job went missing: tick+0',
    ]);
  });

  it('starts nothing while suspended, and after that the last that was missed', async () => {
    const s = await setup({ suspend: true });
    await s.harness.run(3 * MINUTE);
    expect(s.names()).toEqual([]);
    s.change({ suspend: false });
    await s.harness.run(1000);
    expect(s.names()).toEqual([2]);
  });

  it('says when it has missed more than a hundred', async () => {
    const s = await setup({}, undefined, 102 * MINUTE);
    expect(s.names()).toEqual([-1]);
    const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    expect(s.events()).toEqual([
      `Warning TooManyMissedTimes too many missed start times. ${advice}`,
      'Normal SuccessfulCreate Created job tick+-1',
    ]);
  });

  it('starts nothing that is past its deadline', async () => {
    const s = await setup({ schedule: '@hourly', startingDeadlineSeconds: 10 }, undefined, 5 * MINUTE);
    await s.harness.run(1000);
    expect(s.names()).toEqual([]);
    expect(s.events()).toEqual([]);
  });

  it('goes by a new schedule', async () => {
    const s = await setup({ schedule: '0 0 1 1 *' });
    await s.harness.run(2 * MINUTE);
    expect(s.names()).toEqual([]);
    s.change({ schedule: '*/2 * * * *' });
    await s.harness.run(2 * MINUTE);
    expect(s.names()).toHaveLength(1);
  });

  it('tells of Jobs that others made in its name, and of those that went', async () => {
    const s = await setup();
    await s.harness.run(MINUTE);
    const [own] = s.jobs();
    s.api.seed(resourceTypes.jobs, {
      ...own,
      metadata: { ...own?.metadata, name: 'by-hand', uid: 'other' },
    } as Job);
    await s.harness.run(1000);
    s.api.remove(resourceTypes.jobs, `default/tick-${s.first}`);
    await s.harness.run(1000);
    expect(s.get().status?.active).toBeUndefined();
    expect(new Set(s.events())).toEqual(
      new Set([
        'Normal SuccessfulCreate Created job tick+0',
        'Warning UnexpectedJob Saw a job that the controller did not create or forgot: by-hand',
        'Normal MissingJob Active job went missing: tick+0',
      ]),
    );
  });

  it('says what is wrong with a schedule, a zone, or the creation', async () => {
    const bad = await setup({ schedule: '61 * * * *' });
    const what = 'end of range (61) above maximum (59): 61';
    expect(bad.events()).toEqual([
      `Warning UnparseableSchedule unparseable schedule: "61 * * * *" : ${what}`,
    ]);
    const never = await setup({ schedule: '0 0 31 2 *' });
    const why = 'time difference between two schedules is less than 1 second';
    expect(never.events()).toEqual([`Warning InvalidSchedule invalid schedule: 0 0 31 2 * : ${why}`]);
    const zone = await setup({ timeZone: 'Mars/Olympus' });
    expect(zone.events()).toEqual([
      'Warning UnknownTimeZone invalid timeZone: "Mars/Olympus": unknown time zone Mars/Olympus',
    ]);
    const refused = await setup();
    refused.api.reactors.push(({ verb, resource }) =>
      verb === 'create' && resource === 'jobs.batch'
        ? forbidden('jobs.batch', 'tick', 'exceeded quota')
        : undefined,
    );
    await refused.harness.run(30_010);
    expect(refused.events()[0]).toBe(
      'Warning FailedCreate Error creating job: jobs.batch "tick" is forbidden: exceeded quota',
    );
  });
});
