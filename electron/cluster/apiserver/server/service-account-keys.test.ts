import { describe, expect, it } from 'vitest';
import { RSA_KEYS } from '../../../base/jose/rsa-keys.testing.ts';
import { NodeRsaSignatures } from '../../../host/rsa-signatures.ts';
import { STRATEGIES } from '../../api/registry.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';
import { serviceAccountKeys } from './service-account-keys.ts';

const rsa = new NodeRsaSignatures();

function keysOf(contents: Readonly<Record<string, string>>, signing: string, ...believed: string[]) {
  const files = {
    exists: (path: string) => path in contents,
    read: (path: string) => contents[path] ?? '',
  } as Parameters<typeof serviceAccountKeys>[0];
  return serviceAccountKeys(
    files,
    { serviceAccountSigningKeyFile: signing, serviceAccountKeyFiles: believed },
    rsa,
  );
}

describe('serviceAccountKeys', () => {
  const { first, second } = RSA_KEYS;

  it('reads the one that signs and all that are believed', () => {
    const keys = keysOf(
      { '/sa.key': first.privateKey, '/sa.pub': first.publicKey, '/old.pub': second.publicKey },
      '/sa.key',
      '/sa.pub',
      '/old.pub',
    );
    if (typeof keys === 'string') throw new Error(keys);
    expect(keys.believed.map(({ id }) => id)).toEqual([
      keys.signing.publicKey.id,
      expect.not.stringContaining(keys.signing.publicKey.id),
    ]);
  });

  it('says what the server ends with', () => {
    const contents = { '/sa.key': first.privateKey, '/sa.pub': first.publicKey, '/x': 'deadbeef' };
    expect(keysOf(contents, '')).toBe(
      '--service-account-signing-key-file and --service-account-issuer are required flags',
    );
    expect(keysOf(contents, '/none')).toBe(
      'failed to parse service-account-issuer-key-file: open /none: no such file or directory',
    );
    expect(keysOf(contents, '/x')).toBe(
      'failed to parse service-account-issuer-key-file: error reading private key file /x: data does not contain a valid RSA or ECDSA private key',
    );
    expect(keysOf(contents, '/sa.pub')).toContain('data does not contain a valid RSA or ECDSA private key');
    expect(keysOf(contents, '/sa.key', '/sa.pub', '/x')).toBe(
      'error reading public key file /x: data does not contain any valid RSA or ECDSA public keys',
    );
    expect(keysOf(contents, '/sa.key', '/none')).toBe('open /none: no such file or directory');
  });
});

describe('a pair that is replaced', () => {
  const TOKEN = '/api/v1/namespaces/default/serviceaccounts/robot/token';
  const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

  async function started() {
    const cluster = await TestCluster.start(STRATEGIES);
    await cluster.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'robot' } });
    const answer = await cluster.call('POST', TOKEN, { spec: {} });
    const bearer = (valueOf(answer)['status'] as { token: string }).token;
    const status = async () => {
      const headers = { authorization: `Bearer ${bearer}` };
      return (await cluster.call('POST', REVIEWS, { kind: 'SelfSubjectReview' }, headers, 'nobody')).status;
    };
    const restart = async () => {
      cluster.api?.kill('SIGTERM');
      await cluster.run(1_000);
      cluster.startApi();
      await cluster.run(5_000);
    };
    return { cluster, status, restart };
  }

  it('ends what the old one signed, unless its public key stays in the file', async () => {
    const { cluster, status, restart } = await started();
    const { files } = cluster.apiMachine;
    expect(await status()).toBe(201);
    files.write('/etc/kubernetes/pki/sa.key', RSA_KEYS.second.privateKey);
    files.write('/etc/kubernetes/pki/sa.pub', RSA_KEYS.second.publicKey);
    expect(await status()).toBe(201);
    await restart();
    expect(await status()).toBe(401);
    files.write('/etc/kubernetes/pki/sa.pub', RSA_KEYS.second.publicKey + RSA_KEYS.first.publicKey);
    await restart();
    expect(await status()).toBe(201);
    const keys = valueOf(await cluster.call('GET', '/openid/v1/jwks'))['text'] as string;
    expect((JSON.parse(keys) as { keys: unknown[] }).keys).toHaveLength(2);
  });

  it('that is no pair keeps the server from starting', async () => {
    const { cluster, restart } = await started();
    cluster.apiMachine.files.remove('/etc/kubernetes/pki/sa.key');
    await restart();
    expect(cluster.output.join('\n')).toContain(
      'run.go:72] "command failed" err="failed to parse service-account-issuer-key-file: open /etc/kubernetes/pki/sa.key: no such file or directory"',
    );
    expect(cluster.output.at(-1)).toBe('kube-apiserver: exit {"code":1}');
  });
});
