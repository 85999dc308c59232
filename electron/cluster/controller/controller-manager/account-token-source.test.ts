import { beforeEach, describe, expect, it } from 'vitest';
import type { ServiceAccount } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { FakeApiClient } from '../../client/testing/fake-api-client.testing.ts';
import { TestSimulation } from '../../client/testing/test-simulation.testing.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { AccountTokenSource } from './account-token-source.ts';

const MINUTE = 60_000;

let test: TestSimulation;
let api: FakeApiClient;
let source: AccountTokenSource;
/** Minutes for which the next tokens are good. */
let minutes: number;

/** What was asked of the server, and then nothing. */
function asked(): string[] {
  return api.actions.splice(0).map(({ verb, resource, name }) => `${verb} ${resource} ${name}`);
}

beforeEach(() => {
  test = new TestSimulation(1);
  api = new FakeApiClient(test.component('api'));
  minutes = 60;
  let issued = 0;
  api.onSubresource('serviceaccounts/token', () => ({
    status: {
      token: `token-${(issued += 1)}`,
      expirationTimestamp: formatTime(test.component('x').clock.now() + minutes * MINUTE),
    },
  }));
  source = new AccountTokenSource(
    test.component('cp-1/kube-controller-manager'),
    api,
    'pod-garbage-collector',
  );
});

describe('AccountTokenSource', () => {
  it('makes the account and keeps one token for four fifths of its time', async () => {
    expect(await test.do(() => Promise.all([source.token(), source.token()]))).toEqual([
      'token-1',
      'token-1',
    ]);
    expect(asked()).toEqual([
      'get serviceaccounts pod-garbage-collector',
      'create serviceaccounts pod-garbage-collector',
      'create serviceaccounts/token pod-garbage-collector',
    ]);
    await test.run(47 * MINUTE);
    expect(await test.do(() => source.token())).toBe('token-1');
    expect(asked()).toEqual([]);
    await test.run(2 * MINUTE);
    expect(await test.do(() => source.token())).toBe('token-2');
    expect(asked()).toEqual([
      'get serviceaccounts pod-garbage-collector',
      'create serviceaccounts/token pod-garbage-collector',
    ]);
    expect(api.all<ServiceAccount>(resourceTypes.serviceAccounts, 'kube-system')).toHaveLength(1);
  });

  it('asks again for one that was not accepted', async () => {
    await test.do(() => source.token());
    source.reset();
    expect(await test.do(() => source.token())).toBe('token-2');
  });

  it('tries for half a minute, and then says so', async () => {
    api.reactors.push(({ resource }) =>
      resource === 'serviceaccounts/token' ? new Error('connection refused') : undefined,
    );
    await expect(test.do(() => source.token(), 5 * MINUTE)).rejects.toThrow(
      'failed to get token for kube-system/pod-garbage-collector: timed out waiting for the condition',
    );
    expect(asked().filter((line) => line.includes('token')).length).toBeGreaterThan(25);
    api.reactors.pop();
    expect(await test.do(() => source.token())).toBe('token-1');
  });

  it('takes none that is good for less than ten minutes', async () => {
    minutes = 9;
    await expect(test.do(() => source.token())).rejects.toThrow(/^new token is valid for only 8m59\.\d+s$/);
  });
});
