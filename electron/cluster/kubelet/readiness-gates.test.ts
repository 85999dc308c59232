import { expect, it } from 'vitest';
import type { Pod } from '../api/types.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { KubeletHarness } from './kubelet.testing.ts';

const GATE = 'example.com/in-service';

it('a readiness gate keeps a Pod from being ready until somebody opens it, and again when it is shut', async () => {
  const node = new KubeletHarness();
  node.runtime.preload('docker.io/library/nginx:1.25');
  await node.start();
  const ready = (): string | undefined => {
    const found = node.pod('p')?.status?.conditions?.find(({ type }) => type === 'Ready');
    return [found?.status, found?.reason, found?.message].filter(Boolean).join(' ');
  };
  const set = async (status: string): Promise<void> => {
    node.api.change<Pod>(resourceTypes.pods, 'default/p', (pod) => ({
      ...pod,
      status: {
        ...pod.status,
        conditions: [
          ...(pod.status?.conditions ?? []).filter(({ type }) => type !== GATE),
          { type: GATE, status },
        ],
      },
    }));
    await node.test.run(2_000);
  };

  node.createPod('p', {
    containers: [{ name: 'c', image: 'nginx:1.25', imagePullPolicy: 'IfNotPresent' }],
    readinessGates: [{ conditionType: GATE }],
  });
  await node.test.run(5_000);
  expect([node.state('p'), ready()]).toEqual([
    'Running',
    `False ReadinessGatesNotReady corresponding condition of pod readiness gate "${GATE}" does not exist.`,
  ]);
  await set('True');
  expect(ready()).toBe('True');
  await set('False');
  expect(ready()).toBe(
    `False ReadinessGatesNotReady the status of pod readiness gate "${GATE}" is not "True", but False`,
  );
});
