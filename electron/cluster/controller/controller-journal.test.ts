import { describe, expect, it } from 'vitest';
import type { ReplicaSet } from '../api/types.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { forbidden } from '../client/testing/fake-api-client.testing.ts';
import { TestSimulation } from '../client/testing/test-simulation.testing.ts';
import { runWorkers } from '../client/workers.ts';
import { ControllerJournal } from './controller-journal.ts';
import { decide } from './decision.ts';
import { ReplicaSetController } from './replicaset/replicaset-controller.ts';
import { ControllerHarness } from './testing/controller-harness.testing.ts';

function setUp(sync: (key: string, journal: ControllerJournal) => Promise<void>, workers = 1) {
  const test = new TestSimulation();
  const context = test.component('cp-1/kube-controller-manager');
  const journal = new ControllerJournal(context);
  const queue = journal.queue('widget', {
    resource: 'widgets',
    subjectOf: (key) => (key === 'uid-1' ? 'widgets default/named' : undefined),
  });
  runWorkers(context, { queue, workers, sync: (key) => sync(key, journal) });
  const at = (ms: number): number => test.startTime + ms;
  return { test, context, journal, queue, at };
}

const reconcile = (subject: string, action = 'create') => ({ subject, action, desired: '1', observed: '0' });

describe('ControllerJournal', () => {
  it('tells what waits, what is in work and what comes back, with ages, retries and the last error', async () => {
    const s = setUp(async (key) => {
      if (key === 'bad') throw new Error('widgets "bad" is forbidden');
      await s.context.clock.sleep(1000);
    });
    await s.test.do(async () => {
      s.queue.add('bad');
      s.queue.add('slow');
    });
    await s.test.run(100);
    await s.test.do(async () => {
      s.queue.add('slow');
      s.queue.add('late');
      s.queue.addAfter('timed', 60_000);
    });
    const [state] = s.journal.queues(10);
    expect(state).toMatchObject({
      name: 'widget',
      depth: 2,
      processing: [{ key: 'slow', startedAt: s.at(0), retries: 0, again: true }],
      ready: [
        { key: 'bad', since: s.at(5), retries: 1, error: 'widgets "bad" is forbidden' },
        { key: 'late', since: s.at(100), retries: 0, error: undefined },
      ],
      delayed: [{ key: 'timed', at: s.at(60_100), retries: 0 }],
      delays: 1,
      failing: 1,
    });
    await s.test.run(3000);
    expect(s.journal.queues(10)[0]?.delayed[0]).toMatchObject({
      key: 'bad',
      error: 'widgets "bad" is forbidden',
    });
    expect(s.journal.queues(1)[0]).toMatchObject({ delays: 2, delayed: [{ key: 'bad' }] });
  });

  it('forgets an error once the key has succeeded', async () => {
    let broken = true;
    const s = setUp(() => (broken ? Promise.reject(new Error('no')) : Promise.resolve()));
    await s.test.do(async () => s.queue.add('a'));
    await s.test.run(2);
    expect(s.journal.queues(1)[0]?.failing).toBe(1);
    broken = false;
    await s.test.run(100);
    expect(s.journal.queues(1)[0]).toMatchObject({ failing: 0, delays: 0 });
    expect(s.journal.counts).toEqual({ passes: 2, failures: 1 });
    expect(s.journal.entries().map(({ error, retries }) => [error, retries])).toEqual([
      [undefined, 1],
      ['no', 0],
    ]);
  });

  it('puts decisions with the pass in which they were taken, also of several at once', async () => {
    const s = setUp(async (key, journal) => {
      await s.context.clock.sleep(10);
      decide(
        { context: s.context, journal },
        reconcile(key === 'uid-1' ? 'widgets default/named' : `widgets ${key}`),
      );
    }, 3);
    await s.test.do(async () => {
      for (const key of ['default/a', 'default/b', 'uid-1']) s.queue.add(key);
    });
    await s.test.run(100);
    const told = s.journal
      .entries()
      .map(({ key, decisions }) => [key, decisions.map(({ subject }) => subject)]);
    expect(told.sort()).toEqual([
      ['default/a', ['widgets default/a']],
      ['default/b', ['widgets default/b']],
      ['uid-1', ['widgets default/named']],
    ]);
    const [decision] = s.journal.entries()[0]?.decisions ?? [];
    expect(s.test.log.get(decision?.record ?? 0)).toMatchObject({ kind: 'decision', action: 'create' });
  });

  it('keeps a decision of a loop by time as an entry of its own', async () => {
    const s = setUp(async () => undefined);
    await s.test.do(async () =>
      decide({ context: s.context, journal: s.journal }, reconcile('nodes worker-1')),
    );
    expect(s.journal.entries()).toMatchObject([
      { queue: '', key: 'worker-1', decisions: [{ subject: 'nodes worker-1' }] },
    ]);
  });

  it('is bounded, and what did something outlives what found nothing to do', async () => {
    const s = setUp(async (key, journal) => {
      const action = key === 'first' ? 'create' : 'no-op';
      decide({ context: s.context, journal }, reconcile(`widgets ${key}`, action));
    });
    await s.test.do(async () => {
      s.queue.add('first');
      for (let index = 0; index < 500; index += 1) s.queue.add(`idle-${index}`);
    });
    await s.test.run(100);
    const entries = s.journal.entries();
    expect(entries).toHaveLength(41);
    expect(entries.at(-1)?.key).toBe('first');
    expect(entries[0]?.key).toBe('idle-499');
    expect(s.journal.counts.passes).toBe(501);
  });

  it('shows a ReplicaSet whose Pods are refused: desired, observed, action, error, and when it is tried again', async () => {
    const harness = new ControllerHarness();
    harness.api.reactors.push(({ verb, resource }) =>
      verb === 'create' && resource === 'pods' ? forbidden('pods', 'web', 'not allowed') : undefined,
    );
    harness.api.seed(resourceTypes.replicaSets, {
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } },
      },
    } as unknown as ReplicaSet);
    await harness.start(new ReplicaSetController(harness.c));
    await harness.run(2000);
    const { journal } = harness.c;
    const failed = journal.entries().find(({ error }) => error !== undefined);
    expect(failed).toMatchObject({
      queue: 'replicaset',
      key: 'default/web',
      error: 'pods "web" is forbidden: not allowed',
      decisions: [{ desired: '3 Pods', observed: '0 Pods', action: 'create-pods', detail: { count: 3 } }],
    });
    const [queue] = journal.queues(5);
    const [waiting] = queue?.delayed ?? [];
    expect(waiting?.retries).toBeGreaterThan(5);
    expect(waiting?.at).toBeGreaterThan(harness.c.context.clock.now());
  });
});
