import { describe, expect, it } from 'vitest';
import { CheckSpec } from '../../shared/lab/check-schema.ts';
import { FakeClusterView, FakeMachineView, testPod } from '../cluster-view.testing.ts';
import type { Check, CheckContext } from '../interface.ts';
import { createCheck } from './registry.ts';

function start(
  spec: unknown,
  cluster = new FakeClusterView(),
  state?: unknown,
): { cluster: FakeClusterView; context: CheckContext; check: Check } {
  const context: CheckContext = { cluster, commands: [] };
  const check = createCheck(CheckSpec.parse(spec), context, state);
  cluster.onDidChange((change) => void check.onChange?.(change, context));
  return { cluster, context, check };
}

const WEB = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', selector: 'app=web' };

describe('log check', () => {
  it('counts Pods with such a line, of lines since the task opened, and quotes the last one', () => {
    const cluster = new FakeClusterView();
    cluster.time = 1000;
    cluster.put(testPod('a'));
    cluster.put(testPod('b'));
    cluster.logs.set('a/main', [{ time: 900, text: 'ready' }]);
    const { check, context } = start(
      { kind: 'log', query: WEB, contains: '^ready$', count: { equals: 2 } },
      cluster,
    );
    expect(check.evaluate(context)).toEqual({
      credit: 0,
      expected: {
        'pt-BR': 'Pod default app=web: no log, linha com /^ready$/: exatamente 2',
        en: 'Pod default app=web: in the log, a line with /^ready$/: exactly 2',
      },
      actual: { 'pt-BR': '0; nenhuma linha nova', en: '0; no new line' },
    });
    cluster.logs.set('b/main', [
      { time: 1100, text: 'ready' },
      { time: 1200, text: 'serving' },
    ]);
    expect(check.evaluate(context)).toMatchObject({ credit: 0.5, actual: { en: '1; last line: serving' } });
    const earlier = start(
      { kind: 'log', query: WEB, contains: 'ready', count: { equals: 2 }, earlier: true },
      cluster,
    );
    expect(earlier.check.evaluate(earlier.context).credit).toBe(1);
  });

  it('compares a line with its Pod, of one container, and survives a restart', () => {
    const cluster = new FakeClusterView();
    cluster.time = 1000;
    cluster.put(testPod('a'));
    const spec = {
      kind: 'log',
      query: WEB,
      container: 'main',
      where: 'line == "I am " + object.metadata.name',
    };
    const first = start(spec, cluster);
    cluster.logs.set('a/other', [{ time: 1001, text: 'I am a' }]);
    expect(first.check.evaluate(first.context).credit).toBe(0);
    cluster.logs.set('a/main', [{ time: 1001, text: 'I am b' }]);
    expect(first.check.evaluate(first.context).credit).toBe(0);
    cluster.logs.set('a/main', [{ time: 1001, text: 'I am a' }]);
    cluster.time = 5000;
    const again = start(spec, cluster, first.check.state?.());
    expect(again.check.evaluate(again.context).credit).toBe(1);
  });

  it('reads the journal of a unit', () => {
    const cluster = new FakeClusterView();
    const machine = new FakeMachineView();
    cluster.machines.set('worker-1', machine);
    const { check, context } = start(
      { kind: 'log', unit: { machine: 'worker-1', name: 'kubelet' }, contains: 'Stopped' },
      cluster,
    );
    expect(check.onMachines?.()).toBe(true);
    expect(check.evaluate(context)).toMatchObject({
      credit: 0,
      expected: { en: 'worker-1 kubelet: in the log, a line with /Stopped/: at least 1' },
    });
    machine.journals.set('kubelet', [{ time: 5, text: 'systemd[1]: Stopped kubelet.service' }]);
    expect(check.evaluate(context).credit).toBe(1);
  });
});

