import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../../api/registry.ts';
import { certificate, TestCluster, valueOf } from '../../testing/test-cluster.testing.ts';

const PODS = '/api/v1/namespaces/default/pods';
const NODES = '/api/v1/nodes';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const CSI_NODES = '/apis/storage.k8s.io/v1/csinodes';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const TOKEN = '/api/v1/namespaces/default/serviceaccounts/default/token';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const ON = ['--enable-admission-plugins=NodeRestriction'];
const kubelet = certificate('system:node:n1', ['system:nodes']);
let cluster: TestCluster;
let uid: string;

/** The answer's code, and its text unless it worked. */
const ask = async (method: string, target: string, body?: object) => {
  const headers = method === 'PATCH' ? MERGE : {};
  const response = await cluster.call(method, target, body, headers, kubelet);
  return response.status < 300 ? response.status : [response.status, valueOf(response).message];
};
const asAdmin = async (method: string, target: string, body?: object) => {
  const answer = valueOf(await cluster.call(method, target, body, method === 'PATCH' ? MERGE : {}));
  await cluster.run(10);
  return answer as { metadata?: { uid: string } };
};
const containers = [{ name: 'main', image: 'nginx' }];
const pod = (name: string, nodeName: string, more: object = {}) => ({
  metadata: { name },
  spec: { nodeName, containers, ...more },
});
const owner = () => ({ apiVersion: 'v1', kind: 'Node', name: 'n1', uid, controller: true });
const mirror = (spec: object = {}, metadata: object = {}) => ({
  metadata: {
    name: 'm',
    annotations: { 'kubernetes.io/config.mirror': 'x' },
    ownerReferences: [owner()],
    ...metadata,
  },
  spec: { nodeName: 'n1', containers, ...spec },
});

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES, {}, ON);
  await asAdmin('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  await asAdmin('POST', NODES, { metadata: { name: 'n2' } });
  uid = (await asAdmin('POST', NODES, { metadata: { name: 'n1' } })).metadata?.uid ?? '';
  await asAdmin('POST', PODS, pod('mine', 'n1'));
  await asAdmin('POST', PODS, pod('other', 'n2'));
});

