import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../cluster/api/types.ts';
import { TestSimulation } from '../../../cluster/client/testing/test-simulation.testing.ts';
import { runWorkers } from '../../../cluster/client/workers.ts';
import { ControllerJournal } from '../../../cluster/controller/controller-journal.ts';
import type { ControllerManagerSource } from '../../../cluster/controller/controller-manager/manager-views.ts';
import { ControllerManagerViews } from '../../../cluster/controller/controller-manager/manager-views.ts';
import { decide } from '../../../cluster/controller/decision.ts';
import { contract } from '../../../shared/contract/contract.ts';
import { RpcError } from '../../../shared/rpc/rpc-error.ts';
import { controllersRoute } from './controllers-routes.ts';
import { ControllersService } from './controllers-service.ts';

const LEASE = {
  spec: {
    holderIdentity: 'cp-2_b',
    renewTime: '2026-01-01T00:00:01.500000Z',
    acquireTime: '2026-01-01T00:00:00.000000Z',
    leaseDurationSeconds: 15,
    leaseTransitions: 3,
  },
} as KubeObject;

function setUp() {
  const test = new TestSimulation();
  const context = test.component('cp-2/kube-controller-manager');
  const journal = new ControllerJournal(context);
  const queue = journal.queue('replicaset', { resource: 'replicasets' });
  runWorkers(context, {
    queue,
    workers: 1,
    sync: (key) => {
      decide(
        { context, journal },
        {
          subject: `replicasets ${key}`,
          action: 'create-pods',
          desired: '3 Pods',
          observed: '2 Pods',
          detail: { count: 1 },
        },
      );
      return key === 'default/bad' ? Promise.reject(new Error('pods is forbidden')) : Promise.resolve();
    },
  });
  const views = new ControllerManagerViews(['cp-1', 'cp-2', 'cp-3']);
  const source = (isLeading: boolean, identity: string): ControllerManagerSource => ({
    identity,
    leaderElect: true,
    leaseNamespace: 'kube-system',
    leaseName: 'kube-controller-manager',
    isLeading,
    selection: ['*', '-job'],
    controllers: () => [
      {
        name: 'replicaset-controller',
        alias: 'replicaset',
        choice: 'all',
        skipped: false,
        journal: isLeading ? journal : undefined,
      },
      { name: 'job-controller', alias: 'job', choice: 'excluded', skipped: false, journal: undefined },
      {
        name: 'serviceaccount-token-controller',
        alias: 'serviceaccount-token',
        choice: 'all',
        skipped: isLeading,
        journal: undefined,
      },
    ],
  });
  const second = views.started('cp-2', source(true, 'cp-2_b'));
  views.started('cp-1', source(false, 'cp-1_a'));
  const service = new ControllersService(
    { controllerManagers: () => views.list },
    {
      get: (prefix, key) =>
        `${prefix} ${key}` === 'leases kube-system/kube-controller-manager' ? LEASE : undefined,
    },
    () => test.simulation.now,
  );
  return { test, queue, service, second };
}

describe('ControllersService', () => {
  it('says who leads by the lease, and of each controller whether it runs and why', () => {
    const { service } = setUp();
    const list = contract['controllers.list'].output.parse(service.list(null));
    expect(list.managers.map(({ machine, state }) => [machine, state])).toEqual([
      ['cp-1', 'standby'],
      ['cp-2', 'leading'],
      ['cp-3', 'stopped'],
    ]);
    expect(list).toMatchObject({ machine: 'cp-2', selection: '*,-job' });
    expect(list.lease).toMatchObject({ holder: 'cp-2_b', duration: 15_000, transitions: 3 });
    expect(list.controllers.map(({ name, state, choice }) => [name, state, choice])).toEqual([
      ['replicaset-controller', 'running', 'all'],
      ['job-controller', 'disabled', 'excluded'],
      ['serviceaccount-token-controller', 'skipped', 'all'],
    ]);
    expect(service.list('cp-1').controllers[0]).toMatchObject({ state: 'standby', depth: 0 });
    expect(service.list('cp-3').controllers[0]).toMatchObject({ state: 'stopped', choice: null });
    expect(list.notModelled).toContain('horizontal-pod-autoscaler-controller');
  });

  it('follows to another process when the leader has gone', () => {
    const { service, second } = setUp();
    second.dispose();
    expect(service.list(null)).toMatchObject({
      machine: 'cp-1',
      controllers: [{ state: 'standby' }, {}, {}],
    });
  });

  it('tells queues with links to objects, retries with their time, and what was done with its record', async () => {
    const { service, test, queue } = setUp();
    await test.do(async () => {
      queue.add('default/good');
      queue.add('default/bad');
    });
    await test.run(1500);
    const one = contract['controllers.get'].output.parse(service.get(null, 'replicaset'));
    expect(one.summary).toMatchObject({ delayed: 1, failing: 1 });
    const [state] = one.queues;
    expect(state?.delayed).toMatchObject([
      {
        key: 'default/bad',
        error: 'pods is forbidden',
        object: { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'default', name: 'bad' },
      },
    ]);
    expect(state?.delayed[0]?.at).toBeGreaterThan(one.now);
    const good = one.syncs.find(({ key }) => key === 'default/good');
    expect(good).toMatchObject({
      error: null,
      decisions: [{ action: 'create-pods', desired: '3 Pods', observed: '2 Pods', object: { name: 'good' } }],
    });
    expect(test.log.get(good?.decisions[0]?.record ?? 0)).toMatchObject({
      subject: 'replicasets default/good',
    });
    expect(one.syncs[0]?.error).toBe('pods is forbidden');
  });

  it('refuses what is not there, and says which is not modelled', () => {
    const { service } = setUp();
    const refused = (work: () => unknown): string => {
      try {
        work();
      } catch (error) {
        if (error instanceof RpcError) return `${error.code}: ${error.message}`;
        throw error;
      }
      return 'not refused';
    };
    expect(refused(() => service.get(null, 'nope'))).toBe('NotFound: the controller "nope" does not exist');
    expect(refused(() => service.get(null, 'ttl-controller'))).toBe(
      'NotFound: the controller "ttl-controller" is not modelled',
    );
    expect(refused(() => service.list('worker-1'))).toBe(
      'NotFound: there is no kube-controller-manager on "worker-1"',
    );
    expect(controllersRoute(service, 'get', { name: 'nope' })).toMatchObject({ status: 409 });
    expect(controllersRoute(service, 'get', {})).toMatchObject({ status: 400 });
    expect(controllersRoute(undefined, 'list', {})).toMatchObject({
      status: 409,
      body: { code: 'NotRunning' },
    });
    expect(controllersRoute(service, 'other', {})).toBeUndefined();
  });
});
