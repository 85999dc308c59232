import { beforeEach, describe, expect, it } from 'vitest';
import type { Container } from '../api/types.ts';
import { KubeletHarness } from './kubelet.testing.ts';

let node: KubeletHarness;

beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
});

function pod(container: Partial<Container>, restartPolicy = 'Never'): void {
  node.createPod('p', { containers: [{ name: 'c', image: 'busybox:1.36', ...container }], restartPolicy });
}

const ended = (): unknown => {
  const { exitCode, reason, message } =
    node.pod('p')?.status?.containerStatuses?.[0]?.state?.terminated ?? {};
  return [reason, exitCode, message];
};

const stress = (bytes: string, limit?: string): Partial<Container> => ({
  image: 'polinux/stress',
  command: ['stress'],
  args: ['--vm', '1', '--vm-bytes', bytes, '--vm-hang', '1'],
  ...(limit === undefined ? {} : { resources: { limits: { memory: limit } } }),
});

describe('memory', () => {
  it('beyond the limit ends a container', async () => {
    pod(stress('250M', '100Mi'));
    await node.test.run(20_000);
    expect(ended()).toEqual(['OOMKilled', 137, undefined]);
    expect(node.pod('p')?.status?.phase).toBe('Failed');
  });

  it('within the limit, or without one, does not', async () => {
    pod(stress('150M', '200Mi'));
    node.createPod('q', { containers: [{ name: 'c', ...stress('1G') } as Container] });
    await node.test.run(20_000);
    expect([node.state('p'), node.state('q')]).toEqual(['Running', 'Running']);
  });

  it('that a server needs for itself counts, and what is run beside it too', async () => {
    pod({ image: 'mysql:8.4', env: [{ name: 'MYSQL_ROOT_PASSWORD', value: 'x' }], resources: { limits: { memory: '64Mi' } } }, 'Always'); // prettier-ignore
    await node.test.run(60_000);
    expect(node.state('p')).toBe('CrashLoopBackOff');
    expect(node.pod('p')?.status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({
      reason: 'OOMKilled',
      exitCode: 137,
    });
  });
});

describe('a last message', () => {
  it('is what the container wrote into its file', async () => {
    pod({
      command: ['sh', '-c', 'echo noise; echo because > /dev/termination-log; exit 3'],
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    });
    await node.test.run(20_000);
    expect(ended()).toEqual(['Error', 3, 'because\n']);
  });

  it('or the end of its log, if it failed and the Pod says so', async () => {
    pod({
      command: ['sh', '-c', 'echo one; echo two; exit 1'],
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'FallbackToLogsOnError',
    });
    await node.test.run(20_000);
    expect(ended()).toEqual(['Error', 1, 'one\ntwo\n']);
  });

  it('is none otherwise', async () => {
    pod({
      command: ['sh', '-c', 'echo one; exit 1'],
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    });
    await node.test.run(20_000);
    expect(ended()).toEqual(['Error', 1, undefined]);
  });
});