describe('NodeRestriction and Pods', () => {
  it('lets a kubelet create only mirrors of its own static Pods', async () => {
    const refused = async (body: object, why: string) =>
      expect(await ask('POST', PODS, body)).toEqual([403, `pods "m" is forbidden: ${why}`]);
    const only = 'node "n1" can only create pods with';
    await refused(
      pod('m', 'n1'),
      'pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods',
    );
    await refused(mirror({ nodeName: 'n2' }), `${only} spec.nodeName set to itself`);
    await refused(mirror({}, { ownerReferences: [] }), `${only} an owner reference set to itself`);
    await refused(
      mirror({}, { ownerReferences: [{ ...owner(), controller: false }] }),
      `${only} a controller owner reference set to itself`,
    );
    await refused(
      mirror({}, { ownerReferences: [owner(), { ...owner(), uid: 'u', controller: false }] }),
      `${only} a single owner reference set to itself`,
    );
    await refused(
      mirror({}, { ownerReferences: [{ ...owner(), blockOwnerDeletion: true }] }),
      'node "n1" must not set blockOwnerDeletion on an owner reference',
    );
    await refused(
      mirror({}, { ownerReferences: [{ ...owner(), uid: 'u' }] }),
      `node n1 UID mismatch: expected u got ${uid}`,
    );
    expect(await ask('POST', PODS, mirror())).toBe(201);
  });

  it('lets no mirror refer to other objects', async () => {
    const volumes = (source: object) => ({ volumes: [{ name: 'v', ...source }] });
    const cases: readonly (readonly [object, string])[] = [
      [{ serviceAccountName: 'default' }, 'a service account'],
      [volumes({ secret: { secretName: 's' } }), 'secrets'],
      [{ imagePullSecrets: [{ name: 's' }] }, 'secrets'],
      [volumes({ configMap: { name: 'c' } }), 'configmaps'],
      [volumes({ persistentVolumeClaim: { claimName: 'p' } }), 'persistentvolumeclaims'],
    ];
    for (const [spec, what] of cases)
      expect(await ask('POST', PODS, mirror(spec))).toEqual([
        403,
        `pods "m" is forbidden: node "n1" can not create pods that reference ${what}`,
      ]);
  });

  it('keeps it to the status, deletion and eviction of Pods bound to it', async () => {
    const ready = { status: { phase: 'Running' } };
    expect(await ask('PATCH', `${PODS}/mine/status`, ready)).toBe(200);
    expect(await ask('PATCH', `${PODS}/other/status`, ready)).toEqual([
      403,
      'pods "other" is forbidden: node "n1" can only update pod status for pods with spec.nodeName set to itself',
    ]);
    expect(await ask('PATCH', `${PODS}/mine/status`, { metadata: { labels: { a: 'b' } } })).toEqual([
      403,
      'pods "mine" is forbidden: node "n1" cannot update labels through pod status',
    ]);
    expect(await ask('POST', `${PODS}/other/eviction`, { metadata: { name: 'other' } })).toEqual([
      403,
      'pods "other" is forbidden: node n1 can only evict pods with spec.nodeName set to itself',
    ]);
    expect(await ask('DELETE', `${PODS}/other`)).toEqual([
      403,
      'pods "other" is forbidden: node "n1" can only delete pods with spec.nodeName set to itself',
    ]);
    expect(await ask('POST', `${PODS}/mine/eviction`, { metadata: { name: 'mine' } })).toBe(201);
    expect(await ask('DELETE', `${PODS}/mine`, { gracePeriodSeconds: 0 })).toBe(200);
  });
});

