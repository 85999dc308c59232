import { describe, expect, it } from 'vitest';
import { buildTopology, topologyNames } from './topologies.ts';

describe('buildTopology', () => {
  it('gives every machine a name, an address and a range of its own', () => {
    for (const name of topologyNames) {
      const { machines } = buildTopology(name, { workers: 200 });
      for (const field of ['name', 'ip'] as const)
        expect(new Set(machines.map((machine) => machine[field])).size).toBe(machines.length);
      const ranges = machines.filter(({ isNode }) => isNode).map(({ podCIDR }) => podCIDR);
      expect(new Set(ranges).size).toBe(ranges.length);
      for (const { ip } of machines) expect(ip.split('.').every((part) => Number(part) < 256)).toBe(true);
    }
  });

  it('puts the zones of oke-3 in the order of the names of its Nodes', () => {
    const nodes = buildTopology('oke-3').machines.filter(({ isNode }) => isNode);
    const zones = [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ zone }) => zone);
    expect(zones).toEqual(['AD-1', 'AD-2', 'AD-3']);
  });

  it('refuses what it cannot build', () => {
    expect(() => buildTopology('k3s')).toThrow(
      'unknown topology "k3s": choose one of kubeadm-1-2, kubeadm-3-3, oke-3',
    );
    expect(() => buildTopology('oke-3', { workers: 0 })).toThrow('a topology takes 1 to 200 workers, not 0');
  });
});
