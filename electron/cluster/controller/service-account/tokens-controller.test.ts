import { beforeEach, describe, expect, it } from 'vitest';
import { readClaims } from '../../../base/jose/json-web-token.ts';
import { PrivateKey } from '../../../base/jose/private-key.ts';
import { RSA_KEYS } from '../../../base/jose/rsa-keys.testing.ts';
import { NodeRsaSignatures } from '../../../host/rsa-signatures.ts';
import type { Secret, ServiceAccount } from '../../api/types.ts';
import { decodeBase64 } from '../../apimachinery/base64.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { TokensController } from './tokens-controller.ts';

const CA = '-----BEGIN CERTIFICATE-----\n';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';

let h: ControllerHarness;

beforeEach(async () => {
  h = new ControllerHarness();
  const key = PrivateKey.read(new NodeRsaSignatures(), RSA_KEYS.first.privateKey);
  if (key === undefined) throw new Error('no key');
  await h.start(new TokensController(h.c, key, CA));
});

const account = (name: string, more: Partial<ServiceAccount> = {}): ServiceAccount =>
  h.api.seed<ServiceAccount>(resourceTypes.serviceAccounts, {
    metadata: { name, namespace: 'default' },
    ...more,
  });

function secret(name: string, annotations: Record<string, string>, more: Partial<Secret> = {}): void {
  h.api.seed<Secret>(resourceTypes.secrets, {
    metadata: { name, namespace: 'default', annotations },
    type: 'kubernetes.io/service-account-token',
    ...more,
  });
}

const found = (name: string) => h.api.find<Secret>(resourceTypes.secrets, `default/${name}`);
const text = (value: string | undefined): string => new TextDecoder().decode(decodeBase64(value ?? ''));

describe('TokensController', () => {
  it('fills a Secret that names an account', async () => {
    const { metadata } = account('robot');
    secret('robot-token', { [NAME]: 'robot' });
    await h.run();
    const { data, metadata: filled } = found('robot-token') ?? {};
    expect(filled?.annotations).toEqual({ [NAME]: 'robot', [UID]: metadata?.uid });
    expect(text(data?.['namespace'])).toBe('default');
    expect(text(data?.['ca.crt'])).toBe(CA);
    expect(readClaims(text(data?.['token']))).toEqual({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': 'default',
      'kubernetes.io/serviceaccount/secret.name': 'robot-token',
      'kubernetes.io/serviceaccount/service-account.name': 'robot',
      'kubernetes.io/serviceaccount/service-account.uid': metadata?.uid,
      sub: 'system:serviceaccount:default:robot',
    });
  });

  it('makes no Secret of its own and leaves others alone', async () => {
    account('robot');
    secret('opaque', { [NAME]: 'robot' }, { type: 'Opaque' });
    await h.run();
    expect(h.api.all<Secret>(resourceTypes.secrets)).toHaveLength(1);
    expect(found('opaque')?.data).toBeUndefined();
  });

  it('puts back what somebody took away, and a new token where the old one was deleted', async () => {
    account('robot');
    secret('robot-token', { [NAME]: 'robot' });
    await h.run();
    const before = found('robot-token')?.data;
    h.api.change<Secret>(resourceTypes.secrets, 'default/robot-token', (old) => ({ ...old, data: {} }));
    await h.run();
    expect(found('robot-token')?.data).toEqual(before);
  });

  it('deletes one whose account is not there, or is another of that name', async () => {
    secret('orphan', { [NAME]: 'nobody' });
    account('robot');
    secret('of-another', { [NAME]: 'robot', [UID]: 'another' });
    await h.run();
    expect(found('orphan')).toBeUndefined();
    expect(found('of-another')).toBeUndefined();
  });

  it('deletes the tokens of an account that goes, and only those', async () => {
    account('robot');
    account('other');
    secret('robot-token', { [NAME]: 'robot' });
    secret('other-token', { [NAME]: 'other' });
    await h.run();
    h.api.remove(resourceTypes.serviceAccounts, 'default/robot');
    await h.run();
    expect(found('robot-token')).toBeUndefined();
    expect(found('other-token')).toBeDefined();
  });

  it('takes a Secret that has gone from those of its account', async () => {
    account('robot', { secrets: [{ name: 'robot-token' }, { name: 'kept' }] });
    secret('robot-token', { [NAME]: 'robot' });
    await h.run();
    h.api.remove(resourceTypes.secrets, 'default/robot-token');
    await h.run();
    const robot = h.api.find<ServiceAccount>(resourceTypes.serviceAccounts, 'default/robot');
    expect(robot?.secrets).toEqual([{ name: 'kept' }]);
  });
});
