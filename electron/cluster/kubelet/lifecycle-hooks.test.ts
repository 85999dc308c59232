import { beforeEach, expect, it } from 'vitest';
import type { Container } from '../api/types.ts';
import { KubeletHarness } from './kubelet.testing.ts';

let node: KubeletHarness;

beforeEach(async () => {
  node = new KubeletHarness();
  node.runtime.preload('docker.io/library/nginx:1.25');
  await node.start();
});

function pod(lifecycle: Container['lifecycle'], more: object = {}): void {
  node.createPod('p', {
    containers: [{ name: 'c', image: 'nginx:1.25', imagePullPolicy: 'IfNotPresent', lifecycle }],
    restartPolicy: 'Always',
    ...more,
  });
}

/** What was told of the Pod beyond the ordinary. */
const told = (): string[] => node.api.events().filter((line) => /Hook|Killing/.test(line));
const waiting = (): unknown => node.pod('p')?.status?.containerStatuses?.[0]?.state?.waiting;

it('a container runs for others when its postStart is over', async () => {
  pod({ postStart: { sleep: { seconds: 8 } } });
  await node.test.run(5_000);
  expect(node.state('p')).toBe('ContainerCreating');
  await node.test.run(5_000);
  expect(node.state('p')).toBe('Running');
});

it('a postStart that fails ends the container, which waits for its turn', async () => {
  pod({ postStart: { exec: { command: ['sh', '-c', 'echo no >&2; exit 3'] } } });
  await node.test.run(4_000);
  expect(told()).toEqual([
    'Warning FailedPostStartHook PostStartHook failed',
    'Normal Killing FailedPostStartHook',
  ]);
  await node.test.run(3_000);
  expect(waiting()).toEqual({
    reason: 'PostStartHookError',
    message: `Exec lifecycle hook ([sh -c echo no >&2; exit 3]) for Container "c" in Pod "p_default(uid-of-p)" failed - error: command 'sh -c echo no >&2; exit 3' exited with 3: no\n, message: "no\\n"`,
  });
  await node.test.run(60_000);
  expect(node.api.events()).toContain(
    'Warning BackOff Back-off restarting failed container c in pod p_default(uid-of-p)',
  );
});

it('preStop runs before SIGTERM and counts towards the grace period', async () => {
  pod({ preStop: { exec: { command: ['sh', '-c', 'sleep 6; echo bye > /proc/1/fd/1; exit 1'] } } });
  await node.test.run(5_000);
  const begin = node.test.simulation.now;
  let ended = 0;
  node.machine.processes
    .find(({ name }) => name === 'default/p/c')
    ?.onDidExit(() => (ended = node.test.simulation.now));
  node.markDeleted('p');
  await node.test.run(20_000);
  expect(Math.round((ended - begin) / 1000)).toBe(6);
  expect(told()).toEqual([
    'Normal Killing Stopping container c',
    'Warning FailedPreStopHook PreStopHook failed',
  ]);
});

it('a preStop that hangs is not waited for any longer than the grace period', async () => {
  pod({ preStop: { exec: { command: ['sleep', '3600'] } } }, { terminationGracePeriodSeconds: 5 });
  await node.test.run(5_000);
  node.markDeleted('p', 5);
  await node.test.run(4_000);
  expect(node.pod('p')).toBeDefined();
  await node.test.run(5_000);
  expect(node.pod('p')).toBeUndefined();
});
