import { describe, expect, it } from 'vitest';
import { readClaims, signToken } from '../../../../base/jose/json-web-token.ts';
import { PrivateKey } from '../../../../base/jose/private-key.ts';
import { RSA_KEYS } from '../../../../base/jose/rsa-keys.testing.ts';
import { NodeRsaSignatures } from '../../../../host/rsa-signatures.ts';
import { legacyClaims } from '../../../api/core/v1/service-account/legacy-claims.ts';
import { encodeBase64 } from '../../../apimachinery/base64.ts';
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

describe('tokens in Secrets', () => {
  const SECRETS = '/api/v1/namespaces/default/secrets';
  const key = PrivateKey.read(new NodeRsaSignatures(), RSA_KEYS.first.privateKey);

  async function withSecret() {
    const cluster = await started();
    const account = valueOf(await cluster.call('GET', `${ACCOUNTS}/robot`)) as { metadata: { uid: string } };
    if (key === undefined) throw new Error('no key');
    const { uid } = account.metadata;
    const bearer = signToken(
      key,
      legacyClaims({ namespace: 'default', secret: 'robot-token', account: 'robot', uid }),
    );
    const answer = await cluster.call('POST', SECRETS, {
      metadata: { name: 'robot-token', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
      type: 'kubernetes.io/service-account-token',
      data: { token: encodeBase64(bearer) },
    });
    expect(answer.status).toBe(201);
    return { cluster, bearer, uid };
  }

  const patch = (cluster: TestCluster, body: object) =>
    cluster.call('PATCH', `${SECRETS}/robot-token`, body, { 'content-type': 'application/merge-patch+json' });

  it('say who somebody is, and the Secret says on which day', async () => {
    const { cluster, bearer, uid } = await withSecret();
    const answer = await whoami(cluster, bearer);
    expect(valueOf(answer)['status']).toEqual({
      userInfo: {
        username: 'system:serviceaccount:default:robot',
        uid,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      },
    });
    const secret = valueOf(await cluster.call('GET', `${SECRETS}/robot-token`)) as {
      metadata: { labels: object };
    };
    const today = new Date(cluster.simulation.now).toISOString().slice(0, 10);
    expect(secret.metadata.labels).toEqual({ 'kubernetes.io/legacy-token-last-used': today });
  });

  it('end with what the Secret holds, with its mark, with the Secret and with the account', async () => {
    const { cluster, bearer } = await withSecret();
    const mark = (value: string | null) => ({
      metadata: { labels: { 'kubernetes.io/legacy-token-invalid-since': value } },
    });
    await patch(cluster, mark('2026-01-01'));
    expect((await whoami(cluster, bearer)).status).toBe(401);
    await patch(cluster, mark(null));
    expect((await whoami(cluster, bearer)).status).toBe(201);
    await patch(cluster, { data: { token: encodeBase64('another') } });
    expect((await whoami(cluster, bearer)).status).toBe(401);
    await patch(cluster, { data: { token: encodeBase64(bearer) } });
    expect((await whoami(cluster, bearer)).status).toBe(201);
    await cluster.call('DELETE', `${ACCOUNTS}/robot`);
    await cluster.call('POST', ACCOUNTS, { metadata: { name: 'robot' } });
    await cluster.run(10);
    expect((await whoami(cluster, bearer)).status).toBe(401);
  });

  it('are not accepted from a Secret that is gone, nor signed by another', async () => {
    const { cluster, bearer } = await withSecret();
    const other = PrivateKey.read(new NodeRsaSignatures(), RSA_KEYS.second.privateKey);
    if (other === undefined) throw new Error('no key');
    const forged = signToken(other, readClaims(bearer) ?? {});
    await patch(cluster, { data: { token: encodeBase64(forged) } });
    expect((await whoami(cluster, forged)).status).toBe(401);
    await cluster.call('DELETE', `${SECRETS}/robot-token`);
    await cluster.run(10);
    expect((await whoami(cluster, bearer)).status).toBe(401);
  });

  it('need the name of an account', async () => {
    const cluster = await started();
    const answer = await cluster.call('POST', SECRETS, {
      metadata: { name: 'nameless' },
      type: 'kubernetes.io/service-account-token',
    });
    expect([answer.status, valueOf(answer).message]).toEqual([
      422,
      'Secret "nameless" is invalid: metadata.annotations[kubernetes.io/service-account.name]: Required value',
    ]);
  });
});
