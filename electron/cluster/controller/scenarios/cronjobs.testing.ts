import { JOB_SPEC } from './jobs.testing.ts';
import type { Scenario } from './scenario.testing.ts';

function cronJob(more: object = {}): readonly ['cronJobs', object] {
  return [
    'cronJobs',
    {
      metadata: {
        name: 'tick',
        namespace: 'default',
        uid: 'cron',
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
      spec: {
        schedule: '* * * * *',
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 1,
        jobTemplate: { spec: { ...JOB_SPEC, backoffLimit: 0 } },
        ...more,
      },
    },
  ];
}

/** CronJobs by their policies; a Job that ends is ended here by hand. */
export const CRON_JOBS: readonly Scenario[] = [
  {
    title: 'Allow',
    controllers: ['cronjob'],
    objects: [cronJob()],
    rows: [
      {
        step: { wait: 61_000 },
        then: [
          '+ jobs.batch tick-29453761',
          '~ cronjobs.batch tick status.active=[Job/tick-29453761]',
          'Normal SuccessfulCreate: Created job tick-29453761',
        ],
      },
      {
        step: { wait: 60_000 },
        then: [
          '+ jobs.batch tick-29453762',
          '~ cronjobs.batch tick status.active=[Job/tick-29453761,Job/tick-29453762]',
          'Normal SuccessfulCreate: Created job tick-29453762',
        ],
      },
    ],
  },
  {
    title: 'Forbid, with Jobs that really run',
    controllers: ['cronjob', 'job'],
    objects: [cronJob({ concurrencyPolicy: 'Forbid' })],
    rows: [
      {
        step: { wait: 61_000 },
        then: [
          '+ jobs.batch tick-29453761',
          '~ cronjobs.batch tick status.active=[Job/tick-29453761]',
          'Normal SuccessfulCreate: Created job tick-29453761',
          '+ pods tick-29453761-*',
          '~ jobs.batch tick-29453761 status.active=1 status.ready=0 status.terminating=0',
          'Normal SuccessfulCreate: Created pod: tick-29453761-*',
        ],
      },
      {
        step: { wait: 60_000 },
        then: [
          'Normal JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid',
        ],
      },
      {
        step: { finish: 'tick', phase: 'Failed' },
        then: ['~ pods tick-29453761-* status.phase=Failed status.containerStatuses=[main]'],
      },
      {
        step: { wait: 2000 },
        then: [
          '~ jobs.batch tick-29453761 status.active= status.uncountedTerminatedPods.failed=[uid-4] FailureTarget=True/BackoffLimitExceeded',
          '~ pods tick-29453761-* metadata.finalizers=[]',
          '~ jobs.batch tick-29453761 status.uncountedTerminatedPods.failed= Failed=True/BackoffLimitExceeded status.failed=1',
          'Normal JobAlreadyActive (x2): Not starting job because prior execution is running and concurrency policy is Forbid',
          'Warning BackoffLimitExceeded: Job has reached the specified backoff limit',
          '+ jobs.batch tick-29453762',
          'Normal SawCompletedJob: Saw completed job: tick-29453761, condition: Failed',
          '~ cronjobs.batch tick status.active=[Job/tick-29453762]',
          'Normal SuccessfulCreate: Created job tick-29453762',
          '+ pods tick-29453762-*',
          'Normal SawCompletedJob (x2): Saw completed job: tick-29453761, condition: Failed',
          '~ jobs.batch tick-29453762 status.active=1 status.ready=0 status.terminating=0',
          'Normal SuccessfulCreate: Created pod: tick-29453762-*',
        ],
      },
    ],
  },
  {
    title: 'Replace',
    controllers: ['cronjob'],
    objects: [cronJob({ concurrencyPolicy: 'Replace' })],
    rows: [
      {
        step: { wait: 61_000 },
        then: [
          '+ jobs.batch tick-29453761',
          '~ cronjobs.batch tick status.active=[Job/tick-29453761]',
          'Normal SuccessfulCreate: Created job tick-29453761',
        ],
      },
      {
        step: { wait: 60_000 },
        then: [
          '- jobs.batch tick-29453761',
          '+ jobs.batch tick-29453762',
          'Normal SuccessfulDelete: Deleted job tick-29453761',
          '~ cronjobs.batch tick status.active=[Job/tick-29453762]',
          'Normal SuccessfulCreate: Created job tick-29453762',
          'Normal MissingJob: Active job went missing: tick-29453761',
        ],
      },
    ],
  },
];
