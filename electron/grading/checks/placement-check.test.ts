import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../cluster/api/types.ts';
import { CheckSpec } from '../../shared/lab/check-schema.ts';
import { FakeClusterView, testPod } from '../cluster-view.testing.ts';
import type { Check, CheckContext } from '../interface.ts';
import { createCheck } from './registry.ts';

const bound = (name: string, nodeName?: string): KubeObject =>
  ({ ...testPod(name), spec: { nodeName } }) as KubeObject;

function start(
  more: object = {},
  state?: unknown,
): { cluster: FakeClusterView; context: CheckContext; check: Check } {
  const cluster = new FakeClusterView();
  for (const name of ['a', 'b', 'c'])
    cluster.placements.set(name, {
      fits: ['n1', 'n2'],
      best: ['n1'],
      refusals: new Map([['n3', 'Insufficient cpu']]),
    });
  const context: CheckContext = { cluster, commands: [] };
  const query = { apiVersion: 'v1', kind: 'Pod', namespace: 'default' };
  const check = createCheck(CheckSpec.parse({ kind: 'placement', query, ...more }), context, state);
  cluster.onDidChange((change) => void check.onChange?.(change, context));
  return { cluster, context, check };
}

describe('placement check', () => {
  it('counts Pods that were bound where they fit, and says why another node is wrong', () => {
    const { cluster, context, check } = start({ count: { atLeast: 2 } });
    cluster.put(bound('a'));
    expect(check.evaluate(context)).toMatchObject({ credit: 0, actual: { en: 'none has been bound yet' } });
    cluster.put(bound('a', 'n2'));
    cluster.put(bound('b'));
    cluster.put(bound('b', 'n3'));
    expect(check.evaluate(context)).toEqual({
      credit: 0.5,
      expected: {
        'pt-BR': 'Pod default: pelo menos 2 atribuídos a um node onde cabem',
        en: 'Pod default: at least 2 bound to a node where they fit',
      },
      actual: {
        'pt-BR': 'a → n2: certo; b → n3: Insufficient cpu',
        en: 'a → n2: right; b → n3: Insufficient cpu',
      },
    });
  });

  it('asks for the best node, judges a binding once, and keeps its judgement over a restart', () => {
    const { cluster, context, check } = start({ choice: 'best' });
    cluster.put(bound('a'));
    cluster.put(bound('a', 'n2'));
    expect(check.evaluate(context)).toMatchObject({
      credit: 0,
      actual: { en: 'a → n2: fits, but n1 scores most' },
    });
    cluster.put(bound('b'));
    cluster.put(bound('b', 'n1'));
    cluster.placements.set('b', { fits: [], best: [], refusals: new Map() });
    cluster.put({ ...bound('b', 'n1'), status: { phase: 'Failed' } } as KubeObject);
    expect(check.evaluate(context).credit).toBe(1);
    const again = start({ choice: 'best' }, check.state?.());
    expect(again.check.evaluate(again.context).credit).toBe(1);
  });
});
