import { describe, expect, it } from 'vitest';
import { SeededRand } from '../../../base/rand.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { Node, Pod } from '../../api/types.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import { podInfo } from '../framework/pod-info.ts';
import { SchedulerCache } from './scheduler-cache.ts';

const node = (name: string, cpu: number): Node =>
  ({ metadata: { name }, status: { allocatable: { cpu: String(cpu), pods: '110' } } }) as Node;

const pod = (name: string, nodeName: string, cpu: number, hostPort?: number): Pod =>
  ({
    metadata: { name, namespace: 'default' },
    spec: {
      nodeName,
      containers: [
        {
          name: 'main',
          resources: { requests: { cpu: `${cpu}m` } },
          ...(hostPort === undefined ? {} : { ports: [{ hostPort, containerPort: hostPort }] }),
        },
      ],
    },
  }) as unknown as Pod;

function seen({ name, node: object, pods, requested, allocatable, hostPorts }: NodeInfo): unknown {
  return {
    name,
    cpu: object?.status?.allocatable,
    pods: [...pods],
    requested,
    allocatable,
    ports: [...hostPorts],
  };
}

function cacheOf(): SchedulerCache {
  return new SchedulerCache(newTestSimulation().createContext('test').clock);
}

describe('SchedulerCache', () => {
  it('gives, after any changes and however often it was asked, what a new cache with the same changes gives', () => {
    const rand = new SeededRand('cache');
    const changes: ((cache: SchedulerCache) => void)[] = [];
    const often = cacheOf();
    for (let step = 0; step < 250; step += 1) {
      const name = `n${rand.int(4)}`;
      const key = `p${rand.int(12)}`;
      const cpu = 100 + rand.int(900);
      const port = rand.int(4) === 0 ? 8000 + rand.int(3) : undefined;
      const change = [
        (cache: SchedulerCache) => cache.setNode(node(name, cpu)),
        (cache: SchedulerCache) => cache.removeNode(name),
        (cache: SchedulerCache) => cache.setPod(pod(key, name, cpu, port)),
        (cache: SchedulerCache) => cache.setPod(pod(key, name, cpu)),
        (cache: SchedulerCache) => cache.removePod(pod(key, name, cpu)),
        (cache: SchedulerCache) => {
          if (cache.getPod(`default/${key}`) === undefined) cache.assume(podInfo(pod(key, '', cpu)), name);
        },
        (cache: SchedulerCache) => cache.forget(`default/${key}`),
      ][rand.int(7)] as (cache: SchedulerCache) => void;
      changes.push(change);
      change(often);
      if (rand.int(3) === 0) continue;
      const fresh = cacheOf();
      for (const earlier of changes) earlier(fresh);
      const expected = fresh.snapshot();
      const snapshot = often.snapshot();
      expect(snapshot.nodes.map(seen)).toEqual(expected.nodes.map(seen));
      expect([...snapshot.byName.values()]).toEqual(snapshot.nodes);
    }
  });

  it('does not change a snapshot before the next one is taken', () => {
    const cache = cacheOf();
    cache.setNode(node('n', 1));
    const [info] = cache.snapshot().nodes;
    cache.setPod(pod('p', 'n', 100));
    expect(info?.pods.size).toBe(0);
    expect(cache.snapshot().nodes[0]?.pods.size).toBe(1);
  });
});
