import { describe, expect, it } from 'vitest';
import { toTable } from '../apimachinery/table.ts';
import { parseCronSchedule } from './batch/v1/cron-job/cron-schedule.ts';
import { complaints, create, NOW, strategy, updated } from './strategies.testing.ts';
import type { CronJob, DaemonSet, Job, ReplicationController, StatefulSet } from './types.ts';

const JOBS = strategy('jobs', 'batch');
const CRON_JOBS = strategy('cronjobs', 'batch');
const DAEMON_SETS = strategy('daemonsets', 'apps');
const STATEFUL_SETS = strategy('statefulsets', 'apps');
const REVISIONS = strategy('controllerrevisions', 'apps');
const CONTROLLERS = strategy('replicationcontrollers');
const TEMPLATES = strategy('podtemplates');

const containers = [{ name: 'main', image: 'nginx' }];
const metadata = { name: 'x', uid: 'u1' };
const job = (spec: object = {}, podSpec: object = {}): object => ({
  metadata,
  spec: { template: { spec: { restartPolicy: 'Never', containers, ...podSpec } }, ...spec },
});
const cronJob = (spec: object = {}, name = 'tick'): object => ({
  metadata: { name },
  spec: {
    schedule: '@daily',
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers } } } },
    ...spec,
  },
});
const workload = (spec: object = {}): object => ({
  metadata,
  spec: {
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: { containers } },
    ...spec,
  },
});
const cells = (kind: typeof JOBS, object: object) => toTable(kind, [object as never], NOW).rows[0]?.cells;

describe('Job', () => {
  it('generates selector and labels, and takes its defaults', () => {
    const { metadata: meta, spec } = create(JOBS, job()) as Job;
    const labels = {
      'batch.kubernetes.io/controller-uid': 'u1',
      'batch.kubernetes.io/job-name': 'x',
      'controller-uid': 'u1',
      'job-name': 'x',
    };
    expect(meta?.labels).toEqual(labels);
    expect(spec?.template.metadata?.labels).toEqual(labels);
    expect(spec?.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'u1' } });
    expect(spec).toMatchObject({
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      manualSelector: false,
    });
    expect((create(JOBS, job({ parallelism: 3 })) as Job).spec?.completions).toBeUndefined();
  });

  it('is refused in upstream words', () => {
    expect(complaints(JOBS, job())).toBe('valid');
    expect(complaints(JOBS, job({}, { restartPolicy: 'Always' }))).toBe(
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    );
    expect(complaints(JOBS, job({ completions: -1, parallelism: -2, backoffLimit: -1 }))).toBe(
      '[spec.parallelism: Invalid value: -2: must be greater than or equal to 0, spec.completions: Invalid value: -1: must be greater than or equal to 0, spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0]',
    );
    expect(complaints(JOBS, job({ completionMode: 'Indexed', parallelism: 1 }))).toBe(
      'spec.completions: Required value: when completion mode is Indexed',
    );
    expect(complaints(JOBS, job({ backoffLimitPerIndex: 1 }))).toBe(
      'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
    );
    expect(complaints(JOBS, job({ manualSelector: true }))).toBe(
      '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`]',
    );
    expect(complaints(JOBS, job({ podFailurePolicy: { rules: [{ action: 'Ignore' }] } }))).toBe(
      'spec.podFailurePolicy.rules[0]: Invalid value: null: specifying one of OnExitCodes and OnPodConditions is required',
    );
  });

  it('does not change what its Pods came from', () => {
    const change = (spec: object) => (object: Record<string, unknown>) => ({
      ...object,
      spec: { ...(object['spec'] as object), ...spec },
    });
    expect(updated(JOBS, job({ completions: 3 }), change({ completions: 4 }))).toBe(
      'spec.completions: Invalid value: 4: field is immutable',
    );
    expect(updated(JOBS, job({ completions: 3 }), change({ parallelism: 2 }))).toBe('generation 2');
    const indexed = { completionMode: 'Indexed', completions: 3 };
    expect(updated(JOBS, job(indexed), change({ completions: 4 }))).toBe(
      'spec.completions: Invalid value: 4: can only be modified in tandem with spec.parallelism',
    );
    const template = (nodeSelector: object) => (object: Record<string, { template: { spec: object } }>) => ({
      ...object,
      spec: {
        ...object['spec'],
        template: {
          ...object['spec']?.template,
          spec: { ...object['spec']?.template.spec, nodeSelector },
        },
      },
    });
    expect(updated(JOBS, job({ suspend: true }), template({ disk: 'ssd' }) as never)).toBe('generation 2');
    expect(updated(JOBS, job(), template({ disk: 'ssd' }) as never)).toMatch(
      /^spec.template: Invalid value: .*: field is immutable$/,
    );
  });

  it('shows status, completions and duration', () => {
    const made = create(JOBS, job()) as Job;
    expect(cells(JOBS, { ...made, status: {} })?.slice(0, 4)).toEqual(['x', 'Running', '0/1', '']);
    const status = {
      succeeded: 1,
      startTime: '2026-01-01T00:00:00Z',
      completionTime: '2026-01-01T00:00:09Z',
      conditions: [{ type: 'Complete', status: 'True' }],
    };
    expect(cells(JOBS, { ...made, status })?.slice(0, 4)).toEqual(['x', 'Complete', '1/1', '9s']);
  });
});