describe('NodeRestriction and Nodes', () => {
  it('keeps a kubelet to its own Node, and its labels, taints and owners to others', async () => {
    const refused = async (method: string, target: string, body: object, why: string) =>
      expect(await ask(method, target, body)).toEqual([403, why]);
    const mine = `${NODES}/n1`;
    await refused(
      'PATCH',
      `${NODES}/n2/status`,
      { status: {} },
      'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
    );
    await refused(
      'POST',
      NODES,
      { metadata: { name: 'n3' } },
      'nodes "n3" is forbidden: node "n1" is not allowed to modify node "n3"',
    );
    await refused(
      'PATCH',
      mine,
      { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
      'nodes "n1" is forbidden: node "n1" is not allowed to modify taints',
    );
    await refused(
      'PATCH',
      mine,
      { metadata: { ownerReferences: [owner()] } },
      'nodes "n1" is forbidden: node "n1" is not allowed to modify ownerReferences',
    );
    const labels = {
      'node-restriction.kubernetes.io/pci': 'yes',
      'node-role.kubernetes.io/control-plane': '',
      'kubernetes.io/os': 'linux',
      'a.node.kubernetes.io/b': 'c',
      color: 'blue',
    };
    await refused(
      'PATCH',
      mine,
      { metadata: { labels } },
      'nodes "n1" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/pci, node-role.kubernetes.io/control-plane',
    );
    await asAdmin('DELETE', mine);
    await refused(
      'POST',
      NODES,
      { metadata: { name: 'n1', labels } },
      'nodes "n1" is forbidden: node "n1" is not allowed to set the following labels: node-restriction.kubernetes.io/pci, node-role.kubernetes.io/control-plane',
    );
    const { color } = labels;
    const taints = [{ key: 'a', effect: 'NoSchedule' }];
    const registered = {
      metadata: { name: 'n1', labels: { color, 'kubernetes.io/os': 'linux' } },
      spec: { taints },
    };
    expect(await ask('POST', NODES, registered)).toBe(201);
    expect(await ask('PATCH', `${mine}/status`, { status: { capacity: { cpu: '2' } } })).toBe(200);
  });
});

describe('NodeRestriction and the rest', () => {
  it('keeps a kubelet to the Lease and CSINode of its name', async () => {
    const why = (what: string) => `can only access ${what} with the same name as the requesting node`;
    expect(await ask('POST', LEASES, { metadata: { name: 'n2' } })).toEqual([
      403,
      `leases.coordination.k8s.io "n2" is forbidden: ${why('node lease')}`,
    ]);
    expect(await ask('POST', LEASES, { metadata: { name: 'n1' } })).toBe(201);
    expect(await ask('POST', CSI_NODES, { metadata: { name: 'n2' }, spec: { drivers: [] } })).toEqual([
      403,
      `csinodes.storage.k8s.io "n2" is forbidden: ${why('CSINode')}`,
    ]);
    expect(await ask('POST', CSI_NODES, { metadata: { name: 'n1' }, spec: { drivers: [] } })).toBe(201);
  });

  it('gives tokens only for Pods bound to the node, for audiences that they name', async () => {
    const mine = (await cluster.call('GET', `${PODS}/mine`)).body;
    const id = (mine?.type === 'object' ? (mine.value as { metadata: { uid: string } }) : undefined)?.metadata
      .uid;
    const refused = async (spec: object, why: string) =>
      expect(await ask('POST', TOKEN, { spec })).toEqual([
        403,
        `serviceaccounts "default" is forbidden: ${why}`,
      ]);
    const bound = (name: string, more: object = {}) => ({
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, ...more },
    });
    await refused({}, 'node requested token not bound to a pod');
    await refused(bound('mine'), 'node requested token with a pod binding without a uid');
    await refused(
      bound('mine', { uid: 'u' }),
      'the UID in the bound object reference (u) does not match the UID in record. The object might have been deleted and then recreated',
    );
    const other = await asAdmin('GET', `${PODS}/other`);
    await refused(
      bound('other', { uid: other.metadata?.uid }),
      'node requested token bound to a pod scheduled on a different node',
    );
    await refused(
      { ...bound('mine', { uid: id }), audiences: ['vault'] },
      'audience "vault" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience',
    );
    expect(await ask('POST', TOKEN, { spec: bound('gone', { uid: 'u' }) })).toEqual([
      404,
      'pod "gone" not found',
    ]);
    expect(await ask('POST', TOKEN, { spec: bound('mine', { uid: id }) })).toBe(201);
  });

  it('lets a kubelet report the size of a claim and nothing else', async () => {
    await asAdmin('POST', CLAIMS, {
      metadata: { name: 'c' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }];
    await asAdmin('POST', PODS, pod('claimer', 'n1', { volumes }));
    expect(await ask('PATCH', `${CLAIMS}/c/status`, { status: { phase: 'Lost' } })).toEqual([
      403,
      'persistentvolumeclaims "c" is forbidden: node "n1" is not allowed to update fields other than status.capacity and status.conditions: status',
    ]);
    expect(await ask('PATCH', `${CLAIMS}/c/status`, { status: { capacity: { storage: '1Gi' } } })).toBe(200);
  });

  it('is recorded as the plugin that refused, and leaves everybody else alone', async () => {
    await ask('DELETE', `${PODS}/other`);
    const answer = [...cluster.simulation.log.range(0)].findLast(
      (record) => record.kind === 'message' && record.summary === '403 Forbidden',
    );
    expect(answer).toMatchObject({
      detail: { user: 'system:node:n1', authz: 'Node', admission: ['NodeRestriction: refused'], code: 403 },
    });
    expect((await cluster.call('DELETE', `${PODS}/other`)).status).toBe(200);
  });

  it('is off unless the command line names it', async () => {
    cluster = await TestCluster.start(STRATEGIES);
    await asAdmin('POST', NODES, { metadata: { name: 'n2' } });
    expect(await ask('PATCH', `${NODES}/n2`, { metadata: { labels: { a: 'b' } } })).toBe(200);
  });
});
