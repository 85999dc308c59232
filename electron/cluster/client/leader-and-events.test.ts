import { describe, expect, it } from 'vitest';
import type { Event, Lease, Pod } from '../api/types.ts';
import { CoreEventRecorder } from './core-event-recorder.ts';
import { LeaderElector } from './leader-election.ts';
import { resourceTypes } from './resource-types.ts';
import { SeriesEventRecorder } from './series-event-recorder.ts';
import { FakeApiClient, forbidden } from './testing/fake-api-client.testing.ts';
import { TestSimulation } from './testing/test-simulation.testing.ts';

const pod: Pod = { metadata: { name: 'web', namespace: 'default', uid: 'u1' } };
const about = { apiVersion: 'v1', kind: 'Pod', object: pod };

function leaderSetup() {
  const test = new TestSimulation();
  const host = test.component('host');
  const api = new FakeApiClient(host);
  const candidate = (identity: string) => {
    const context = test.component(`${identity}/kcm`);
    const recorder = new CoreEventRecorder(context, api, 'kcm');
    const elector = new LeaderElector(context, {
      client: api,
      recorder,
      namespace: 'kube-system',
      name: 'kcm',
      identity,
    });
    const state = { leads: false, lost: false };
    context.go(async () => {
      await elector.acquire();
      state.leads = true;
      await elector.renew();
      state.leads = false;
      state.lost = true;
    });
    return { context, state };
  };
  const lease = (): Lease | undefined => api.find<Lease>(resourceTypes.leases, 'kube-system/kcm');
  return { test, api, candidate, lease };
}

describe('LeaderElector', () => {
  it('elects one, which renews; another takes over 15 s after its death', async () => {
    const { test, api, candidate, lease } = leaderSetup();
    const first = candidate('cp-1');
    await test.run(100);
    const second = candidate('cp-2');
    await test.run(60_000);
    expect([first.state.leads, second.state.leads]).toEqual([true, false]);
    expect(lease()?.spec).toMatchObject({
      holderIdentity: 'cp-1',
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
    });
    first.context.end('killed');
    await test.run(10_000);
    expect(second.state.leads).toBe(false);
    await test.run(11_000);
    expect(second.state.leads).toBe(true);
    expect(lease()?.spec).toMatchObject({ holderIdentity: 'cp-2', leaseTransitions: 1 });
    expect(api.events()).toEqual([
      'Normal LeaderElection cp-1 became leader',
      'Normal LeaderElection cp-2 became leader',
    ]);
  });

  it('gives up after 10 s without renewal', async () => {
    const { test, api, candidate } = leaderSetup();
    const first = candidate('cp-1');
    await test.run(5_000);
    expect(first.state.leads).toBe(true);
    api.reactors.push((action) =>
      action.resource === 'leases.coordination.k8s.io' ? forbidden('leases', 'kcm', 'no') : undefined,
    );
    await test.run(9_000);
    expect(first.state.leads).toBe(true);
    await test.run(4_000);
    expect(first.state).toEqual({ leads: false, lost: true });
  });
});

describe('CoreEventRecorder', () => {
  it('counts repeats, combines the tenth of a kind and then keeps quiet', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/kcm');
    const api = new FakeApiClient(context);
    const recorder = new CoreEventRecorder(context, api, 'replicaset-controller');
    recorder.event(about, 'Warning', 'BackOff', 'same');
    await test.run(2000);
    recorder.event(about, 'Warning', 'BackOff', 'same');
    await test.run(10);
    const [event] = api.all<Event>(resourceTypes.events);
    expect(event).toMatchObject({
      count: 2,
      reason: 'BackOff',
      source: { component: 'replicaset-controller' },
      reportingComponent: 'replicaset-controller',
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:02Z',
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'web', uid: 'u1', apiVersion: 'v1' },
    });
    expect(event?.metadata.name).toMatch(/^web\.[0-9a-f]{16}$/);
    for (let index = 0; index < 30; index += 1)
      recorder.event(about, 'Normal', 'Created', `Created pod: web-${index}`);
    await test.run(100);
    const created = api
      .all<Event>(resourceTypes.events)
      .filter((candidate) => candidate.reason === 'Created');
    expect(created).toHaveLength(10);
    expect(created[9]).toMatchObject({
      message: '(combined from similar events): Created pod: web-22',
      count: 14,
    });
  });

  it('drops what the server refuses and retries what did not reach it', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/kcm');
    const api = new FakeApiClient(context);
    const recorder = new CoreEventRecorder(context, api, 'c');
    let down = true;
    api.reactors.push((action) => {
      if (JSON.stringify(action.object).includes('refused'))
        return forbidden('events', 'x', 'namespace is being terminated');
      return down ? new Error('dial tcp: connection refused') : undefined;
    });
    recorder.event(about, 'Normal', 'A', 'refused');
    recorder.event(about, 'Normal', 'B', 'kept');
    await test.run(5);
    down = false;
    await test.run(25_000);
    expect(api.events()).toEqual(['Normal B kept']);
    expect(test.lines.map((line) => line.message)).toContain('Server rejected event (will not retry!)');
  });
});

describe('SeriesEventRecorder', () => {
  it('turns repeats into a series', async () => {
    const test = new TestSimulation();
    const context = test.component('cp-1/kube-scheduler');
    const api = new FakeApiClient(context);
    const recorder = new SeriesEventRecorder(context, api, 'default-scheduler', 'cp-1');
    for (let round = 0; round < 4; round += 1) {
      recorder.event(about, 'Warning', 'FailedScheduling', `try ${round}`, 'Scheduling');
      await test.run(1000);
    }
    const [event, ...more] = api.all<Event>(resourceTypes.events);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      message: 'try 0',
      action: 'Scheduling',
      reportingComponent: 'default-scheduler',
      reportingInstance: 'default-scheduler-cp-1',
      eventTime: '2026-01-01T00:00:00.000000Z',
      series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' },
    });
    await test.run(13 * 60_000);
    expect(api.all<Event>(resourceTypes.events)[0]).toMatchObject({ series: { count: 4 } });
  });
});
