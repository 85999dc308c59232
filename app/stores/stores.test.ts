// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeHost } from '../testing/fake-host.ts';
import { fakeChain } from '../testing/fake-records.ts';
import { fakePod } from '../testing/fake-world.ts';
import { useConnection } from './connection.ts';
import { useDiagram } from './diagram.ts';
import { useLab } from './lab.ts';
import { useRecords } from './records.ts';
import { useTime } from './time.ts';
import { useUi } from './ui.ts';

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
};

let host: FakeHost;
beforeEach(() => {
  setActivePinia(createPinia());
  host = new FakeHost();
});
afterEach(() => useConnection().stop());

async function connect(): Promise<void> {
  useConnection().start(host.open);
  await settle();
}

describe('stores on a host', () => {
  it('follow what the host streams, also after the connection was lost', async () => {
    const diagram = useDiagram();
    diagram.follow();
    await connect();
    expect(diagram.machines.map((machine) => machine.name)).toEqual([
      'console',
      'cp-1',
      'worker-1',
      'worker-2',
    ]);
    host.diagram.value = { ...host.diagram.value, pods: [fakePod('late', 'worker-1', 'Running')] };
    host.hangUp();
    await settle();
    expect(useConnection().status.phase).toBe('lost');
    useConnection().retry();
    await settle();
    expect(useConnection().connected).toBe(true);
    expect(diagram.pods.map((pod) => pod.name)).toEqual(['late']);
  });

  it('fail calls with Disconnected while there is no host', async () => {
    await expect(useTime().setSpeed(5)).rejects.toMatchObject({ code: 'Disconnected' });
  });

  it('set speeds notch by notch and stop at the ends', async () => {
    const time = useTime();
    time.follow();
    await connect();
    await time.shiftSpeed(1);
    expect(time.state?.speed).toBe(2);
    await time.setSpeed(100);
    await time.shiftSpeed(1);
    expect(time.state?.speed).toBe(100);
    await time.setSpeed(0.5);
    await time.shiftSpeed(-1);
    expect(time.state?.speed).toBe(0.5);
  });
});

describe('diagram', () => {
  const change = {
    reset: false,
    machines: [],
    components: [],
    pods: [],
    removedMachines: [],
    removedComponents: [],
    removedPods: [],
    cuts: null,
    delays: null,
  };

  it('applies changes and keeps untouched groups as they are', async () => {
    const diagram = useDiagram();
    diagram.follow();
    await connect();
    const before = diagram.byNode.get('worker-2');
    diagram.apply({ ...change, pods: [fakePod('new', 'worker-1', 'Pending')], removedPods: ['uid-batch-1'] });
    expect(diagram.byNode.get('worker-1')?.map((pod) => pod.name)).toContain('new');
    expect(diagram.unbound).toEqual([]);
    expect(diagram.byNode.get('worker-2')).toBe(before);
    expect(diagram.cuts).toEqual([]);
  });
});

describe('records', () => {
  it('are bounded, and a frozen list stays as it was', () => {
    const records = useRecords();
    records.accept({
      records: fakeChain(1, 0, 'a'),
      flows: [{ from: 'a', to: 'b', protocol: 'https', count: 40, last: 3 }],
    });
    records.toggleFrozen();
    const frozen = records.visible.length;
    for (let round = 0; round < 100; round += 1)
      records.accept({ records: fakeChain(100 + round * 20, 0, 'b'), flows: [] });
    expect(records.kept.length).toBe(1500);
    expect(records.visible.length).toBeLessThanOrEqual(frozen);
    records.toggleFrozen();
    expect(records.visible.length).toBe(1500);
    expect(records.aggregated).toBe(40);
  });

  it('takes history that is told again once, and counts none of it as load', () => {
    const records = useRecords();
    const told = fakeChain(1, 0, 'a');
    const flow = { from: 'a', to: 'b', protocol: 'https', count: 40, last: 3 };
    records.accept({ records: told, flows: [flow], history: true });
    records.accept({ records: told, flows: [flow], history: true });
    expect(records.kept.map(({ id }) => id)).toEqual(told.map(({ id }) => id));
    expect(records.aggregated).toBe(0);
    // The same batch without the mark is news: it is appended and counted.
    records.accept({ records: told, flows: [flow] });
    expect(records.kept).toHaveLength(told.length * 2);
    expect(records.aggregated).toBe(40);
  });
});

describe('lab', () => {
  it('leaves the review when a new attempt begins', async () => {
    const lab = useLab();
    lab.follow();
    await connect();
    expect(lab.shown?.id).toBe('delete');
    await lab.goTo('deploy');
    expect(host.calls.at(-1)).toEqual({ name: 'lab.goTo', input: { step: 'deploy' } });
    lab.accept({ ...host.lab.value.state!, phase: 'finished' });
    await lab.goTo('deploy');
    expect(lab.reading).toBe('deploy');
    lab.accept({ ...host.lab.value.state!, attempt: 'a2' });
    expect(lab.reading).toBeNull();
  });
});

describe('selection', () => {
  it('goes back and forward, and a new choice forgets what was ahead', () => {
    const ui = useUi();
    ui.select({ type: 'machine', name: 'cp-1' });
    ui.select({ type: 'record', id: 7 });
    ui.select({ type: 'record', id: 7 });
    ui.go(-1);
    expect(ui.selection).toEqual({ type: 'machine', name: 'cp-1' });
    ui.select({ type: 'record', id: 9 });
    expect(ui.canGoForward).toBe(false);
    ui.go(-1);
    ui.go(-1);
    expect(ui.selection).toEqual({ type: 'machine', name: 'cp-1' });
  });
});
