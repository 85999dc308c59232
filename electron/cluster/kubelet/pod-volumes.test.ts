import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Pod } from '../api/types.ts';
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
  const { files } = harness.machine;
  expect(files.read(`${ROOT}/kubernetes.io~configmap/conf/app.ini`)).toBe('a=1\n');
  expect(files.read(`${ROOT}/kubernetes.io~secret/sec/db/pw`)).toBe('s3cret');
  expect(files.list(`${ROOT}/kubernetes.io~projected/all`)).toEqual(['c', 'ns']);
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
      hostPath: `${ROOT}/kubernetes.io~configmap/conf/app.ini`,
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
    'MountVolume.SetUp failed for volume "conf" : references non-existent config key: shape',
  );
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
