import { describe, expect, it } from 'vitest';
import type { ConfigMap, Pod } from '../api/types.ts';
import { ControllerExpectations, UidTrackingExpectations } from './controller-expectations.ts';
import { InformerFactory } from './informer-factory.ts';
import { ControllerRateLimiter } from './rate-limiter.ts';
import { resourceTypes } from './resource-types.ts';
import { FakeApiClient } from './testing/fake-api-client.testing.ts';
import { TestSimulation } from './testing/test-simulation.testing.ts';
import { TokenBucket } from './token-bucket.ts';
import { WorkQueue } from './work-queue.ts';

const pod = (name: string, labels: Record<string, string> = {}): Pod => ({
  metadata: { name, namespace: 'default', labels },
});

describe('WorkQueue', () => {
  it('hands each key out once, and again after done when it was added meanwhile', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/x');
    const queue = new WorkQueue(context, 'q');
    const seen: string[] = [];
    context.go(async () => {
      for (;;) {
        const key = await queue.get();
        if (key === undefined) return;
        seen.push(key);
        await context.clock.sleep(10);
        queue.done(key);
      }
    });
    await test.do(async () => {
      queue.add('a');
      queue.add('a');
      queue.add('b');
    });
    await test.run(5);
    queue.add('a');
    queue.add('a');
    await test.run(100);
    expect(seen).toEqual(['a', 'b', 'a']);
    expect(queue.idle).toBe(true);
  });

  it('resumes the cause of the first add, each key in a turn of its own', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/x');
    const queue = new WorkQueue(context, 'q');
    const causes: Record<string, number> = {};
    for (let worker = 0; worker < 2; worker += 1) {
      context.go(async () => {
        for (;;) {
          const key = await queue.get();
          if (key === undefined) return;
          causes[key] = context.tracer.cause;
          queue.done(key);
        }
      });
    }
    const ids: number[] = [];
    await test.do(async () => {
      ids.push(context.tracer.record({ kind: 'decision', subject: 'a', action: 'x' }));
      queue.add('a');
      ids.push(context.tracer.record({ kind: 'decision', subject: 'b', action: 'x' }));
      queue.add('b');
      queue.add('a');
    });
    await test.run(1);
    expect(causes).toEqual({ a: ids[0], b: ids[1] });
  });

  it('delays failures 5 ms doubling, and forgets', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/x');
    const limiter = new ControllerRateLimiter(context.clock);
    expect([1, 2, 3, 4].map(() => limiter.when('a'))).toEqual([5, 10, 20, 40]);
    limiter.forget('a');
    expect(limiter.when('a')).toBe(5);
    for (let round = 0; round < 30; round += 1) limiter.when('b');
    expect(limiter.when('b')).toBe(1_000_000);
  });

  it('keeps the earliest of several delays', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/x');
    const queue = new WorkQueue(context, 'q');
    queue.addAfter('a', 50);
    queue.addAfter('a', 500);
    await test.run(60);
    expect(queue.length).toBe(1);
    queue.shutDown();
    expect(await queue.get()).toBeUndefined();
  });
});

describe('TokenBucket', () => {
  it('lets the burst through and then one per 1/qps second', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/x');
    const bucket = new TokenBucket(context.clock, 20, 30);
    const times: number[] = [];
    const take = async (): Promise<void> => {
      await bucket.wait();
      times.push(context.clock.now() - test.startTime);
    };
    await test.do(async () => void (await Promise.all(Array.from({ length: 50 }, take))));
    await test.run(5000);
    expect(times.filter((time) => time === 0)).toHaveLength(30);
    expect(times[30]).toBe(50);
    expect(times[49]).toBe(1000);
  });
});

