import { describe, expect, it } from 'vitest';
import { killLoop } from './etcd-sigkill.testing.ts';

describe('a host killed under a load of puts, again and again', () => {
  it('keeps what it acknowledged, without repair (200 kills)', { timeout: 3_600_000 }, async () => {
    const { acknowledged, lost, complaints } = await killLoop(200);
    expect(lost).toEqual([]);
    expect(complaints).toEqual([]);
    expect(acknowledged).toBeGreaterThan(200 * 5);
  });

  it('keeps it on each of three members (40 kills)', { timeout: 3_600_000 }, async () => {
    const { acknowledged, lost, complaints } = await killLoop(40, '--topology', 'kubeadm-3-3');
    expect(lost).toEqual([]);
    expect(complaints).toEqual([]);
    expect(acknowledged).toBeGreaterThan(40 * 5);
  });
});
