import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../../api/registry.ts';
import { certificate, TestCluster, valueOf } from '../../testing/test-cluster.testing.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const MAPS = '/api/v1/namespaces/default/configmaps';
let cluster: TestCluster;

const rules = (operations = ['CREATE', 'UPDATE'], resources = ['configmaps']) => ({
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations, resources }],
});
const SMALL = { expression: 'object.data.size() < 2', message: 'too many keys' };

async function ask(method: string, target: string, body?: object) {
  const response = await cluster.call(method, target, body, {
    'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
  });
  const { message, reason } = valueOf(response) as { message?: string; reason?: string };
  return { code: response.status, message, reason, warnings: response.warnings ?? [] };
}
const policy = (spec: object, name = 'p') =>
  ask('POST', `${GROUP}/validatingadmissionpolicies`, {
    metadata: { name },
    spec: { matchConstraints: rules(), ...spec },
  });
const bind = async (spec: object = {}, name = 'b') => {
  const made = await ask('POST', `${GROUP}/validatingadmissionpolicybindings`, {
    metadata: { name },
    spec: { policyName: 'p', validationActions: ['Deny'], ...spec },
  });
  await cluster.run(10);
  return made;
};
const map = (name: string, data: object = {}, labels: object = {}) =>
  ask('POST', MAPS, { metadata: { name, labels }, data });
const BIG = { a: '1', b: '2' };

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

describe('ValidatingAdmissionPolicy', () => {
  it('refuses what its expressions do not hold for, once it is bound', async () => {
    await policy({ validations: [SMALL] });
    expect((await map('before', BIG)).code).toBe(201);
    await bind();
    expect(await map('big', BIG)).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: `configmaps "big" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: too many keys`,
    });
    expect((await map('small', { a: '1' })).code).toBe(201);
    expect((await ask('PATCH', `${MAPS}/small`, { data: { b: '2' } })).code).toBe(422);
    expect((await ask('DELETE', `${MAPS}/small`)).code).toBe(200);
  });

  it('has variables, conditions, reasons and messages that are made', async () => {
    await policy({
      matchConditions: [
        { name: 'not-system', expression: '!request.userInfo.groups.exists(g, g == "system:nodes")' },
      ],
      variables: [
        { name: 'size', expression: 'object.data.size()' },
        { name: 'broken', expression: 'object.spec.nothing' },
      ],
      validations: [
        {
          expression: 'variables.size < 2',
          messageExpression: '"has " + string(variables.size) + " keys"',
          reason: 'Forbidden',
        },
      ],
    });
    await bind();
    expect(await map('big', BIG)).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: `configmaps "big" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: has 2 keys`,
    });
  });

  it('fails closed on errors, or open when asked to', async () => {
    await policy({ validations: [{ expression: 'object.spec.size == 1' }] });
    await bind();
    expect((await map('a')).message).toBe(
      `configmaps "a" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: expression 'object.spec.size == 1' resulted in error: no such key: spec`,
    );
    await ask('PATCH', `${GROUP}/validatingadmissionpolicies/p`, { spec: { failurePolicy: 'Ignore' } });
    await cluster.run(10);
    expect((await map('a')).code).toBe(201);
  });

  it('warns where the binding says so, and only where it matches', async () => {
    await policy({ validations: [SMALL] });
    await bind({
      validationActions: ['Warn', 'Audit'],
      matchResources: { objectSelector: { matchLabels: { strict: 'yes' } } },
    });
    expect((await map('a', BIG)).warnings).toEqual([]);
    expect(await map('b', BIG, { strict: 'yes' })).toMatchObject({
      code: 201,
      warnings: ["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': too many keys"],
    });
  });

  it('reads parameters, and refuses without them', async () => {
    await policy({
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      validations: [{ expression: 'object.metadata.name.startsWith(params.data.prefix)' }],
    });
    await bind({ paramRef: { name: 'rules', namespace: 'kube-public', parameterNotFoundAction: 'Deny' } });
    expect((await map('x-a')).message).toBe(
      `configmaps "x-a" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`,
    );
    await ask('DELETE', `${GROUP}/validatingadmissionpolicybindings/b`);
    await cluster.run(10);
    await ask('POST', '/api/v1/namespaces/kube-public/configmaps', {
      metadata: { name: 'rules' },
      data: { prefix: 'x-' },
    });
    await bind({ paramRef: { name: 'rules', namespace: 'kube-public', parameterNotFoundAction: 'Deny' } });
    expect((await map('x-a')).code).toBe(201);
    expect((await map('y-a')).message).toContain(
      'denied request: failed expression: object.metadata.name.startsWith(params.data.prefix)',
    );
  });

  it('judges deletions by what is there, and not those who configure it', async () => {
    await policy({
      matchConstraints: {
        resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['DELETE'], resources: ['*'] }],
      },
      validations: [
        { expression: '!has(oldObject.metadata.labels) || !("keep" in oldObject.metadata.labels)' },
      ],
    });
    await bind();
    await map('a', {}, { keep: 'yes' });
    await map('b');
    expect((await ask('DELETE', `${MAPS}/a`)).code).toBe(422);
    expect((await ask('DELETE', `${MAPS}/b`)).code).toBe(200);
    expect((await ask('DELETE', `${MAPS}/nosuch`)).code).toBe(404);
    expect((await ask('DELETE', `${GROUP}/validatingadmissionpolicies/p`)).code).toBe(200);
  });

  it('is not taken with expressions that are none; a bomb is stopped and counts as an error', async () => {
    expect((await policy({ validations: [{ expression: 'object.data.' }] })).message).toMatch(
      /^ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: spec\.validations\[0\]\.expression: Invalid value: "object\.data\.": compilation failed: ERROR: <input>:1:\d+: Syntax error: /,
    );
    expect((await policy({ validations: [{ expression: 'params.x' }] })).message).toContain(
      "undeclared reference to 'params' (in container '')",
    );
    const list = `[${Array.from({ length: 30 }, (_, index) => index).join(',')}]`;
    const bomb = (depth: number): string =>
      depth === 0 ? 'true' : `${list}.all(i${depth}, ${bomb(depth - 1)})`;
    await policy({ validations: [{ expression: bomb(6) }] });
    await bind();
    expect((await map('a')).message).toContain(
      'resulted in error: operation cancelled: actual cost limit exceeded',
    );
    expect((await ask('GET', MAPS)).code).toBe(200);
  });
});

