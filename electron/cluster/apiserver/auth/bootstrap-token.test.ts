import { expect, it } from 'vitest';
import { encodeBase64 } from '../../apimachinery/base64.ts';
import { STRATEGIES } from '../../api/registry.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';

const SECRETS = '/api/v1/namespaces/kube-system/secrets';
const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const TOKEN = 'abcdef.0123456789abcdef';

async function started(fields: Record<string, string>, flags = ['--enable-bootstrap-token-auth=true']) {
  const cluster = await TestCluster.start(STRATEGIES, {}, flags);
  const all = {
    'token-id': 'abcdef',
    'token-secret': '0123456789abcdef',
    'usage-bootstrap-authentication': 'true',
    ...fields,
  };
  const data = Object.fromEntries(Object.entries(all).map(([key, value]) => [key, encodeBase64(value)]));
  const made = await cluster.call('POST', SECRETS, {
    metadata: { name: 'bootstrap-token-abcdef' },
    type: 'bootstrap.kubernetes.io/token',
    data,
  });
  expect(made.status).toBe(201);
  return (token: string) =>
    cluster.call(
      'POST',
      REVIEWS,
      { kind: 'SelfSubjectReview' },
      { authorization: `Bearer ${token}` },
      'nobody',
    );
}

it('a bootstrap token is a user of its own', async () => {
  const whoami = await started({ 'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token' });
  expect(valueOf(await whoami(TOKEN))['status']).toEqual({
    userInfo: {
      username: 'system:bootstrap:abcdef',
      groups: [
        'system:bootstrappers',
        'system:bootstrappers:kubeadm:default-node-token',
        'system:authenticated',
      ],
    },
  });
  expect((await whoami('abcdef.fedcba9876543210')).status).toBe(401);
  expect((await whoami('other0.0123456789abcdef')).status).toBe(401);
});

it.each([
  ['expired', { expiration: '2020-01-01T00:00:00Z' }],
  ['of no readable end', { expiration: 'tomorrow' }],
  ['not meant for it', { 'usage-bootstrap-authentication': 'yes' }],
  ['in a group of others', { 'auth-extra-groups': 'system:masters' }],
  ['of another id', { 'token-id': 'abcdeg' }],
])('is nobody when %s', async (_, fields) => {
  const whoami = await started(fields);
  expect((await whoami(TOKEN)).status).toBe(401);
});

it('is nobody when the server does not take such tokens', async () => {
  const whoami = await started({}, []);
  expect((await whoami(TOKEN)).status).toBe(401);
});
