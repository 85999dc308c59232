import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ConfigMap, Pod, Service } from '../api/types.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { podDnsConfig } from './pod-dns.ts';
import { KubeletHarness } from './kubelet.testing.ts';

let harness: KubeletHarness;
const ROOT = '/var/lib/kubelet/pods/uid-of-p/volumes';

beforeEach(async () => {
  harness = new KubeletHarness();
  harness.api.seed(resourceTypes.configMaps, {
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf', namespace: 'default' },
    data: { color: 'green', 'app.ini': 'a=1\n' },
  }); // prettier-ignore
  harness.api.seed(resourceTypes.secrets, {
    apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sec', namespace: 'default' }, data: { password: 'czNjcmV0' },
  }); // prettier-ignore
  harness.api.seed(resourceTypes.serviceAccounts, {
    apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' },
  }); // prettier-ignore
  harness.api.seed(resourceTypes.services, {
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', namespace: 'default' },
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP' }] },
  } as Service); // prettier-ignore
  await harness.start();
});
afterEach(() => expect(harness.test.failures).toEqual([]));

it('mounts what a Pod asks for and removes it with the Pod', async () => {
  harness.createPod('p', {
    containers: [
      {
        name: 'c',
        image: 'nginx',
        volumeMounts: [
          { name: 'conf', mountPath: '/etc/conf/' },
          { name: 'sec', mountPath: '/etc/sec' },
          { name: 'scratch', mountPath: '/scratch' },
          { name: 'host', mountPath: '/host', readOnly: true },
          { name: 'all', mountPath: '/all' },
          { name: 'conf', mountPath: '/etc/app.ini', subPath: 'app.ini' },
        ],
      },
    ],
    volumes: [
      { name: 'conf', configMap: { name: 'conf' } },
      { name: 'sec', secret: { secretName: 'sec', items: [{ key: 'password', path: 'db/pw' }] } },
      { name: 'scratch', emptyDir: {} },
      { name: 'host', hostPath: { path: '/etc/kubernetes' } },
      {
        name: 'all',
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token' } },
            { configMap: { name: 'conf', items: [{ key: 'color', path: 'c' }] } },
            { downwardAPI: { items: [{ path: 'ns', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
          ],
        },
      },
    ],
  });
  await harness.test.run(20_000);
  expect(mountEvents()).toEqual([]);
  const { files } = harness.machine;
  expect(files.read(`${ROOT}/kubernetes.io~configmap/conf/app.ini`)).toBe('a=1\n');
  expect(files.read(`${ROOT}/kubernetes.io~secret/sec/db/pw`)).toBe('s3cret');
  expect(files.list(`${ROOT}/kubernetes.io~projected/all`)).toEqual(['c', 'ns', 'token']);
  const container = [...harness.runtime.store.containers.values()].find(
    ({ config }) => config.metadata.name === 'c',
  );
  expect(container?.config.mounts).toEqual([
    { containerPath: '/etc/conf', hostPath: `${ROOT}/kubernetes.io~configmap/conf`, readonly: true },
    { containerPath: '/etc/sec', hostPath: `${ROOT}/kubernetes.io~secret/sec`, readonly: true },
    { containerPath: '/scratch', hostPath: `${ROOT}/kubernetes.io~empty-dir/scratch`, readonly: false },
    { containerPath: '/host', hostPath: '/etc/kubernetes', readonly: true },
    { containerPath: '/all', hostPath: `${ROOT}/kubernetes.io~projected/all`, readonly: true },
    {
      containerPath: '/etc/app.ini',
      hostPath: '/var/lib/kubelet/pods/uid-of-p/volume-subpaths/conf/c/5',
      readonly: true,
    },
  ]);
});

it('does not start a Pod whose key is not there', async () => {
  harness.createPod('p', {
    containers: [{ name: 'c', image: 'nginx' }],
    volumes: [{ name: 'conf', configMap: { name: 'conf', items: [{ key: 'shape', path: 's' }] } }],
  });
  await harness.test.run(5_000);
  expect(harness.runtime.store.containers.size).toBe(0);
  const messages = harness.api
    .all(resourceTypes.events)
    .map((event) => (event as { message?: string }).message);
  expect(messages).toContain(
    'MountVolume.SetUp failed for volume "conf" : configmap references non-existent config key: shape',
  );
});

const TOKEN_VOLUME: NonNullable<NonNullable<Pod['spec']>['volumes']>[number] = {
  name: 'kube-api-access-abcde',
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3_607 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    ],
  },
};

function mountEvents(): string[] {
  return harness.api
    .all(resourceTypes.events)
    .map((event) => event as { reason?: string; message?: string; count?: number })
    .filter(({ reason }) => reason === 'FailedMount')
    .map(({ message, count }) => `${message} (x${count ?? 1})`);
}