it('the binding of a Pod passes admission, by either door', async () => {
  await policy({
    matchConstraints: rules(['CREATE'], ['pods/binding']),
    validations: [{ expression: 'object.target.name != "w1"', message: 'not there' }],
  });
  await bind();
  await ask('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  const pods = '/api/v1/namespaces/default/pods';
  await ask('POST', pods, { metadata: { name: 'a' }, spec: { containers: [{ name: 'm', image: 'nginx' }] } });
  const binding = (node: string) => ({ metadata: { name: 'a' }, target: { kind: 'Node', name: node } });
  const refused = `pods "a" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: not there`;
  expect(await ask('POST', `${pods}/a/binding`, binding('w1'))).toMatchObject({
    code: 422,
    message: refused,
  });
  expect(await ask('POST', '/api/v1/namespaces/default/bindings', binding('w1'))).toMatchObject({
    code: 422,
    message: refused,
  });
  expect((await ask('POST', `${pods}/a/binding`, binding('w2'))).code).toBe(201);
});

it('an expression can ask what the requester may do, and a service account', async () => {
  const pods = "group('').resource('pods').namespace('default').check('delete')";
  await policy({
    variables: [{ name: 'may', expression: `authorizer.${pods}.allowed()` }],
    validations: [
      { expression: `variables.may || object.metadata.name != 'm'`, message: 'only who may delete pods' },
      {
        expression: `!authorizer.serviceAccount('default', 'ci').${pods}.allowed() || object.metadata.name == 'ci'`,
        message: 'ci may too much',
      },
      { expression: `authorizer.requestResource.check('create').reason() != 'x'` },
    ],
  });
  await bind();
  const role = (name: string, subject: object, roleName: string) =>
    ask('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
      subjects: [subject],
    });
  const user = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name });
  await ask('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
    metadata: { name: 'mapper' },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }],
  });
  await role('ana', user('ana'), 'mapper');
  await role('bo', user('bo'), 'cluster-admin');
  await cluster.run(100);
  const create = async (who: string, name: string) => {
    const { status, body } = await cluster.call('POST', MAPS, { metadata: { name } }, {}, certificate(who));
    const value = body?.type === 'object' ? (body.value as { message?: string }) : {};
    return [status, value.message];
  };
  const refused = (name: string, why: string) =>
    `configmaps "${name}" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${why}`;
  expect(await create('ana', 'm')).toEqual([422, refused('m', 'only who may delete pods')]);
  expect(await create('bo', 'm')).toEqual([201, undefined]);
  await role('ci', { kind: 'ServiceAccount', namespace: 'default', name: 'ci' }, 'cluster-admin');
  await cluster.run(100);
  expect(await create('bo', 'n')).toEqual([422, refused('n', 'ci may too much')]);
  const made = await policy(
    { validations: [{ expression: 'false', messageExpression: 'string(authorizer)' }] },
    'q',
  );
  expect(made.message).toContain("undeclared reference to 'authorizer'");
});