describe('SharedInformer', () => {
  it('lists, watches, keeps indices and tells handlers', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/x');
    const api = new FakeApiClient(context);
    api.seed(resourceTypes.pods, pod('one', { app: 'a' }));
    const factory = new InformerFactory(context, api);
    const informer = factory.informer(resourceTypes.pods);
    informer.addIndexers({ app: (object) => [object.metadata?.labels?.['app'] ?? ''] });
    const seen: string[] = [];
    informer.addEventHandler({
      onAdd: (object, initial) => seen.push(`add ${object.metadata?.name} ${initial}`),
      onUpdate: (old, object) =>
        seen.push(`update ${old.metadata?.labels?.['app']}->${object.metadata?.labels?.['app']}`),
      onDelete: (object) => seen.push(`delete ${object.metadata?.name}`),
    });
    factory.start();
    await test.do(() => factory.waitForCacheSync());
    api.seed(resourceTypes.pods, pod('two', { app: 'a' }));
    api.change<Pod>(resourceTypes.pods, 'default/one', (object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { app: 'b' } },
    }));
    api.remove(resourceTypes.pods, 'default/two');
    await test.run(10);
    expect(seen).toEqual(['add one true', 'add two false', 'update a->b', 'delete two']);
    expect(informer.lister.byIndex('app', 'a')).toEqual([]);
    expect(informer.lister.byIndex('app', 'b').map((object) => object.metadata?.name)).toEqual(['one']);
    expect(informer.lister.namespace('default')).toHaveLength(1);
    expect(() => informer.lister.byIndex('nope', 'x')).toThrow('Index with name nope does not exist');
    factory.dispose();
    expect(api.watchCount).toBe(0);
  });

  it('watches on after a clean end without listing, and lists anew after 410', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/x');
    const api = new FakeApiClient(context);
    const factory = new InformerFactory(context, api);
    const informer = factory.informer(resourceTypes.pods);
    factory.start();
    await test.do(() => factory.waitForCacheSync());
    api.endWatches();
    await test.run(10);
    expect(api.actions.filter((action) => action.verb === 'list')).toHaveLength(1);
    expect(api.watchCount).toBe(1);
    api.expireWatches(resourceTypes.pods);
    api.seed(resourceTypes.pods, pod('late'));
    await test.run(10);
    expect(api.actions.filter((action) => action.verb === 'list')).toHaveLength(2);
    expect(informer.lister.get('default/late')).toBeDefined();
  });

  it('waits before it watches again over a broken connection, and finds what vanished after a failed list', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/x');
    const api = new FakeApiClient(context);
    api.seed(resourceTypes.pods, pod('gone'));
    const factory = new InformerFactory(context, api);
    const informer = factory.informer(resourceTypes.pods);
    factory.start();
    await test.do(() => factory.waitForCacheSync());
    const deleted: string[] = [];
    informer.addEventHandler({ onDelete: (object) => deleted.push(object.metadata?.name ?? '') });
    api.endWatches(new Error('read tcp: connection reset by peer'));
    await test.run(500);
    expect(api.watchCount).toBe(0);
    await test.run(2000);
    expect(api.watchCount).toBe(1);
    api.expireWatches(resourceTypes.pods);
    api.remove(resourceTypes.pods, 'default/gone');
    let failures = 2;
    api.reactors.push((action) =>
      action.verb === 'list' && failures-- > 0 ? new Error('dial tcp: connection refused') : undefined,
    );
    await test.run(20_000);
    expect(deleted).toEqual(['gone']);
    expect(
      test.lines.some(
        (line) => line.fields?.['err'] === 'failed to list *v1.Pod: dial tcp: connection refused',
      ),
    ).toBe(true);
  });

  it('tells a late handler what is in the cache', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/x');
    const api = new FakeApiClient(context);
    api.seed<ConfigMap>(resourceTypes.configMaps, { metadata: { name: 'c', namespace: 'default' } });
    const factory = new InformerFactory(context, api);
    factory.start();
    const informer = factory.informer(resourceTypes.configMaps);
    expect(factory.informer(resourceTypes.configMaps)).toBe(informer);
    await test.do(() => informer.whenSynced());
    const seen: boolean[] = [];
    informer.addEventHandler({ onAdd: (_, initial) => seen.push(initial) });
    expect(seen).toEqual([true]);
  });
});

describe('expectations', () => {
  it('hold until seen or five minutes have passed', async () => {
    const test = new TestSimulation();
    const expectations = new ControllerExpectations(test.component('x').clock);
    expect(expectations.satisfied('k')).toBe(true);
    expectations.expectCreations('k', 2);
    expectations.creationObserved('k');
    expect(expectations.satisfied('k')).toBe(false);
    expectations.creationObserved('k');
    expect(expectations.satisfied('k')).toBe(true);
    expectations.expectCreations('k', 1);
    await test.run(300_001);
    expect(expectations.satisfied('k')).toBe(true);
  });

  it('count a deletion once however often it is seen', () => {
    const expectations = new UidTrackingExpectations(new TestSimulation().component('x').clock);
    expectations.expectDeletionsOf('k', ['default/a', 'default/b']);
    expectations.deletionOf('k', 'default/a');
    expectations.deletionOf('k', 'default/a');
    expectations.deletionOf('k', 'default/other');
    expect(expectations.satisfied('k')).toBe(false);
    expectations.deletionOf('k', 'default/b');
    expect(expectations.satisfied('k')).toBe(true);
  });
});