describe('temporal check', () => {
  const READY = { ...WEB, where: 'object.status.conditions.exists(c, c.status == "True")' };
  const spec = { kind: 'temporal', from: { query: WEB }, to: { query: READY }, within: 10, after: 2 };

  function after(ms: number): ReturnType<Check['evaluate']> {
    const cluster = new FakeClusterView();
    const { check, context } = start(spec, cluster);
    cluster.time = 1_000;
    cluster.put(testPod('a', { ready: false }));
    cluster.time += ms;
    cluster.put(testPod('a'));
    return check.evaluate(context);
  }

  it('measures from one moment to another', () => {
    expect(after(5_000)).toEqual({
      credit: 1,
      expected: {
        'pt-BR': 'só depois de 2 s, em até 10 s',
        en: 'not before 2 s, within 10 s',
      },
      actual: { 'pt-BR': 'levou 5 s', en: 'took 5 s' },
    });
    expect(after(12_340)).toMatchObject({
      credit: 0.5,
      actual: { 'pt-BR': 'levou 12,3 s', en: 'took 12.3 s' },
    });
    expect(after(1_999).credit).toBe(0.5);
  });

  it('begins with what holds already, and starts again with the first moment', () => {
    const cluster = new FakeClusterView();
    cluster.put(testPod('a', { ready: false }));
    const { check, context } = start(spec, cluster);
    expect(check.evaluate(context).actual.en).toBe('it has begun; the second moment has not come yet');
    cluster.time = 60_000;
    cluster.put(testPod('a'));
    expect(check.evaluate(context).actual.en).toBe('took 60 s');
    cluster.remove(testPod('a'));
    cluster.time = 100_000;
    cluster.put(testPod('a', { ready: false }));
    const resumed = createCheck(CheckSpec.parse(spec), context, check.state?.());
    cluster.onDidChange((change) => void resumed.onChange?.(change, context));
    cluster.time = 103_000;
    cluster.put(testPod('a'));
    expect(resumed.evaluate(context)).toMatchObject({ credit: 1, actual: { en: 'took 3 s' } });
  });

  it('takes records in the order in which they and the objects came', () => {
    const cluster = new FakeClusterView();
    const { check, context } = start(
      {
        kind: 'temporal',
        from: { record: { action: '^evict$' } },
        to: { query: WEB, count: { equals: 0 } },
        within: 1,
      },
      cluster,
    );
    cluster.put(testPod('a'));
    expect(check.evaluate(context).actual.en).toBe('it has not begun yet');
    cluster.time = 2_000;
    cluster.decide('cp-1/kcm', 'evict', 'pods default/a');
    cluster.time = 2_500;
    cluster.remove(testPod('a'));
    expect(check.evaluate(context)).toMatchObject({ credit: 1, actual: { en: 'took 0.5 s' } });
  });
});

describe('node check on units, sockets, containers and images', () => {
  it('looks at each, with part of the credit', () => {
    const cluster = new FakeClusterView();
    const machine = new FakeMachineView();
    cluster.machines.set('worker-1', machine);
    const { check, context } = start(
      {
        kind: 'node',
        machine: 'worker-1',
        unit: { name: 'kubelet', active: false },
        socket: { path: '/run/containerd/containerd.sock' },
        containers: { pod: '^default/web', count: { equals: 2 } },
        image: { name: 'redis' },
      },
      cluster,
    );
    machine.units.set('kubelet', 'active');
    expect(check.evaluate(context)).toEqual({
      credit: 0,
      expected: {
        'pt-BR':
          'worker-1: unidade kubelet parada, alguém escuta em /run/containerd/containerd.sock, contêineres em execução: exatamente 2, imagem redis presente',
        en: 'worker-1: unit kubelet not active, somebody listens at /run/containerd/containerd.sock, containers running: exactly 2, image redis present',
      },
      actual: {
        'pt-BR':
          'worker-1: unidade kubelet ativa, ninguém escuta em /run/containerd/containerd.sock, contêineres em execução: 0, imagem redis ausente',
        en: 'worker-1: unit kubelet active, nobody listens at /run/containerd/containerd.sock, containers running: 0, image redis absent',
      },
    });
    machine.units.set('kubelet', 'inactive');
    machine.sockets.add('/run/containerd/containerd.sock');
    machine.held.push(
      { namespace: 'default', pod: 'web-1', name: 'nginx', running: true },
      { namespace: 'default', pod: 'web-2', name: 'nginx', running: false },
      { namespace: 'other', pod: 'web-3', name: 'nginx', running: true },
    );
    expect(check.evaluate(context).credit).toBe(0.625);
    machine.images.add('redis');
    machine.held.push({ namespace: 'default', pod: 'web-4', name: 'nginx', running: true });
    expect(check.evaluate(context).credit).toBe(1);
  });

  it('fails where the unit is not there', () => {
    const cluster = new FakeClusterView();
    cluster.machines.set('worker-1', new FakeMachineView());
    const { check, context } = start({ kind: 'node', machine: 'worker-1', unit: { name: 'crio' } }, cluster);
    expect(check.evaluate(context)).toMatchObject({
      credit: 0,
      actual: { en: 'worker-1: no unit crio' },
    });
  });
});
