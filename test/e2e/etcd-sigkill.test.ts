import { describe, expect, it } from 'vitest';
import { killLoop } from '../robustness/etcd-sigkill.testing.ts';

describe('a host killed under a load of puts', () => {
  it('keeps what it acknowledged, without repair (8 kills)', { timeout: 240_000 }, async () => {
    const { acknowledged, lost, complaints } = await killLoop(8);
    expect(lost).toEqual([]);
    expect(complaints).toEqual([]);
    expect(acknowledged).toBeGreaterThan(8 * 5);
  });

  it('keeps it on each of three members (3 kills)', { timeout: 240_000 }, async () => {
    const { acknowledged, lost, complaints } = await killLoop(3, '--topology', 'kubeadm-3-3');
    expect(lost).toEqual([]);
    expect(complaints).toEqual([]);
    expect(acknowledged).toBeGreaterThan(3 * 5);
  });
});
