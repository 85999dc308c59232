import { beforeEach, describe, expect, it } from 'vitest';
import type { Node } from '../api/types.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { KubeletHarness } from './kubelet.testing.ts';

let node: KubeletHarness;

beforeEach(() => {
  node = new KubeletHarness();
});

/** Ends only when it is killed. */
const STUBBORN = { containers: [{ name: 'main', image: 'busybox', command: ['sleep', '86400'] }] };

function ready(): unknown {
  const all = node.api.find<Node>(resourceTypes.nodes, 'worker-1')?.status?.conditions;
  const { status, reason, message } = all?.find(({ type }) => type === 'Ready') ?? {};
  return `${status} ${reason} ${message}`;
}

describe('the shutdown of a node', () => {
  it('waits for Pods, ordinary ones first, and says why they ended', async () => {
    node.configure('shutdownGracePeriod: 30s\nshutdownGracePeriodCriticalPods: 10s\n');
    await node.start();
    node.createPod('plain', STUBBORN);
    node.createPod('critical', { ...STUBBORN, priority: 2_000_000_000 });
    await node.test.run(20_000);
    let off = false;
    void node.machine.prepareShutdown().then(() => (off = true));
    await node.test.run(1_000);
    expect(ready()).toBe('False KubeletNotReady node is shutting down');
    node.createPod('late', STUBBORN);
    await node.test.run(2_000);
    expect(node.pod('late')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'NodeShutdown',
      message: 'Pod was rejected: Pod was rejected as the node is shutting down.',
    });
    expect(node.state('plain')).toBe('Running');
    await node.test.run(18_500);
    expect(node.pod('plain')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Terminated',
      message: 'Pod was terminated in response to imminent node shutdown.',
    });
    expect(node.pod('plain')?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet' }),
    );
    expect([node.state('critical'), off]).toEqual(['Running', false]);
    await node.test.run(10_500);
    expect(node.pod('critical')?.status?.reason).toBe('Terminated');
    expect(off).toBe(true);
  });

  it('does not wait where nothing is configured, nor for a kubelet that has died', async () => {
    await node.start();
    node.createPod('plain', STUBBORN);
    await node.test.run(20_000);
    let off = false;
    void node.machine.prepareShutdown().then(() => (off = true));
    await node.test.run(10);
    expect(off).toBe(true);
    expect(node.state('plain')).toBe('Running');
  });

  it('goes on when the kubelet that held it back dies', async () => {
    node.configure('shutdownGracePeriod: 30s\n');
    await node.start();
    node.createPod('plain', STUBBORN);
    await node.test.run(20_000);
    let off = false;
    void node.machine.prepareShutdown().then(() => (off = true));
    await node.test.run(1_000);
    expect(off).toBe(false);
    node.kubelet?.kill('SIGKILL');
    await node.test.run(10);
    expect(off).toBe(true);
  });
});
