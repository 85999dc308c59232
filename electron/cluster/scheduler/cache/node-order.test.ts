import { describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { Node } from '../../api/types.ts';
import { zoneKey } from './node-order.ts';
import { SchedulerCache } from './scheduler-cache.ts';

const node = (name: string, zone?: string, labels: Record<string, string> = {}): Node =>
  ({
    metadata: {
      name,
      labels: { ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }), ...labels },
    },
  }) as Node;

function names(cache: SchedulerCache): string[] {
  return cache.snapshot().nodes.map(({ name }) => name);
}

const cacheOf = (...nodes: readonly Node[]): SchedulerCache => {
  const cache = new SchedulerCache(newTestSimulation().createContext('test').clock);
  for (const one of nodes) cache.setNode(one);
  return cache;
};

describe('the order of nodes', () => {
  it('takes one of each zone in turn, nodes without a zone as one of their own', () => {
    const cache = cacheOf(
      node('a1', 'a'),
      node('a2', 'a'),
      node('a3', 'a'),
      node('b1', 'b'),
      node('none'),
      node('c1', 'c'),
    );
    expect(names(cache)).toEqual(['none', 'a1', 'b1', 'c1', 'a2', 'a3']);
  });

  it('does not depend on what arrived when, and follows a changed zone', () => {
    const nodes = [node('n2', 'a'), node('n10', 'b'), node('n1', 'b')];
    const cache = cacheOf(...nodes);
    expect(names(cache)).toEqual(['n2', 'n1', 'n10']);
    expect(names(cacheOf(...nodes.reverse()))).toEqual(['n2', 'n1', 'n10']);
    cache.removeNode('n2');
    cache.setNode(node('n2', 'a'));
    expect(names(cache)).toEqual(['n2', 'n1', 'n10']);
    cache.setNode(node('n2', 'b'));
    expect(names(cache)).toEqual(['n1', 'n10', 'n2']);
    // Another label is no reason to sort anew, and leaves the order.
    cache.setNode(node('n2', 'b', { disk: 'ssd' }));
    expect(names(cache)).toEqual(['n1', 'n10', 'n2']);
  });

  it('tells zones of one name apart by region, and takes the old labels where the new ones are not', () => {
    const region = 'topology.kubernetes.io/region';
    expect(zoneKey(node('n', '1', { [region]: 'x' }))).not.toBe(zoneKey(node('n', '1', { [region]: 'y' })));
    expect(zoneKey(node('n', undefined, { 'failure-domain.beta.kubernetes.io/zone': '1' }))).toBe(
      zoneKey(node('n', '1')),
    );
    expect(zoneKey(node('n'))).toBe('');
  });
});
