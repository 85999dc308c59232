import { describe, expect, it } from 'vitest';
import { CheckSpec } from '../../shared/lab/check-schema.ts';
import { FakeClusterView, testPod } from '../cluster-view.testing.ts';
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

const PODS = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', selector: 'app=web' };
const READY = {
  ...PODS,
  where: 'object.status.conditions.exists(c, c.type == "Ready" && c.status == "True")',
};

describe('object check', () => {
  it('counts what the query finds, says so in both languages, and gives part of the credit on the way', () => {
    const { cluster, context, check } = start({ kind: 'object', query: READY, count: { equals: 4 } });
    cluster.put(testPod('a'));
    cluster.put(testPod('b', { ready: false }));
    cluster.put(testPod('c', { app: 'other' }));
    expect(check.evaluate(context)).toEqual({
      credit: 0.25,
      expected: { 'pt-BR': 'Pod default app=web: exatamente 4', en: 'Pod default app=web: exactly 4' },
      actual: { 'pt-BR': '1 (a)', en: '1 (a)' },
    });
  });

  it('asks for absence with equals 0, and gives nothing for too many', () => {
    const { cluster, context, check } = start({ kind: 'object', query: PODS, count: { equals: 0 } });
    expect(check.evaluate(context).credit).toBe(1);
    cluster.put(testPod('a'));
    expect(check.evaluate(context)).toMatchObject({
      credit: 0,
      expected: { en: 'Pod default app=web: none' },
      actual: { en: '1 (a)' },
    });
  });

  it('matches partial objects, lists item by item, and CEL over whole numbers', () => {
    const { cluster, context, check } = start({
      kind: 'object',
      query: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        match: { spec: { template: { containers: [{ image: 'nginx' }] } } },
        where: 'object.spec.replicas == 3',
      },
    });
    const deployment = (replicas: number, containers: object[]): void =>
      cluster.put({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'default' },
        spec: { replicas, template: { containers } },
      } as never);
    deployment(3, [{ image: 'nginx', name: 'x' }]);
    expect(check.evaluate(context).credit).toBe(1);
    deployment(2, [{ image: 'nginx' }]);
    expect(check.evaluate(context).credit).toBe(0);
    deployment(3, [{ image: 'nginx' }, { image: 'sidecar' }]);
    expect(check.evaluate(context).credit).toBe(0);
  });

  it('refuses an expression that does not parse', () => {
    expect(() => start({ kind: 'object', query: { ...PODS, where: 'object.' } })).toThrow(
      'CEL expression "object."',
    );
  });
});

describe('history check', () => {
  it('sees a replacement only when another object came after one had gone', () => {
    const cluster = new FakeClusterView();
    cluster.put(testPod('a'));
    const { context, check } = start({ kind: 'history', query: PODS, replaced: true }, cluster);
    cluster.put(testPod('b'));
    expect(check.evaluate(context)).toMatchObject({ credit: 0, actual: { en: 'none is gone yet' } });
    cluster.remove(testPod('a'));
    expect(check.evaluate(context)).toMatchObject({
      credit: 0,
      actual: { en: 'one is gone; none came in its place' },
    });
    cluster.put(testPod('c'));
    expect(check.evaluate(context)).toMatchObject({ credit: 1, actual: { en: 'replaced' } });
  });

  it('counts an object that is being deleted as gone', () => {
    const cluster = new FakeClusterView();
    cluster.put(testPod('a'));
    const { context, check } = start({ kind: 'history', query: PODS, replaced: true }, cluster);
    const terminating = testPod('a');
    cluster.put({
      ...terminating,
      metadata: { ...terminating.metadata, deletionTimestamp: '2026-03-02T09:00:00Z' },
    } as never);
    cluster.put(testPod('b'));
    expect(check.evaluate(context).credit).toBe(1);
  });

  it('follows a sequence of counts and goes on from a kept state', () => {
    const cluster = new FakeClusterView();
    for (const name of ['a', 'b', 'c']) cluster.put(testPod(name));
    const spec = { kind: 'history', query: PODS, sequence: [{ equals: 3 }, { equals: 2 }, { equals: 3 }] };
    const first = start(spec, cluster);
    cluster.remove(testPod('a'));
    expect(first.check.evaluate(first.context)).toMatchObject({
      credit: 0,
      actual: { en: '2 of 3 seen; now 2' },
    });
    const second = start(spec, cluster, first.check.state?.());
    cluster.put(testPod('d'));
    expect(second.check.evaluate(second.context).credit).toBe(1);
  });

  it('remembers that a rule was broken although all is well again', () => {
    const cluster = new FakeClusterView();
    for (const name of ['a', 'b']) cluster.put(testPod(name));
    const { context, check } = start({ kind: 'history', query: PODS, always: { atLeast: 2 } }, cluster);
    expect(check.evaluate(context).credit).toBe(1);
    cluster.remove(testPod('a'));
    cluster.put(testPod('a'));
    expect(check.evaluate(context)).toMatchObject({
      credit: 0,
      actual: { 'pt-BR': 'chegou a 1', en: 'it was 1' },
    });
  });
});

