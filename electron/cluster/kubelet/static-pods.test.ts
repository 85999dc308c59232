import { beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../api/types.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { KubeletHarness } from './kubelet.testing.ts';

let node: KubeletHarness;

beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
});

describe('static Pods', () => {
  const MANIFEST =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: static, namespace: kube-system, labels: {tier: control-plane}}\nspec:\n  hostNetwork: true\n  containers: [{name: static, image: "nginx:1.25"}]\n';
  const path = '/etc/kubernetes/manifests/static.yaml';
  const mirror = (): Pod | undefined => node.pod('static-worker-1', 'kube-system');

  it('run from a file, with a mirror in the API that comes back when it is deleted', async () => {
    node.machine.files.write(path, MANIFEST);
    await node.test.run(10_000);
    expect(node.machine.processes.map(({ name }) => name)).toContain('static');
    expect(mirror()?.status).toMatchObject({ phase: 'Running', podIP: '10.0.0.21' });
    expect(mirror()?.metadata?.ownerReferences).toMatchObject([
      { kind: 'Node', name: 'worker-1', controller: true },
    ]);
    const hash = mirror()?.metadata?.annotations?.['kubernetes.io/config.hash'];
    expect(mirror()?.metadata?.annotations).toMatchObject({
      'kubernetes.io/config.source': 'file',
      'kubernetes.io/config.mirror': hash,
    });
    const uid = mirror()?.metadata?.uid;
    node.api.remove(resourceTypes.pods, 'kube-system/static-worker-1');
    await node.test.run(2_000);
    expect(mirror()?.metadata?.uid).not.toBe(uid);
    expect(mirror()?.status).toMatchObject({ phase: 'Running' });
  });

  it('stop when the file goes and start when it comes back', async () => {
    node.machine.files.write(path, MANIFEST);
    await node.test.run(10_000);
    node.machine.files.rename(path, '/etc/kubernetes/stopped/static.yaml');
    await node.test.run(3_000);
    expect(node.machine.processes.map(({ name }) => name)).not.toContain('static');
    expect(mirror()).toBeUndefined();
    node.machine.files.rename('/etc/kubernetes/stopped/static.yaml', path);
    node.machine.files.rename(path, '/etc/kubernetes/stopped/static.yaml');
    node.machine.files.rename('/etc/kubernetes/stopped/static.yaml', path);
    await node.test.run(3_000);
    expect(node.machine.processes.map(({ name }) => name)).toContain('static');
    expect(mirror()?.status?.phase).toBe('Running');
  });

  it('a broken manifest is told of in the log and runs nothing', async () => {
    const lines: string[] = [];
    node.kubelet?.onDidWrite(({ line }) => lines.push(line));
    node.machine.files.write(path, 'kind: [');
    await node.test.run(1_000);
    expect(lines[0]).toMatch(
      /^E kubelet: Could not process manifest file: .*static\.yaml: couldn't parse as pod\(/,
    );
  });
});
