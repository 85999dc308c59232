import type { Scenario } from './scenario.testing.ts';

export const JOB_SPEC = {
  completions: 1,
  parallelism: 1,
  backoffLimit: 6,
  completionMode: 'NonIndexed',
  podReplacementPolicy: 'TerminatingOrFailed',
  selector: { matchLabels: { job: 'work' } },
  template: {
    metadata: { labels: { job: 'work' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] },
  },
};
const job = (more: object = {}): readonly ['jobs', object] => [
  'jobs',
  { metadata: { name: 'work', namespace: 'default', uid: 'job' }, spec: { ...JOB_SPEC, ...more } },
];

/** Jobs that end well and badly. */
export const JOBS: readonly Scenario[] = [
  {
    title: 'succeeds',
    controllers: ['job'],
    objects: [job()],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ pods work-*',
          '~ jobs.batch work status.active=1 status.ready=0 status.terminating=0',
          'Normal SuccessfulCreate: Created pod: work-*',
        ],
      },
      {
        step: { finish: 'work', phase: 'Succeeded' },
        then: ['~ pods work-* status.phase=Succeeded status.containerStatuses=[main]'],
      },
      {
        step: { wait: 1000 },
        then: [
          '~ jobs.batch work status.active= status.uncountedTerminatedPods.succeeded=[uid-2] SuccessCriteriaMet=True/CompletionsReached',
          '~ pods work-* metadata.finalizers=[]',
          '~ jobs.batch work status.uncountedTerminatedPods.succeeded= Complete=True/CompletionsReached status.succeeded=1',
          'Normal Completed: Job completed',
        ],
      },
    ],
  },
  {
    title: 'fails for good after its second failure',
    controllers: ['job'],
    objects: [job({ backoffLimit: 1 })],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ pods work-*',
          '~ jobs.batch work status.active=1 status.ready=0 status.terminating=0',
          'Normal SuccessfulCreate: Created pod: work-*',
        ],
      },
      {
        step: { finish: 'work', phase: 'Failed' },
        then: ['~ pods work-* status.phase=Failed status.containerStatuses=[main]'],
      },
      {
        step: { wait: 12_000 },
        then: [
          '~ jobs.batch work status.active= status.uncountedTerminatedPods.failed=[uid-2]',
          '~ pods work-* metadata.finalizers=[]',
          '~ jobs.batch work status.uncountedTerminatedPods.failed= status.failed=1',
          '+ pods work-*',
          '~ jobs.batch work status.active=1',
          'Normal SuccessfulCreate: Created pod: work-*',
        ],
      },
      {
        step: { finish: 'work', phase: 'Failed' },
        then: ['~ pods work-* status.phase=Failed status.containerStatuses=[main]'],
      },
      {
        step: { wait: 1000 },
        then: [
          '~ jobs.batch work status.uncountedTerminatedPods.failed=[uid-4] status.active= FailureTarget=True/BackoffLimitExceeded',
          '~ pods work-* metadata.finalizers=[]',
          '~ jobs.batch work status.uncountedTerminatedPods.failed= status.failed=2 Failed=True/BackoffLimitExceeded',
          'Warning BackoffLimitExceeded: Job has reached the specified backoff limit',
        ],
      },
    ],
  },
  {
    title: 'an index fails by its own limit, the other succeeds',
    controllers: ['job'],
    objects: [
      job({
        completionMode: 'Indexed',
        completions: 2,
        parallelism: 2,
        backoffLimitPerIndex: 1,
        backoffLimit: 2_147_483_647,
      }),
    ],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ pods work-0-*',
          '+ pods work-1-*',
          'Normal SuccessfulCreate: Created pod: work-0-*',
          '~ jobs.batch work status.active=2 status.ready=0 status.terminating=0 status.failedIndexes=',
          'Normal SuccessfulCreate: Created pod: work-1-*',
        ],
      },
      {
        step: { finish: 'work-0', phase: 'Failed' },
        then: ['~ pods work-0-* status.phase=Failed status.containerStatuses=[main]'],
      },
      {
        step: { finish: 'work-1', phase: 'Succeeded' },
        then: [
          '~ pods work-1-* status.phase=Succeeded status.containerStatuses=[main]',
          '~ jobs.batch work status.active= status.succeeded=1 status.completedIndexes=1',
          '~ pods work-1-* metadata.finalizers=[]',
        ],
      },
      {
        step: { wait: 12_000 },
        then: [
          '+ pods work-0-*',
          '~ jobs.batch work status.active=1',
          'Normal SuccessfulCreate: Created pod: work-0-*',
          '~ jobs.batch work status.uncountedTerminatedPods.failed=[uid-2]',
          '~ pods work-0-* metadata.finalizers=[]',
          '~ jobs.batch work status.uncountedTerminatedPods.failed= status.failed=1',
        ],
      },
      {
        step: { finish: 'work-0', phase: 'Failed' },
        then: ['~ pods work-0-* status.phase=Failed status.containerStatuses=[main]'],
      },
      {
        step: { wait: 2000 },
        then: [
          '~ jobs.batch work status.failedIndexes=0 status.uncountedTerminatedPods.failed=[uid-6] status.active= FailureTarget=True/FailedIndexes',
          '~ pods work-0-* metadata.finalizers=[]',
          '~ jobs.batch work status.uncountedTerminatedPods.failed= status.failed=2 Failed=True/FailedIndexes',
          'Warning FailedIndexes: Job has failed indexes',
        ],
      },
    ],
  },
  {
    title: 'its policy fails it at once for an exit code',
    controllers: ['job'],
    objects: [
      job({
        podFailurePolicy: {
          rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }],
        },
      }),
    ],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ pods work-*',
          '~ jobs.batch work status.active=1 status.ready=0 status.terminating=0',
          'Normal SuccessfulCreate: Created pod: work-*',
        ],
      },
      {
        step: { finish: 'work', phase: 'Failed', exitCode: 42 },
        then: ['~ pods work-* status.phase=Failed status.containerStatuses=[main]'],
      },
      {
        step: { wait: 2000 },
        then: [
          '~ jobs.batch work status.active= status.uncountedTerminatedPods.failed=[uid-2] FailureTarget=True/PodFailurePolicy',
          '~ pods work-* metadata.finalizers=[]',
          '~ jobs.batch work status.uncountedTerminatedPods.failed= Failed=True/PodFailurePolicy status.failed=1',
          'Warning PodFailurePolicy: Container main for pod default/work-* failed with exit code 42 matching FailJob rule at index 0',
        ],
      },
    ],
  },
  {
    title: 'one success of two is enough by its success policy',
    controllers: ['job'],
    objects: [
      job({
        completionMode: 'Indexed',
        completions: 2,
        parallelism: 2,
        successPolicy: { rules: [{ succeededCount: 1 }] },
      }),
    ],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ pods work-0-*',
          '+ pods work-1-*',
          'Normal SuccessfulCreate: Created pod: work-0-*',
          '~ jobs.batch work status.active=2 status.ready=0 status.terminating=0',
          'Normal SuccessfulCreate: Created pod: work-1-*',
        ],
      },
      {
        step: { finish: 'work-1', phase: 'Succeeded' },
        then: ['~ pods work-1-* status.phase=Succeeded status.containerStatuses=[main]'],
      },
      {
        step: { wait: 2000 },
        then: [
          '~ jobs.batch work status.active= status.succeeded=1 status.completedIndexes=1 SuccessCriteriaMet=True/SuccessPolicy',
          'Normal SuccessfulDelete: Deleted pod: work-0-*',
          '- pods work-0-*',
          '~ pods work-1-* metadata.finalizers=[]',
          '~ jobs.batch work Complete=True/SuccessPolicy',
          'Normal Completed: Job completed',
        ],
      },
    ],
  },
  {
    title: 'a Pod that is going is replaced only once it has failed',
    controllers: ['job'],
    objects: [job({ podReplacementPolicy: 'Failed' })],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ pods work-*',
          '~ jobs.batch work status.active=1 status.ready=0 status.terminating=0',
          'Normal SuccessfulCreate: Created pod: work-*',
        ],
      },
      { step: { delete: 'pods', key: 'default/work' }, then: [] },
      { step: { wait: 30_000 }, then: ['~ jobs.batch work status.active= status.terminating=1'] },
      {
        step: { finish: 'work', phase: 'Failed' },
        then: ['~ pods work-* status.phase=Failed status.containerStatuses=[main]'],
      },
      {
        step: { wait: 12_000 },
        then: [
          '~ jobs.batch work status.terminating=0 status.uncountedTerminatedPods.failed=[uid-2]',
          '- pods work-*',
          '~ jobs.batch work status.uncountedTerminatedPods.failed= status.failed=1',
          '+ pods work-*',
          '~ jobs.batch work status.active=1',
          'Normal SuccessfulCreate: Created pod: work-*',
        ],
      },
    ],
  },
  {
    title: 'somebody else looks after it',
    controllers: ['job'],
    objects: [job({ managedBy: 'example.com/queue' })],
    rows: [{ step: { wait: 60_000 }, then: [] }],
  },
  {
    title: 'runs out of time',
    controllers: ['job'],
    objects: [job({ activeDeadlineSeconds: 30 })],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ pods work-*',
          '~ jobs.batch work status.active=1 status.ready=0 status.terminating=0',
          'Normal SuccessfulCreate: Created pod: work-*',
        ],
      },
      {
        step: { wait: 31_000 },
        then: [
          '~ jobs.batch work status.active= status.uncountedTerminatedPods.failed=[uid-2] FailureTarget=True/DeadlineExceeded',
          'Normal SuccessfulDelete: Deleted pod: work-*',
          '- pods work-*',
          '~ jobs.batch work status.uncountedTerminatedPods.failed= Failed=True/DeadlineExceeded status.failed=1',
          'Warning DeadlineExceeded: Job was active longer than specified deadline',
        ],
      },
    ],
  },
];