describe('cause check', () => {
  const spec = {
    kind: 'cause',
    effect: { kind: 'decision', actor: '/kube-controller-manager$', action: '^create$' },
    because: { actor: '^learner$' },
    notBecause: { action: '^drain$' },
  };

  it('finds an effect that came of the wanted cause, however far back', () => {
    const { cluster, context, check } = start(spec);
    const root = cluster.decide('learner', 'delete', 'pods default/a');
    const middle = cluster.decide('cp-1/kube-apiserver', 'write', 'pods default/a', root);
    cluster.decide('cp-1/kube-controller-manager', 'create', 'pods default/b', middle);
    expect(check.onRecords?.(context)).toBe(true);
    expect(check.evaluate(context)).toMatchObject({ credit: 1, actual: { en: 'it happened (record 3)' } });
  });

  it('takes an answer only when it was given to the user it names', () => {
    const { cluster, context, check } = start({
      kind: 'cause',
      effect: { kind: 'message', about: '^403 ', user: '^system:anonymous$' },
    });
    cluster.answer('cp-1/kube-apiserver', '403 Forbidden', { user: 'leitor' });
    cluster.answer('cp-1/kube-apiserver', '403 Forbidden', {});
    expect(check.onRecords?.(context)).toBe(false);
    cluster.answer('cp-1/kube-apiserver', '403 Forbidden', { user: 'system:anonymous' });
    expect(check.onRecords?.(context)).toBe(true);
    expect(check.evaluate(context)).toMatchObject({ credit: 1 });
  });

  it('does not take the effect without its cause, with a forbidden one, or from before the step', () => {
    const cluster = new FakeClusterView();
    cluster.decide(
      'cp-1/kube-controller-manager',
      'create',
      'before',
      cluster.decide('learner', 'delete', 'x'),
    );
    const { context, check } = start(spec, cluster);
    cluster.decide('cp-1/kube-controller-manager', 'create', 'spontaneous');
    const drain = cluster.decide('learner', 'drain', 'nodes n');
    cluster.decide('cp-1/kube-controller-manager', 'create', 'drained', drain);
    expect(check.onRecords?.(context)).toBe(false);
    expect(check.evaluate(context)).toMatchObject({ credit: 0, actual: { en: 'it has not happened yet' } });
  });
});

describe('command check', () => {
  it('looks for a command that ended well, or for its absence', () => {
    const commands = [
      { line: 'kubectl get nodes', exit: 1, time: 1 },
      { line: 'kubectl get pods', exit: 0, time: 2 },
    ];
    const context: CheckContext = { cluster: new FakeClusterView(), commands };
    const check = (spec: object): number =>
      createCheck(CheckSpec.parse({ kind: 'command', ...spec }), context, undefined).evaluate(context).credit;
    expect(check({ pattern: 'get pods' })).toBe(1);
    expect(check({ pattern: 'get nodes', exit: 0 })).toBe(0);
    expect(check({ pattern: '--force', used: false })).toBe(1);
    expect(check({ pattern: 'get pods', used: false })).toBe(0);
  });
});
