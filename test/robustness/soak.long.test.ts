import { describe, expect, it } from 'vitest';
import { BenchCluster } from '../bench/bench-cluster.ts';
import { Soak } from '../bench/soak/soak.ts';

/** Virtual hours; seven days with 168. */
const HOURS = Number(process.env['LEME_SOAK_HOURS'] ?? '24');

describe('a cluster under churn', () => {
  it('leaves nothing behind, and writes nothing but leases and node status when it is left alone', async () => {
    const bench = new BenchCluster({ workers: 3, seed: 'soak' });
    await bench.ready();
    const soak = new Soak(bench);
    await soak.warmUp();
    const before = await soak.rest();
    while (bench.virtualTime < HOURS * 3_600_000) await soak.round();
    const after = await soak.rest();
    expect(soak.failures).toEqual([]);
    expect(soak.compare(before, after)).toEqual([]);
    // Events live for an hour, and a round makes so many.
    expect(soak.mostEvents).toBeLessThan(2_000);
    expect(bench.simulation.log.nextId - bench.simulation.log.firstId).toBeLessThanOrEqual(100_000);
  });

  it('is told when something is left', async () => {
    const bench = new BenchCluster({ workers: 1, seed: 'soak' });
    await bench.ready();
    const soak = new Soak(bench);
    const before = await soak.rest();
    bench.createDeployment('web', 2);
    const after = await soak.rest();
    expect(soak.failures).toEqual([
      expect.stringMatching(/^left: pod default\/web-/),
      expect.stringMatching(/^left: pod default\/web-/),
    ]);
    expect(soak.compare(before, after)).toContainEqual(
      expect.stringMatching(/^etcd \/registry\/pods: \d+, \d+ before$/),
    );
  });
});
