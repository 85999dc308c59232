import { describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../../api/registry.ts';
import { certificate, TestCluster, valueOf } from '../../testing/test-cluster.testing.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const GROUP = 'rbac.authorization.k8s.io';

const role = (name: string, ...rules: object[]) => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'Role',
  metadata: { name },
  rules,
});
const binding = (name: string, kind: string, roleName: string, ...subjects: object[]) => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'RoleBinding',
  metadata: { name },
  roleRef: { kind, name: roleName },
  subjects,
});
const user = (name: string) => ({ kind: 'User', name });
const PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };

async function started(): Promise<TestCluster> {
  return TestCluster.start(STRATEGIES);
}

async function message(cluster: TestCluster, ...call: Parameters<TestCluster['call']>): Promise<unknown> {
  const answer = await cluster.call(...call);
  return [answer.status, valueOf(answer).message];
}

describe('RBAC', () => {
  it('makes the default roles and bindings, and puts back what is taken from them', async () => {
    const cluster = await started();
    const path = `${RBAC}/clusterroles/system:discovery`;
    const made = valueOf(await cluster.call('GET', path)) as unknown as {
      metadata: { labels: unknown; annotations: unknown };
      rules: { verbs: string[] }[];
    };
    expect(made.metadata.labels).toEqual({ 'kubernetes.io/bootstrapping': 'rbac-defaults' });
    expect(made.metadata.annotations).toEqual({ 'rbac.authorization.kubernetes.io/autoupdate': 'true' });
    const other = `${RBAC}/clusterroles/system:basic-user`;
    const basic = valueOf(await cluster.call('GET', other)) as { metadata?: object };
    await cluster.call('PUT', path, { ...made, rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] });
    await cluster.call('PUT', other, {
      ...basic,
      rules: [],
      metadata: {
        ...basic.metadata,
        annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' },
      },
    });
    cluster.api?.kill('SIGKILL');
    await cluster.run(100);
    cluster.startApi();
    await cluster.run(3_000);
    const after = valueOf(await cluster.call('GET', path)) as unknown as typeof made;
    expect(after.rules).toHaveLength(
      1 + (made.rules[0] as unknown as { nonResourceURLs: [] }).nonResourceURLs.length,
    );
    expect(valueOf(await cluster.call('GET', other))['rules']).toBeUndefined();
  });

  it('allows what a binding gives, in its namespace only, and says by what', async () => {
    const cluster = await started();
    const jane = certificate('jane');
    await cluster.call('POST', `${RBAC}/namespaces/default/roles`, role('reader', PODS));
    expect(await message(cluster, 'GET', '/api/v1/namespaces/default/pods', undefined, {}, jane)).toEqual([
      403,
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    ]);
    await cluster.call(
      'POST',
      `${RBAC}/namespaces/default/rolebindings`,
      binding('reads', 'Role', 'reader', user('jane')),
    );
    await cluster.run(10);
    expect((await cluster.call('GET', '/api/v1/namespaces/default/pods', undefined, {}, jane)).status).toBe(
      200,
    );
    const answers = [...cluster.simulation.log.range(0)].filter(
      (record) => record.kind === 'message' && record.phase === 'response',
    );
    expect(answers.at(-1)).toMatchObject({
      detail: { authz: 'RBAC: allowed by RoleBinding "reads/default" of Role "reader" to User "jane"' },
    });
    expect(await message(cluster, 'GET', '/api/v1/pods', undefined, {}, jane)).toEqual([
      403,
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope',
    ]);
    expect(
      await message(cluster, 'DELETE', '/api/v1/namespaces/default/pods/x', undefined, {}, jane),
    ).toEqual([
      403,
      'pods "x" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "default"',
    ]);
    await cluster.call('DELETE', `${RBAC}/namespaces/default/roles/reader`);
    await cluster.run(10);
    expect(await message(cluster, 'GET', '/api/v1/namespaces/default/pods', undefined, {}, jane)).toEqual([
      403,
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default": RBAC: role.rbac.authorization.k8s.io "reader" not found',
    ]);
  });

  it('goes by what it knew while etcd is away: the storage fails, nobody loses a right', async () => {
    const cluster = await started();
    const jane = certificate('jane');
    const pods = '/api/v1/namespaces/default/pods';
    await cluster.call('POST', `${RBAC}/namespaces/default/roles`, role('reader', PODS));
    await cluster.call(
      'POST',
      `${RBAC}/namespaces/default/rolebindings`,
      binding('reads', 'Role', 'reader', user('jane'), user('joan')),
    );
    await cluster.run(10);
    expect((await cluster.call('GET', pods, undefined, {}, jane)).status).toBe(200);
    cluster.etcd?.kill('SIGKILL');
    await cluster.run(30_000);
    // Nobody has asked about her before.
    const joan = certificate('joan');
    expect((await cluster.call('GET', pods, undefined, {}, joan)).status).toBe(500);
    expect((await cluster.call('GET', '/api/v1/pods', undefined, {}, joan)).status).toBe(403);
    cluster.startEtcd();
    await cluster.run(5_000);
    expect((await cluster.call('GET', pods, undefined, {}, jane)).status).toBe(200);
  });

  it('lets nobody grant what they do not have', async () => {
    const cluster = await started();
    const rights = { apiGroups: [GROUP], resources: ['roles', 'rolebindings'], verbs: ['create', 'update'] };
    const roles = `${RBAC}/namespaces/default/roles`;
    const bindings = `${RBAC}/namespaces/default/rolebindings`;
    await cluster.call('POST', roles, role('granter', rights));
    await cluster.call('POST', bindings, binding('g', 'Role', 'granter', user('ann')));
    await cluster.run(10);
    const ann = certificate('ann');
    expect(
      await message(
        cluster,
        'POST',
        roles,
        role('more', { ...PODS, resources: ['pods', 'secrets'] }),
        {},
        ann,
      ),
    ).toEqual([
      403,
      'roles.rbac.authorization.k8s.io "more" is forbidden: user "ann" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
    ]);
    expect((await cluster.call('POST', roles, role('same', rights), {}, ann)).status).toBe(201);
    const up = binding('up', 'ClusterRole', 'cluster-admin', user('ann'));
    expect(await message(cluster, 'POST', bindings, up, {}, ann)).toEqual([
      403,
      'rolebindings.rbac.authorization.k8s.io "up" is forbidden: user "ann" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
    ]);
    const bind = {
      apiGroups: [GROUP],
      resources: ['clusterroles'],
      resourceNames: ['view'],
      verbs: ['bind'],
    };
    await cluster.call('POST', roles, role('binder', bind));
    await cluster.call('POST', bindings, binding('b', 'Role', 'binder', user('ann')));
    await cluster.run(10);
    const view = binding('v', 'ClusterRole', 'view', user('bob'));
    expect((await cluster.call('POST', bindings, view, {}, ann)).status).toBe(201);
  });

  it('keeps the role of a binding', async () => {
    const cluster = await started();
    const path = `${RBAC}/namespaces/default/rolebindings`;
    await cluster.call('POST', path, binding('x', 'Role', 'a', user('u')));
    expect(await message(cluster, 'PUT', `${path}/x`, binding('x', 'Role', 'b', user('u')))).toEqual([
      422,
      'RoleBinding.rbac.authorization.k8s.io "x" is invalid: roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"b"}: cannot change roleRef',
    ]);
    expect(
      await message(cluster, 'POST', path, binding('y', 'Rule', '', { kind: 'Robot', name: '' })),
    ).toEqual([
      422,
      'RoleBinding.rbac.authorization.k8s.io "y" is invalid: [roleRef.kind: Unsupported value: "Rule": supported values: "Role", "ClusterRole", roleRef.name: Required value, subjects[0].name: Required value, subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"]',
    ]);
    const mixed = { nonResourceURLs: ['/x'], resources: ['pods'], verbs: [] };
    expect(await message(cluster, 'POST', `${RBAC}/namespaces/default/roles`, role('z', mixed))).toEqual([
      422,
      'Role.rbac.authorization.k8s.io "z" is invalid: [rules[0].verbs: Required value: verbs must contain at least one value, rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs, rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs]',
    ]);
  });

  it('answers whether somebody may', async () => {
    const cluster = await started();
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const ask = (spec: object) => ({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec,
    });
    const verb = { verb: 'list', resource: 'pods', namespace: 'default' };
    expect(valueOf(await cluster.call('POST', path, ask({ resourceAttributes: verb })))['status']).toEqual({
      allowed: true,
    });
    const as = { 'impersonate-user': 'jane' };
    expect(
      valueOf(await cluster.call('POST', path, ask({ resourceAttributes: verb }), as))['status'],
    ).toEqual({
      allowed: false,
    });
    const paths = ask({ nonResourceAttributes: { path: '/healthz', verb: 'get' } });
    expect(valueOf(await cluster.call('POST', path, paths, as))['status']).toEqual({
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
    });
    expect(await message(cluster, 'POST', path, ask({}))).toEqual([
      422,
      'SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ]);
    const rules = await cluster.call(
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      { spec: { namespace: 'default' } },
      as,
    );
    expect(valueOf(rules)['status']).toMatchObject({
      incomplete: false,
      resourceRules: [
        { apiGroups: ['authorization.k8s.io'], verbs: ['create'] },
        { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
      ],
    });
    const whoami = await cluster.call(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      as,
    );
    expect(valueOf(whoami)['status']).toEqual({
      userInfo: { username: 'jane', groups: ['system:authenticated'] },
    });
  });
});

describe('impersonation', () => {
  it('is asked for part by part, so that nobody takes groups by taking a name', async () => {
    const cluster = await started();
    const rules = [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }];
    const clusterRole = { kind: 'ClusterRole', metadata: { name: 'actor' }, rules };
    await cluster.call('POST', `${RBAC}/clusterroles`, clusterRole);
    await cluster.call('POST', `${RBAC}/clusterrolebindings`, {
      ...binding('actor', 'ClusterRole', 'actor', user('ann')),
      kind: 'ClusterRoleBinding',
    });
    await cluster.run(10);
    const ann = certificate('ann');
    const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const as = (headers: Record<string, string>) =>
      cluster.call('POST', review, { kind: 'SelfSubjectReview' }, headers, ann);
    expect(valueOf(await as({ 'impersonate-user': 'jane' }))['status']).toEqual({
      userInfo: { username: 'jane', groups: ['system:authenticated'] },
    });
    const text = async (headers: Record<string, string>) => valueOf(await as(headers)).message;
    expect(await text({ 'impersonate-user': 'jane', 'impersonate-group': 'system:masters' })).toBe(
      'groups "system:masters" is forbidden: User "ann" cannot impersonate resource "groups" in API group "" at the cluster scope',
    );
    expect(await text({ 'impersonate-user': 'system:serviceaccount:kube-system:x' })).toBe(
      'serviceaccounts "x" is forbidden: User "ann" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "kube-system"',
    );
    expect(await text({ 'impersonate-user': 'jane', 'impersonate-uid': '7' })).toBe(
      'uids.authentication.k8s.io "7" is forbidden: User "ann" cannot impersonate resource "uids" in API group "authentication.k8s.io" at the cluster scope',
    );
    expect(await text({ 'impersonate-user': 'jane', 'impersonate-extra-scopes': 'all' })).toBe(
      'userextras.authentication.k8s.io "all" is forbidden: User "ann" cannot impersonate resource "userextras/scopes" in API group "authentication.k8s.io" at the cluster scope',
    );
    expect((await as({ 'impersonate-group': 'devs' })).status).toBe(500);
  });
});

describe('the Node authorizer', () => {
  const kubelet = certificate('system:node:n1', ['system:nodes']);
  const pod = (name: string, nodeName: string, secretName: string) => ({
    metadata: { name },
    spec: {
      nodeName,
      containers: [{ name: 'c', image: 'nginx' }],
      volumes: [{ name: 'v', secret: { secretName } }],
    },
  });

  it('lets a kubelet read what its own Pods need and nothing else', async () => {
    const cluster = await started();
    const secrets = '/api/v1/namespaces/default/secrets';
    for (const name of ['mine', 'other']) await cluster.call('POST', secrets, { metadata: { name } });
    await cluster.call('POST', '/api/v1/namespaces/default/pods', pod('a', 'n1', 'mine'));
    await cluster.call('POST', '/api/v1/namespaces/default/pods', pod('b', 'n2', 'other'));
    await cluster.run(10);
    expect((await cluster.call('GET', `${secrets}/mine`, undefined, {}, kubelet)).status).toBe(200);
    expect(await message(cluster, 'GET', `${secrets}/other`, undefined, {}, kubelet)).toEqual([
      403,
      'secrets "other" is forbidden: User "system:node:n1" cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node \'n1\' and this object',
    ]);
    expect(await message(cluster, 'GET', secrets, undefined, {}, kubelet)).toEqual([
      403,
      'secrets is forbidden: User "system:node:n1" cannot list resource "secrets" in API group "" in the namespace "default": No Object name found',
    ]);
    expect(await message(cluster, 'GET', '/api/v1/nodes/n2', undefined, {}, kubelet)).toEqual([
      403,
      'nodes "n2" is forbidden: User "system:node:n1" cannot get resource "nodes" in API group "" at the cluster scope: node \'n1\' cannot read \'n2\', only its own Node object',
    ]);
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    expect(await message(cluster, 'GET', `${leases}/n2`, undefined, {}, kubelet)).toEqual([
      403,
      'leases.coordination.k8s.io "n2" is forbidden: User "system:node:n1" cannot get resource "leases" in API group "coordination.k8s.io" in the namespace "kube-node-lease": can only access node lease with the same name as the requesting node',
    ]);
    expect(await message(cluster, 'GET', '/api/v1/pods', undefined, {}, kubelet)).toEqual([
      403,
      'pods is forbidden: User "system:node:n1" cannot list resource "pods" in API group "" at the cluster scope: can only list/watch pods with spec.nodeName field selector',
    ]);
    const own = '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1';
    expect((await cluster.call('GET', own, undefined, {}, kubelet)).status).toBe(200);
  });
});
