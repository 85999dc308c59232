import { beforeEach, expect, it } from 'vitest';
import { KubeletHarness } from './kubelet.testing.ts';

let node: KubeletHarness;
beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
});

it('ends a Pod that is active for longer than it may be', async () => {
  const spec = { name: 'c', image: 'busybox:1.36', command: ['sleep', '1000'] };
  node.createPod('p', { containers: [spec], restartPolicy: 'Always', activeDeadlineSeconds: 20, terminationGracePeriodSeconds: 5 }); // prettier-ignore
  await node.test.run(19_000);
  expect(node.state('p')).toBe('Running');
  await node.test.run(10_000);
  expect(node.pod('p')?.status).toMatchObject({
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
    conditions: expect.arrayContaining([
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'PodFailed' }),
    ]) as unknown,
    containerStatuses: [{ ready: false, state: { terminated: { exitCode: 137 } } }],
  });
  expect(node.api.events().filter((line) => /Deadline|Stopping/.test(line))).toEqual([
    'Normal DeadlineExceeded Pod was active on the node longer than the specified deadline',
    'Normal Killing Stopping container c',
  ]);
  await node.test.run(60_000);
  expect(node.pod('p')?.status?.phase).toBe('Failed');
});
