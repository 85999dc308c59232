import { expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';

const EVENTS = '/api/v1/namespaces/default/events';
const MINUTE = 60_000;

it('an event lives for an hour from when it was written last', async () => {
  const cluster = await TestCluster.start(STRATEGIES);
  const event = (name: string) => ({
    metadata: { name },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' },
    reason: 'BackOff',
    count: 1,
  });
  await cluster.call('POST', EVENTS, event('once'));
  await cluster.call('POST', EVENTS, event('again'));
  const names = async (): Promise<unknown[]> =>
    (valueOf(await cluster.call('GET', EVENTS))['items'] as { metadata: { name: string } }[]).map(
      ({ metadata }) => metadata.name,
    );
  await cluster.run(40 * MINUTE);
  const patch = { 'content-type': 'application/merge-patch+json' };
  expect((await cluster.call('PATCH', `${EVENTS}/again`, { count: 2 }, patch)).status).toBe(200);
  await cluster.run(25 * MINUTE);
  expect(await names()).toEqual(['again']);
  await cluster.run(40 * MINUTE);
  expect(await names()).toEqual([]);
});