it('holds a Pod back until what it projects is there, trying less and less often', async () => {
  harness.createPod('p', { containers: [{ name: 'c', image: 'nginx' }], volumes: [TOKEN_VOLUME] });
  await harness.test.run(130_000);
  expect(harness.runtime.store.containers.size).toBe(0);
  const why =
    'MountVolume.SetUp failed for volume "kube-api-access-abcde" : configmap "kube-root-ca.crt" not found';
  // At 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5 s and a little more each time.
  expect(mountEvents()).toEqual([`${why} (x8)`]);
  await harness.test.run(130_000);
  expect(mountEvents()[1]).toBe(
    'Unable to attach or mount volumes: unmounted volumes=[kube-api-access-abcde], unattached volumes=[], failed to process volumes=[]: context deadline exceeded (x1)',
  );
  harness.api.seed(resourceTypes.configMaps, {
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace: 'default' }, data: { 'ca.crt': 'PEM\n' },
  }); // prettier-ignore
  await harness.test.run(190_000);
  expect(harness.state('p')).toBe('Running');
});

it('follows config maps and labels in a running Pod, but not through a subPath', async () => {
  harness.createPod('p', {
    containers: [
      {
        name: 'c',
        image: 'nginx',
        volumeMounts: [
          { name: 'conf', mountPath: '/conf' },
          { name: 'conf', mountPath: '/app.ini', subPath: 'app.ini' },
        ],
      },
    ],
    volumes: [
      { name: 'conf', configMap: { name: 'conf' } },
      {
        name: 'pod',
        downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] },
      },
    ],
  });
  await harness.test.run(20_000);
  const { files } = harness.machine;
  harness.api.change<ConfigMap>(resourceTypes.configMaps, 'default/conf', (old) => ({
    ...old,
    data: { 'app.ini': 'a=2\n', shape: 'round' },
  }));
  await harness.test.run(91_000);
  expect(files.list(`${ROOT}/kubernetes.io~configmap/conf`)).toEqual(['app.ini', 'shape']);
  expect(files.read(`${ROOT}/kubernetes.io~configmap/conf/app.ini`)).toBe('a=2\n');
  expect(files.read('/var/lib/kubelet/pods/uid-of-p/volume-subpaths/conf/c/1')).toBe('a=1\n');
  expect(files.read(`${ROOT}/kubernetes.io~downward-api/pod/labels`)).toBe('');
  harness.api.change<Pod>(resourceTypes.pods, 'default/p', (old) => ({
    ...old,
    metadata: { ...old.metadata, labels: { app: 'web' } },
  }));
  await harness.test.run(1_000);
  expect(files.read(`${ROOT}/kubernetes.io~downward-api/pod/labels`)).toBe('app="web"');
});

it('asks for a token bound to the Pod, another one after 80 % of its life, and for none when the Pod is gone', async () => {
  harness.api.seed(resourceTypes.configMaps, {
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace: 'default' }, data: { 'ca.crt': 'PEM\n' },
  }); // prettier-ignore
  harness.createPod('p', { containers: [{ name: 'c', image: 'nginx' }], volumes: [TOKEN_VOLUME] });
  await harness.test.run(20_000);
  const asked = (): unknown[] =>
    harness.api.actions
      .filter(({ resource }) => resource === 'serviceaccounts/token')
      .map(({ name, object }) => [name, (object as { spec?: unknown }).spec]);
  const request = [
    'default',
    {
      audiences: [],
      expirationSeconds: 3_607,
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'uid-of-p' },
    },
  ];
  expect(asked()).toEqual([request]);
  const token = `${ROOT}/kubernetes.io~projected/kube-api-access-abcde/token`;
  const first = harness.machine.files.read(token);
  expect(first).toMatch(/^token of default until /);
  await harness.test.run(2_800_000);
  expect(harness.machine.files.read(token)).toBe(first);
  await harness.test.run(180_000);
  expect(asked()).toEqual([request, request]);
  expect(harness.machine.files.read(token)).not.toBe(first);
  harness.api.remove(resourceTypes.pods, 'default/p');
  await harness.test.run(7_200_000);
  expect(asked()).toHaveLength(2);
  expect(harness.machine.files.exists('/var/lib/kubelet/pods/uid-of-p')).toBe(false);
});

it("makes a Pod's resolv.conf by its policy", () => {
  const cluster = { servers: ['10.96.0.10'], domain: 'cluster.local' };
  const pod = (spec: object): Pod =>
    ({ metadata: { name: 'p', namespace: 'shop', uid: 'u' }, spec: { containers: [], ...spec } }) as Pod;
  expect(podDnsConfig(pod({}), cluster)).toEqual({
    servers: ['10.96.0.10'],
    searches: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
    options: ['ndots:5'],
  });
  expect(podDnsConfig(pod({ hostNetwork: true }), cluster)).toBeUndefined();
  expect(podDnsConfig(pod({ dnsPolicy: 'Default' }), cluster)).toBeUndefined();
  expect(
    podDnsConfig(
      pod({
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['1.1.1.1'], options: [{ name: 'ndots', value: '2' }] },
      }),
      cluster,
    ),
  ).toEqual({ servers: ['1.1.1.1'], searches: [], options: ['ndots:2'] });
});
