import { beforeEach, describe, expect, it } from 'vitest';
import { KubeletHarness } from './kubelet.testing.ts';

const FOLDER = '/var/log/containers';
let node: KubeletHarness;
const links = (pod: string): readonly string[] =>
  node.machine.files.list(FOLDER).filter((name) => name.startsWith(`${pod}_`));

beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
});

describe('/var/log/containers', () => {
  it('leads to the log of each container, also of one that prints nothing', async () => {
    node.createPod('silent', {
      restartPolicy: 'Always',
      containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10' }],
    });
    await node.test.run(10_000);
    const [container] = [...node.runtime.store.containers.values()].filter(({ logPath }) =>
      logPath.includes('default_silent_'),
    );
    expect(links('silent')).toEqual([`silent_default_main-${container?.id ?? ''}.log`]);
    const link = `${FOLDER}/${links('silent')[0] ?? ''}`;
    expect(node.machine.files.readLink(link)).toBe('/var/log/pods/default_silent_uid-of-silent/main/0.log');
    expect(node.machine.files.read(link)).toBe('');
  });

  it('keeps no link of a container that was removed, nor of a Pod that is gone', async () => {
    node.createPod('crasher', {
      restartPolicy: 'Always',
      containers: [{ name: 'main', image: 'busybox:1.36', command: ['false'] }],
    });
    await node.test.run(120_000);
    // The one that ended last and the one before it, at most: older ones were removed.
    expect(links('crasher').length).toBeLessThanOrEqual(2);
    expect(links('crasher').length).toBeGreaterThan(0);
    for (const name of links('crasher')) expect(node.machine.files.exists(`${FOLDER}/${name}`)).toBe(true);
    node.markDeleted('crasher', 0);
    await node.test.run(10_000);
    expect(links('crasher')).toEqual([]);
  });
});