describe('CronJob', () => {
  it('takes its defaults', () => {
    expect((create(CRON_JOBS, cronJob()) as CronJob).spec).toMatchObject({
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
  });

  it('is refused in upstream words', () => {
    expect(complaints(CRON_JOBS, cronJob())).toBe('valid');
    expect(complaints(CRON_JOBS, cronJob({ concurrencyPolicy: 'Never' }))).toBe(
      'spec.concurrencyPolicy: Unsupported value: "Never": supported values: "Allow", "Forbid", "Replace"',
    );
    expect(complaints(CRON_JOBS, cronJob({ timeZone: 'Nowhere/City' }))).toBe(
      'spec.timeZone: Invalid value: "Nowhere/City": unknown time zone Nowhere/City',
    );
    expect(complaints(CRON_JOBS, cronJob({ schedule: 'TZ=UTC 0 3 * * *' }))).toBe(
      'spec.schedule: Invalid value: "TZ=UTC 0 3 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    );
    const long = 'a'.repeat(53);
    expect(complaints(CRON_JOBS, cronJob({}, long))).toBe(
      `metadata.name: Invalid value: "${long}": must be no more than 52 characters`,
    );
  });

  it.each([
    ['* * *', 'expected exactly 5 fields, found 3: [* * *]'],
    ['61 * * * *', 'end of range (61) above maximum (59): 61'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-2 * * * *', 'beginning of range (5) beyond end of range (2): 5-2'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/2/3 * * * *', 'too many slashes: */2/3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@fortnightly', 'unrecognized descriptor: @fortnightly'],
  ])('schedule %s: %s', (schedule, message) => {
    expect(() => parseCronSchedule(schedule)).toThrow(message);
  });

  it('reads ranges, steps and names', () => {
    const schedule = parseCronSchedule('*/15 8-10 1 jan-mar MON');
    if (schedule.kind !== 'fields') throw new Error('not fields');
    expect([...schedule.minutes.values]).toEqual([0, 15, 30, 45]);
    expect([...schedule.hours.values]).toEqual([8, 9, 10]);
    expect([...schedule.months.values]).toEqual([1, 2, 3]);
    expect([...schedule.daysOfWeek.values]).toEqual([1]);
    expect(schedule.daysOfMonth.any).toBe(false);
    expect(parseCronSchedule('@every 90s')).toEqual({ kind: 'every', milliseconds: 90_000 });
  });
});

describe('DaemonSet', () => {
  it('takes its defaults', () => {
    const made = create(DAEMON_SETS, workload()) as DaemonSet;
    expect(made.spec?.updateStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    });
    expect(made.spec?.revisionHistoryLimit).toBe(10);
    expect(made.metadata?.annotations).toEqual({ 'deprecated.daemonset.template.generation': '1' });
    expect(cells(DAEMON_SETS, made)?.slice(0, 7)).toEqual(['x', 0, 0, 0, 0, 0, '<none>']);
  });

  it('is refused in upstream words', () => {
    expect(complaints(DAEMON_SETS, workload())).toBe('valid');
    expect(complaints(DAEMON_SETS, workload({ updateStrategy: { type: 'Nosuch' } }))).toBe(
      'spec.updateStrategy: Unsupported value: {"Type":"Nosuch","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
    );
    const rolling = (rollingUpdate: object) => workload({ updateStrategy: { rollingUpdate } });
    expect(complaints(DAEMON_SETS, rolling({ maxUnavailable: 0 }))).toBe(
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    );
    expect(complaints(DAEMON_SETS, rolling({ maxUnavailable: 1, maxSurge: 1 }))).toBe(
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    );
    expect(complaints(DAEMON_SETS, workload({ selector: { matchLabels: { app: 'y' } } }))).toBe(
      'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
    );
  });
});

describe('StatefulSet', () => {
  it('takes its defaults, those of its claims too', () => {
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } };
    const { spec } = create(STATEFUL_SETS, workload({ volumeClaimTemplates: [claim] })) as StatefulSet;
    expect(spec).toMatchObject({
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    });
    expect(spec?.volumeClaimTemplates?.[0]).toMatchObject({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      spec: { volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    });
  });

  it('is refused in upstream words', () => {
    expect(complaints(STATEFUL_SETS, workload())).toBe('valid');
    expect(
      complaints(
        STATEFUL_SETS,
        workload({ podManagementPolicy: 'Random', updateStrategy: { type: 'Nosuch' } }),
      ),
    ).toBe(
      `[spec.podManagementPolicy: Invalid value: "Random": must be 'OrderedReady' or 'Parallel', spec.updateStrategy: Invalid value: {"Type":"Nosuch","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete']`,
    );
    expect(complaints(STATEFUL_SETS, workload({ selector: {} }))).toBe(
      'spec.selector: Invalid value: {}: empty selector is invalid for statefulset',
    );
  });

  it('keeps its identity', () => {
    const set = (spec: object) => (object: Record<string, unknown>) => ({
      ...object,
      spec: { ...(object['spec'] as object), ...spec },
    });
    expect(updated(STATEFUL_SETS, workload(), set({ replicas: 3 }))).toBe('generation 2');
    expect(updated(STATEFUL_SETS, workload(), set({ serviceName: 'other' }))).toBe(
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    );
  });
});

describe('ReplicationController, PodTemplate, ControllerRevision', () => {
  it('a controller without selector takes the labels of its template', () => {
    const template = { metadata: { labels: { app: 'rc' } }, spec: { containers } };
    const made = create(CONTROLLERS, { metadata, spec: { template } }) as ReplicationController;
    expect(made.spec?.selector).toEqual({ app: 'rc' });
    expect(made.metadata?.labels).toEqual({ app: 'rc' });
    expect(made.spec?.replicas).toBe(1);
    expect(CONTROLLERS.scale?.toScale(made).status?.selector).toBe('app=rc');
    expect(complaints(CONTROLLERS, { metadata, spec: { template, selector: { app: 'y' } } })).toBe(
      'spec.template.metadata.labels: Invalid value: {"app":"rc"}: `selector` does not match template `labels`',
    );
    expect(complaints(CONTROLLERS, { metadata, spec: {} })).toBe(
      '[spec.selector: Required value, spec.template: Required value]',
    );
  });

  it('a template is judged like a Pod', () => {
    expect(complaints(TEMPLATES, { metadata, template: { spec: { containers } } })).toBe('valid');
    expect(complaints(TEMPLATES, { metadata, template: { spec: {} } })).toBe(
      'template.spec.containers: Required value',
    );
  });

  it('a revision needs data and keeps them', () => {
    expect(complaints(REVISIONS, { metadata, revision: 1 })).toBe('data: Required value: data is mandatory');
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u', controller: true };
    const revision = { metadata: { ...metadata, ownerReferences: [owner] }, revision: 2, data: { a: 1 } };
    expect(complaints(REVISIONS, revision)).toBe('valid');
    expect(updated(REVISIONS, revision, (object) => ({ ...object, data: { a: 2 } }))).toBe(
      'data: Invalid value: {"a":2}: field is immutable',
    );
    expect(cells(REVISIONS, create(REVISIONS, revision))?.slice(0, 3)).toEqual([
      'x',
      'statefulset.apps/db',
      2,
    ]);
  });
});
