import { describe, expect, it } from 'vitest';
import type { Endpoints } from '../../electron/cluster/api/types.ts';
import { resourceType } from '../../electron/cluster/client/resource-type.ts';
import { RunningCluster } from './running-cluster.testing.ts';

const type = resourceType<Endpoints>('', 'v1', 'endpoints', 'Endpoints');

describe('endpoints of the Service kubernetes', () => {
  it('are those of the API servers that live', async () => {
    const c = new RunningCluster({ topology: 'kubeadm-3-3', server: 'https://10.0.0.10:6443' });
    await c.ready();
    await c.run(15_000);
    const addresses = async (): Promise<string[]> => {
      const { subsets } = await c.do(() => c.client.resource<Endpoints>(type, 'default').get('kubernetes'));
      return subsets?.flatMap(({ addresses: ready = [] }) => ready.map(({ ip }) => ip)) ?? [];
    };
    expect(await addresses()).toEqual(['10.0.0.10', '10.0.0.11', '10.0.0.12']);
    c.cluster.stopComponent('cp-2', 'kube-apiserver');
    await c.run(5_000);
    expect(await addresses()).toEqual(['10.0.0.10', '10.0.0.12']);
    c.cluster.powerOff('cp-3');
    await c.run(5_000);
    // Its key is still there for a while.
    expect(await addresses()).toEqual(['10.0.0.10', '10.0.0.12']);
    await c.run(30_000);
    expect(await addresses()).toEqual(['10.0.0.10']);
  });
});
