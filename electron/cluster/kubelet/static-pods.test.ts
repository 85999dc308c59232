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

  const lines: string[] = [];
  /** What was logged since, without klog's header. */
  const logged = (): string[] => lines.splice(0).map((line) => line.replace(/^.*?\] /, ''));

  beforeEach(() => {
    lines.length = 0;
    node.kubelet?.onDidWrite(({ line }) => lines.push(line));
  });

  it('that are broken are told of in the log every 20 seconds, and nothing else is touched', async () => {
    node.machine.files.write('/etc/kubernetes/manifests/good.yaml', MANIFEST);
    await node.test.run(10_000);
    logged();
    node.machine.files.write(path, 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a: b\n');
    await node.test.run(1_000);
    expect(logged()).toEqual([
      `"Could not process manifest file" err="${path}: couldn't parse as pod(error converting YAML to JSON: yaml: line 4: mapping values are not allowed in this context), please check config file" path="${path}"`,
    ]);
    await node.test.run(40_000);
    expect(logged()).toHaveLength(2);
    expect(node.machine.processes.map(({ name }) => name)).toContain('static');
    node.machine.files.remove(path);
    await node.test.run(60_000);
    expect(logged()).toEqual([]);
  });

  it.each([
    ['metadata: {name: x}\n', `${path}: couldn't parse as pod(Object 'Kind' is missing in '{"metadata":{"name":"x"}}'), please check config file`],
    ['apiVersion: v1\nkind: Pot\n', `${path}: couldn't parse as pod(no kind "Pot" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"), please check config file`],
    ['apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n', `${path}: couldn't parse as pod(invalid pod: &apps.Deployment{...}), please check config file`],
    ['apiVersion: v1\nkind: Pod\nspec: {containers: []}\n', 'invalid pod: name is needed for the pod'],
    ['apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n', 'invalid pod: [spec.containers: Required value]'],
    ['apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {restartPolicy: Sometimes, containers: [{name: a, image: nginx}]}\n', 'invalid pod: [spec.restartPolicy: Unsupported value: \\"Sometimes\\": supported values: \\"Always\\", \\"OnFailure\\", \\"Never\\"]'],
    ['apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {volumes: [{name: v, configMap: {name: c}}], containers: [{name: a, image: nginx}]}\n', 'static pods may not reference configmaps'],
  ])('%j is no Pod', async (text, err) => {
    node.machine.files.write(path, text);
    await node.test.run(1_000);
    const escaped = err.startsWith(path) ? err.replaceAll('"', '\\"') : err;
    expect(logged()).toEqual([`"Could not process manifest file" err="${escaped}" path="${path}"`]);
  }); // prettier-ignore

  it('of one name run one after the other: the second when the first has ended', async () => {
    node.machine.files.write(path, MANIFEST);
    await node.test.run(10_000);
    const other = MANIFEST.replace('nginx:1.25', 'redis:7');
    node.machine.files.write('/etc/kubernetes/manifests/other.yaml', other);
    await node.test.run(10_000);
    const running = (): string[] =>
      [...node.runtime.store.containers.values()]
        .filter(({ state }) => state === 'CONTAINER_RUNNING')
        .map(({ config }) => config.image);
    expect(running()).toEqual(['nginx:1.25']);
    node.machine.files.remove(path);
    await node.test.run(10_000);
    expect(running()).toEqual(['redis:7']);
    node.machine.files.write('/etc/kubernetes/manifests/other.yaml', other.replace('redis:7', 'httpd:2.4'));
    await node.test.run(20_000);
    expect(running()).toEqual(['httpd:2.4']);
    expect(mirror()?.spec?.containers[0]?.image).toBe('httpd:2.4');
  });
});
