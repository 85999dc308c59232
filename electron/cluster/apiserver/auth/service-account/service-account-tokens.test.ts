import { describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../../api/registry.ts';
import { TestCluster, valueOf } from '../../testing/test-cluster.testing.ts';

const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';
const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

async function started(): Promise<TestCluster> {
  const cluster = await TestCluster.start(STRATEGIES);
  await cluster.call('POST', ACCOUNTS, { metadata: { name: 'robot' } });
  return cluster;
}

async function token(cluster: TestCluster, spec: object = {}): Promise<string> {
  const answer = await cluster.call('POST', `${ACCOUNTS}/robot/token`, { spec });
  expect(answer.status).toBe(201);
  return (valueOf(answer)['status'] as { token: string }).token;
}

const whoami = async (cluster: TestCluster, bearer: string) => {
  const headers = { authorization: `Bearer ${bearer}` };
  return cluster.call('POST', REVIEWS, { kind: 'SelfSubjectReview' }, headers, 'nobody');
};

describe('service account tokens', () => {
  it('say who somebody is, for as long as they are good', async () => {
    const cluster = await started();
    const bearer = await token(cluster, { expirationSeconds: 600 });
    const answer = await whoami(cluster, bearer);
    expect(valueOf(answer)['status']).toEqual({
      userInfo: {
        username: 'system:serviceaccount:default:robot',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=/) as string],
        },
      },
    });
    const [head, body, signature] = bearer.split('.');
    const other = Buffer.from(
      Buffer.from(body ?? '', 'base64url')
        .toString()
        .replaceAll('robot', 'admin'),
    ).toString('base64url');
    expect((await whoami(cluster, `${head}.${other}.${signature}`)).status).toBe(401);
    await cluster.run(601_000);
    expect((await whoami(cluster, bearer)).status).toBe(401);
  });

  it('end with the account and with what they are bound to', async () => {
    const cluster = await started();
    await cluster.call('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'p' },
      spec: { serviceAccountName: 'robot', containers: [{ name: 'c', image: 'nginx' }] },
    });
    const bound = await token(cluster, { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } });
    const free = await token(cluster);
    const told = valueOf(await whoami(cluster, bound))['status'] as { userInfo: { extra: object } };
    expect(told.userInfo.extra).toMatchObject({ 'authentication.kubernetes.io/pod-name': ['p'] });
    await cluster.call('DELETE', '/api/v1/namespaces/default/pods/p?gracePeriodSeconds=0');
    await cluster.run(10);
    expect((await whoami(cluster, bound)).status).toBe(401);
    expect((await whoami(cluster, free)).status).toBe(201);
    await cluster.call('DELETE', `${ACCOUNTS}/robot`);
    await cluster.run(10);
    expect((await whoami(cluster, free)).status).toBe(401);
  });

  it('are refused for too short a time, for other audiences and for what is not there', async () => {
    const cluster = await started();
    const post = async (name: string, spec: object) => {
      const answer = await cluster.call('POST', `${ACCOUNTS}/${name}/token`, { spec });
      return [answer.status, valueOf(answer).message];
    };
    expect(await post('robot', { expirationSeconds: 60 })).toEqual([
      422,
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    ]);
    expect(await post('nobody', {})).toEqual([404, 'serviceaccounts "nobody" not found']);
    expect(await post('robot', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } })).toEqual([
      404,
      'pods "p" not found',
    ]);
    expect((await whoami(cluster, await token(cluster, { audiences: ['vault'] }))).status).toBe(401);
    const review = await cluster.call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      spec: { token: await token(cluster, { audiences: ['vault'] }), audiences: ['vault', 'x'] },
    });
    expect(valueOf(review)['status']).toMatchObject({ authenticated: true, audiences: ['vault'] });
    const keys = valueOf(await cluster.call('GET', '/openid/v1/jwks'))['text'] as string;
    expect(JSON.parse(keys)).toMatchObject({ keys: [{ kty: 'RSA', alg: 'RS256', e: 'AQAB' }] });
  });
});
