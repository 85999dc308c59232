import { describe, expect, it } from 'vitest';
import type { ControllerAnswer, ControllersAnswer } from '../../shared/contract/controllers.ts';
import { printController, printControllers } from './print-controllers.ts';

const now = Date.UTC(2026, 0, 1, 0, 1);
const summary = {
  name: 'replicaset-controller',
  alias: 'replicaset',
  state: 'running' as const,
  choice: 'all' as const,
  depth: 1,
  processing: 0,
  delayed: 1,
  failing: 1,
  passes: 7,
  failures: 3,
};
const key = { label: 'default/web', key: 'default/web', object: null };
const decision = {
  record: 9,
  time: now,
  subject: 'replicasets default/web',
  object: null,
  action: 'create-pods',
  desired: '3 Pods',
  observed: '2 Pods',
  detail: { count: 1 },
};
const sync = { ...key, queue: 'replicaset', startedAt: now, endedAt: now, retries: 0, cause: 1, record: 9 };
const answer: ControllerAnswer = {
  now,
  machine: 'cp-1',
  summary,
  queues: [
    {
      name: 'replicaset',
      depth: 1,
      ready: [{ ...key, label: 'default/api', retries: 0, error: null, since: now - 250 }],
      processing: [],
      delayed: [{ ...key, retries: 8, error: 'pods is forbidden', at: now + 81_920 }],
      delays: 3,
      failing: 1,
    },
  ],
  syncs: [
    { ...sync, error: 'pods is forbidden', decisions: [decision] },
    { ...sync, error: null, decisions: [] },
  ],
};
const list: ControllersAnswer = {
  now,
  managers: [
    { machine: 'cp-1', actor: 'cp-1/kube-controller-manager', state: 'leading', identity: 'cp-1_a' },
    { machine: 'cp-2', actor: 'cp-2/kube-controller-manager', state: 'stopped', identity: '' },
  ],
  lease: {
    namespace: 'kube-system',
    name: 'kube-controller-manager',
    holder: 'cp-1_a',
    acquired: now,
    renewed: now - 2000,
    duration: 15_000,
    transitions: 1,
  },
  machine: 'cp-1',
  selection: '*,-job',
  controllers: [
    summary,
    { ...summary, name: 'job-controller', state: 'disabled', choice: 'excluded', passes: 0 },
  ],
  notModelled: ['ttl-controller'],
};

describe('kubectl explain-controller', () => {
  it('prints who leads and each controller in a line', () => {
    expect(printControllers(list, 'en')).toBe(
      [
        'cp-1/kube-controller-manager leads',
        'cp-2/kube-controller-manager does not run',
        'Lease held by cp-1_a, renewed 2s ago, 1 transition',
        '--controllers=*,-job',
        '',
        'CONTROLLER              STATE      READY   IN WORK   DELAYED   FAILING   SYNCS',
        'replicaset-controller   running    1       0         1         1         7',
        'job-controller          disabled   1       0         1         1         0',
        '',
        'Not modelled here: ttl-controller',
        '',
      ].join('\n'),
    );
    expect(printControllers({ ...list, lease: null }, 'pt-BR')).toMatch(
      /^cp-1\S+ lidera\n.*\nNinguém detém um lease\.\n/,
    );
  });

  it('prints queues with retries, then desired, observed and action', () => {
    expect(printController(answer, 'en')).toBe(
      [
        'replicaset-controller (cp-1): running (enabled: * in --controllers means it)',
        '',
        'Queue replicaset: 1 ready, 0 in work, 3 delayed',
        '  KEY           WHERE                  RETRIES   LAST ERROR',
        '  default/api   ready for 250ms',
        '  default/web   tried again in 1m22s   8         pods is forbidden',
        '  2 more',
        '',
        'TIME       OBJECT                    DESIRED   OBSERVED   ACTION         RESULT',
        '00:01:00   replicasets default/web   3 Pods    2 Pods     create 1 Pod   failed: pods is forbidden',
        '00:01:00   default/web                                                   nothing to do',
        '',
      ].join('\n'),
    );
    expect(printController(answer, 'pt-BR')).toContain('criar 1 Pod');
    const off = {
      ...answer,
      queues: [],
      summary: { ...summary, state: 'disabled' as const, choice: 'excluded' as const },
    };
    expect(printController(off, 'en')).toBe(
      'replicaset-controller (cp-1): disabled (disabled: --controllers takes it out)\n',
    );
  });
});
