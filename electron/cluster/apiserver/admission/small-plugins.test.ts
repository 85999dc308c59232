import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';

const IN = '/api/v1/namespaces/default';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';
let cluster: TestCluster;

const claim = (name: string, more: object = {}) => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more },
});
const pod = (spec: object) => ({
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'main', image: 'nginx' }], ...spec },
});

const ask = async (method: string, target: string, body?: object, headers = {}) => {
  const { status, ...rest } = await cluster.call(method, target, body, headers);
  return { code: status, value: valueOf({ status, ...rest }) };
};
const storageClass = (name: string, isDefault: string, more: object = {}) =>
  ask('POST', CLASSES, {
    metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': isDefault } },
    provisioner: 'example.com/disk',
    ...more,
  });

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

describe('StorageObjectInUseProtection', () => {
  it('keeps claims and volumes until their controllers let them go', async () => {
    await ask('POST', `${IN}/persistentvolumeclaims`, claim('a'));
    const deleted = await ask('DELETE', `${IN}/persistentvolumeclaims/a`);
    expect(deleted.value).toMatchObject({
      metadata: { finalizers: ['kubernetes.io/pvc-protection'], deletionTimestamp: expect.any(String) },
    });
    await ask('PATCH', `${IN}/persistentvolumeclaims/a`, { metadata: { finalizers: null } }, MERGE);
    expect((await ask('GET', `${IN}/persistentvolumeclaims/a`)).code).toBe(404);
  });
});

describe('DefaultStorageClass', () => {
  it('gives the newest default class to claims that name none', async () => {
    await storageClass('old', 'true');
    await cluster.run(2_000);
    await storageClass('new', 'true');
    await storageClass('other', 'false');
    await cluster.run(10);
    const made = await ask('POST', `${IN}/persistentvolumeclaims`, claim('a'));
    expect(made.value).toMatchObject({ spec: { storageClassName: 'new' } });
    const none = await ask('POST', `${IN}/persistentvolumeclaims`, claim('b', { storageClassName: '' }));
    expect(none.value).toMatchObject({ spec: { storageClassName: '' } });
  });
});

describe('PersistentVolumeClaimResize', () => {
  it('lets bound claims of a class that allows it grow', async () => {
    await storageClass('fixed', 'false');
    await storageClass('elastic', 'false', { allowVolumeExpansion: true });
    for (const name of ['fixed', 'elastic'])
      await ask(
        'POST',
        `${IN}/persistentvolumeclaims`,
        claim(name, { storageClassName: name, volumeName: 'v' }),
      );
    const grow = (name: string) =>
      ask(
        'PATCH',
        `${IN}/persistentvolumeclaims/${name}`,
        { spec: { resources: { requests: { storage: '2Gi' } } } },
        MERGE,
      );
    const bind = (name: string) =>
      ask(
        'PATCH',
        `${IN}/persistentvolumeclaims/${name}/status`,
        { status: { phase: 'Bound', capacity: { storage: '1Gi' } } },
        MERGE,
      );
    await bind('fixed');
    await bind('elastic');
    expect((await grow('fixed')).value.message).toBe(
      'persistentvolumeclaims "fixed" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
    expect((await grow('elastic')).code).toBe(200);
  });
});

describe('DefaultIngressClass', () => {
  it('gives the default class to an Ingress that names none', async () => {
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    await ask('POST', '/apis/networking.k8s.io/v1/ingressclasses', {
      metadata: { name: 'web', annotations },
      spec: { controller: 'example.com/web' },
    });
    await cluster.run(10);
    const target = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
    const spec = { defaultBackend: { service: { name: 's', port: { number: 80 } } } };
    expect((await ask('POST', target, { metadata: { name: 'a' }, spec })).value).toMatchObject({
      spec: { ingressClassName: 'web' },
    });
  });
});

describe('RuntimeClass', () => {
  it('gives overhead and place, and refuses classes nobody knows', async () => {
    await ask('POST', '/apis/node.k8s.io/v1/runtimeclasses', {
      metadata: { name: 'kata' },
      handler: 'kata',
      overhead: { podFixed: { cpu: '250m' } },
      scheduling: { nodeSelector: { kata: 'yes' }, tolerations: [{ key: 'kata', operator: 'Exists' }] },
    });
    const made = await ask('POST', `${IN}/pods`, pod({ runtimeClassName: 'kata' }));
    expect(made.value).toMatchObject({
      spec: {
        overhead: { cpu: '250m' },
        nodeSelector: { kata: 'yes' },
        tolerations: expect.arrayContaining([{ key: 'kata', operator: 'Exists' }]),
      },
    });
    expect((await ask('POST', `${IN}/pods`, pod({ runtimeClassName: 'nosuch' }))).value.message).toBe(
      'pods "a" is forbidden: pod rejected: RuntimeClass "nosuch" not found',
    );
    expect(
      (await ask('POST', `${IN}/pods`, pod({ runtimeClassName: 'kata', nodeSelector: { kata: 'no' } }))).value
        .message,
    ).toBe(
      'pods "a" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[kata] = yes; pod.spec.nodeSelector[kata] = no',
    );
    expect((await ask('POST', `${IN}/pods`, pod({ overhead: { cpu: '1' } }))).value.message).toBe(
      'pods "a" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    );
  });
});

describe('ServiceAccount', () => {
  it('gives a Pod the pull secrets of its account, unless it names some', async () => {
    const imagePullSecrets = [{ name: 'registry' }];
    await ask('POST', `${IN}/serviceaccounts`, { metadata: { name: 'builder' }, imagePullSecrets });
    await cluster.run(10);
    const made = await ask('POST', `${IN}/pods`, pod({ serviceAccountName: 'builder' }));
    expect(made.value).toMatchObject({ spec: { serviceAccountName: 'builder', imagePullSecrets } });
    const own = {
      ...pod({ serviceAccountName: 'builder', imagePullSecrets: [{ name: 'own' }] }),
      metadata: { name: 'b' },
    };
    expect((await ask('POST', `${IN}/pods`, own)).value).toMatchObject({
      spec: { imagePullSecrets: [{ name: 'own' }] },
    });
    const other = await ask('POST', `${IN}/pods`, { ...pod({}), metadata: { name: 'c' } });
    expect(other.value).not.toHaveProperty('spec.imagePullSecrets');
  });
});
