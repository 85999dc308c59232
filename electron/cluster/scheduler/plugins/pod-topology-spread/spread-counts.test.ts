import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../base/clock.ts';
import { SeededRand } from '../../../../base/rand.ts';
import type { Node, Pod } from '../../../api/types.ts';
import { SchedulerCache } from '../../cache/scheduler-cache.ts';
import { ownConstraints } from './constraints.ts';
import { KeptSpreadCounts } from './spread-counts.ts';

const zone = 'topology.kubernetes.io/zone';
const hostname = 'kubernetes.io/hostname';

function node(name: string, of: string): Node {
  return { metadata: { name, labels: { [hostname]: name, [zone]: of } } };
}

function pod(name: string, app: string, nodeName: string, gone = false): Pod {
  const labels = { app };
  return {
    metadata: {
      name,
      namespace: 'default',
      labels,
      ...(gone ? { deletionTimestamp: '2026-01-05T09:00:00Z' } : {}),
    },
    spec: {
      nodeName,
      containers: [],
      topologySpreadConstraints: [zone, hostname].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: labels },
      })),
    },
  };
}

describe('KeptSpreadCounts', () => {
  it('are, after any changes, what is counted anew', () => {
    const rand = new SeededRand(7);
    const cache = new SchedulerCache({ now: () => 0 } as unknown as Clock);
    const kept = new KeptSpreadCounts();
    const names = Array.from({ length: 12 }, (_, index) => `node-${index}`);
    let told = 0;
    for (let step = 0; step < 1500; step += 1) {
      const name = names[rand.int(names.length)] as string;
      const app = rand.int(3) === 0 ? 'db' : 'web';
      const other = pod(`pod-${rand.int(60)}`, app, name, rand.int(8) === 0);
      const choice = rand.int(20);
      if (choice === 0) cache.setNode(node(name, `zone-${rand.int(4)}`));
      else if (choice === 1) cache.removeNode(name);
      else if (choice < 6) cache.removePod(other);
      else cache.setPod(other);
      const snapshot = cache.snapshot();
      const asking = pod('asking', app, '');
      const constraints = ownConstraints(asking, 'DoNotSchedule');
      const found = kept.of(constraints, asking, snapshot.nodes, snapshot);
      const anew = kept.of(constraints, asking, snapshot.nodes, undefined);
      const plain = (counts: typeof found): unknown => [
        counts.domains.map((one) => [...one].sort()),
        counts.counts.map((one) => [...one].sort(([a], [b]) => (a < b ? -1 : 1))),
      ];
      expect(plain(found)).toEqual(plain(anew));
      told += found.counts[0]?.size ?? 0;
    }
    expect(told).toBeGreaterThan(1000);
  });

  it('are wrong when a Pod is left out, so the comparison can fail', () => {
    const cache = new SchedulerCache({ now: () => 0 } as unknown as Clock);
    const kept = new KeptSpreadCounts();
    cache.setNode(node('a', 'z'));
    const asking = pod('asking', 'web', '');
    const constraints = ownConstraints(asking, 'DoNotSchedule');
    const { kinds, nodesVersion, nodes } = cache.snapshot();
    expect(kept.of(constraints, asking, nodes, { kinds, nodesVersion }).counts[0]?.get('z')).toBeUndefined();
    cache.setPod(pod('p', 'web', 'a'));
    expect(kept.of(constraints, asking, nodes, { kinds, nodesVersion }).counts[0]?.get('z')).toBeUndefined();
    cache.snapshot();
    expect(kept.of(constraints, asking, nodes, { kinds, nodesVersion }).counts[0]?.get('z')).toBe(1);
  });
});
