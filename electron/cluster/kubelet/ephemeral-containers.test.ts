import { beforeEach, expect, it } from 'vitest';
import type { Pod } from '../api/types.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { KubeletHarness } from './kubelet.testing.ts';

let node: KubeletHarness;

beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
  node.createPod('p', { containers: [{ name: 'web', image: 'nginx:1.25' }], restartPolicy: 'Always' });
  await node.test.run(10_000);
});

function add(container: object): void {
  node.api.change<Pod>(resourceTypes.pods, 'default/p', (pod) => ({
    ...pod,
    metadata: { ...pod.metadata, generation: (pod.metadata?.generation ?? 0) + 1 },
    spec: { ...(pod.spec as NonNullable<Pod['spec']>), ephemeralContainers: [container] },
  } as Pod)); // prettier-ignore
}

const statusOf = (): unknown => node.pod('p')?.status?.ephemeralContainerStatuses;

it('starts one in a running Pod, beside the processes of its target, and never again', async () => {
  add({ name: 'debugger', image: 'busybox:1.36', stdin: true, targetContainerName: 'web', command: ['sh'] });
  await node.test.run(10_000);
  expect(statusOf()).toMatchObject([
    { name: 'debugger', ready: false, restartCount: 0, state: { running: {} }, image: 'busybox:1.36' },
  ]);
  const containers = [...node.runtime.store.containers.values()];
  const target = containers.find(({ config }) => config.metadata.name === 'web');
  const debuggers = (): typeof containers =>
    [...node.runtime.store.containers.values()].filter(({ config }) => config.metadata.name === 'debugger');
  expect(debuggers()[0]?.config.targetId).toBe(target?.id);
  const lines = node.api.all(resourceTypes.events).map((event) => {
    const { message, involvedObject } = event as {
      message?: string;
      involvedObject?: { fieldPath?: string };
    };
    return `${involvedObject?.fieldPath} ${message}`;
  });
  expect(lines).toContain('spec.ephemeralContainers{debugger} Started container debugger');
  // What it targets is the first process of its PID namespace.
  node.machine.processes.find(({ name }) => name === 'default/p/web')?.kill('SIGKILL');
  await node.test.run(40_000);
  expect(statusOf()).toMatchObject([{ name: 'debugger', state: { terminated: { exitCode: 137 } } }]);
  expect(debuggers()).toHaveLength(1);
  expect(node.pod('p')?.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
});

it('waits for an image that is not there without touching the Pod', async () => {
  add({ name: 'debugger', image: 'nothing/here:1' });
  await node.test.run(16_000);
  expect(statusOf()).toMatchObject([
    {
      name: 'debugger',
      state: { waiting: { reason: expect.stringMatching(/^(ErrImagePull|ImagePullBackOff)$/) as string } },
    },
  ]);
  expect(node.pod('p')?.status?.phase).toBe('Running');
  expect(node.pod('p')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
});
