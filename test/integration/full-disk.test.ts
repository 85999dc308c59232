import { beforeEach, expect, it } from 'vitest';
import { resourceTypes } from '../../electron/cluster/client/resource-types.ts';
import { RunningCluster } from './running-cluster.testing.ts';

let running: RunningCluster;

beforeEach(async () => {
  running = new RunningCluster();
  await running.ready();
  await running.run(10_000);
}, 60_000);

function fill(machine: string): void {
  const { files, disk } = running.cluster.machine(machine);
  files.allocate('/var/tmp/full', disk.available + (files.stat('/var/tmp/full')?.size ?? 0));
}

it('a control plane without room loses etcd, and has it back when there is some', async () => {
  const etcd = (): string | undefined =>
    running.cluster.components().find(({ machine, name }) => machine === 'cp-1' && name === 'etcd')?.health;
  fill('cp-1');
  await running.until(() => etcd() !== 'running', 60_000, 'the end of etcd');
  running.cluster.machine('cp-1').files.remove('/var/tmp/full');
  await running.until(() => etcd() === 'running' && running.cluster.isServing(), 120_000, 'etcd');
  await running.run(15_000);
  expect(await running.list(resourceTypes.nodes)).toHaveLength(3);
});

it('a worker without room starts no containers, and pulls nothing', async () => {
  fill('worker-1');
  const pulled = await running.ssh('worker-1', 'crictl pull nginx:1.27');
  expect([pulled.code, pulled.err]).toEqual([1, expect.stringContaining('no space left on device')]);
  running.cluster.machine('worker-1').files.remove('/var/tmp/full');
  expect((await running.ssh('worker-1', 'crictl pull nginx:1.27')).code).toBe(0);
});
