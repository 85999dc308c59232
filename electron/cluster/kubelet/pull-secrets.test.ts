import { describe, expect, it } from 'vitest';
import { ImageSpec } from '../../shared/images/image-schema.ts';
import type { Secret } from '../api/types.ts';
import { encodeBase64 } from '../apimachinery/base64.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { volatileStore } from '../machine/local-state.ts';
import { DockerKeyring } from './docker-keyring.ts';
import { KubeletHarness } from './kubelet.testing.ts';

const SHOP = 'images.shop.example/team/web';
const HUB = 'docker.io/shop/web';
const account = { username: 'ana', password: 's3:cret' };
const image = (repository: string): ImageSpec =>
  ImageSpec.parse({
    repository,
    tags: ['1'],
    layers: ['1MB'],
    entrypoint: ['/web'],
    behaviour: { type: 'service' },
    credentials: account,
  });

function secret(name: string, auths: object, type = 'kubernetes.io/dockerconfigjson'): Secret {
  const old = type === 'kubernetes.io/dockercfg';
  const text = JSON.stringify(old ? auths : { auths });
  const key = old ? '.dockercfg' : '.dockerconfigjson';
  const metadata = { name, namespace: 'default' };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type, data: { [key]: encodeBase64(text) } };
}

const auth = (name: string, password: string): object => ({ auth: encodeBase64(`${name}:${password}`) });

describe('a private repository', () => {
  async function run(
    repository: string,
    secrets: readonly Secret[],
    names = secrets.map(({ metadata }) => metadata?.name ?? ''),
  ): Promise<KubeletHarness> {
    const node = new KubeletHarness(volatileStore(), [image(SHOP), image(HUB)]);
    await node.start();
    for (const each of secrets) node.api.seed(resourceTypes.secrets, each);
    node.createPod('p', {
      containers: [{ name: 'c', image: `${repository}:1`, imagePullPolicy: 'IfNotPresent' }],
      imagePullSecrets: names.map((name) => ({ name })),
    });
    await node.test.run(8_000);
    return node;
  }
  const pull = (node: KubeletHarness): string[] =>
    node.api.events().filter((line) => line.includes('Failed to pull') || line.includes('Retrieve'));
  const failed = (reference: string, why: string): string =>
    `Warning Failed Failed to pull image "${reference.replace('docker.io/', '')}": failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${why}`;

  it('is pulled with the account of a Secret', async () => {
    const node = await run(SHOP, [secret('a', { 'images.shop.example': auth('ana', 's3:cret') })]);
    expect(node.state('p')).toBe('Running');
    expect(pull(node)).toEqual([]);
  });

  it('is pulled from Docker Hub with what kubectl writes, and with a .dockercfg', async () => {
    const hub = { 'https://index.docker.io/v1/': account };
    expect((await run('shop/web', [secret('a', hub)])).state('p')).toBe('Running');
    expect((await run('shop/web', [secret('a', hub, 'kubernetes.io/dockercfg')])).state('p')).toBe('Running');
    // A type that is none of the two is not looked at.
    expect((await run('shop/web', [{ ...secret('a', hub), type: 'Opaque' }])).state('p')).not.toBe('Running');
  });

  it('is refused to nobody in particular, and to strangers', async () => {
    expect(pull(await run('shop/web', []))).toEqual([
      failed(`${HUB}:1`, 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'),
    ]);
    expect(pull(await run(SHOP, []))).toEqual([
      failed(`${SHOP}:1`, 'pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials'),
    ]);
    const wrong = await run(SHOP, [secret('a', { 'images.shop.example': auth('ana', 'guess') })]);
    expect(pull(wrong)).toEqual([
      failed(`${SHOP}:1`, 'unexpected status from HEAD request to https://images.shop.example/v2/team/web/manifests/1: 401 Unauthorized'),
    ]);
    expect(pull(await run('shop/web', [secret('a', { 'docker.io': auth('bob', 'x') })]))).toEqual([
      failed(`${HUB}:1`, 'failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://auth.docker.io/token: 401 Unauthorized'),
    ]);
    expect(wrong.state('p')).toBe('ErrImagePull');
    await wrong.test.run(12_000);
    expect(wrong.state('p')).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
    expect(wrong.api.events()).toContain('Warning Failed Error: ImagePullBackOff');
  }); // prettier-ignore

  it('is tried with one account after the other', async () => {
    const old = secret('old', { 'images.shop.example': auth('ana', 'old') });
    const right = secret('right', { 'images.shop.example': account });
    expect((await run(SHOP, [old, right])).state('p')).toBe('Running');
    expect(pull(await run(SHOP, [old, secret('bad', { x: { auth: '!' } })]))).toEqual([
      `Warning Failed Failed to pull image "${SHOP}:1": illegal base64 data at input byte 0`,
    ]);
  });

  it('may be had in spite of a Secret that is not there, which is said', async () => {
    const right = secret('right', { 'images.shop.example': account });
    const node = await run(SHOP, [right], ['gone', 'right', 'lost']);
    expect(node.state('p')).toBe('Running');
    expect(pull(node)[0]).toBe(
      'Warning FailedToRetrieveImagePullSecret Unable to retrieve some image pull secrets (gone, lost); attempting to pull the image may not succeed.',
    );
  });

  it('is run again once the Secret is right', async () => {
    const node = await run(SHOP, [secret('a', { 'images.shop.example': auth('ana', 'old') })]);
    expect(node.state('p')).toBe('ErrImagePull');
    const right = secret('a', { 'images.shop.example': account });
    node.api.change<Secret>(resourceTypes.secrets, 'default/a', (old) => ({
      ...old,
      data: right.data ?? {},
    }));
    await node.test.run(40_000);
    expect(node.state('p')).toBe('Running');
  });
});

describe('the keyring', () => {
  const names = (auths: object, reference: string): string[] =>
    new DockerKeyring([secret('a', auths)]).lookup(reference).map(({ username }) => username);
  const user = (username: string): object => ({ username, password: 'x' });

  it('finds by host and path, the most specific first', () => {
    const auths = {
      'quay.io': user('all'),
      'https://quay.io/v1/team': user('team'),
      'quay.io:5000': user('port'),
      '*.example.com': user('glob'),
    };
    expect(names(auths, 'quay.io/team/web:1')).toEqual(['team', 'all']);
    expect(names(auths, 'quay.io/other/web:1')).toEqual(['all']);
    expect(names(auths, 'quay.io:5000/team/web')).toEqual(['port']);
    expect(names(auths, 'eu.example.com/web')).toEqual(['glob']);
    expect(names(auths, 'a.eu.example.com/web')).toEqual([]);
  });

  it('takes the account of Docker Hub where the name says no registry', () => {
    expect(names({ 'https://index.docker.io/v1/': user('hub') }, 'nginx')).toEqual(['hub']);
    expect(names({ 'docker.io': user('hub') }, 'shop/web')).toEqual(['hub']);
    expect(names({ 'https://index.docker.io/v1/': user('hub') }, 'quay.io/x/y')).toEqual([]);
  });
});
