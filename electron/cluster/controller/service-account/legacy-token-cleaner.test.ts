import { expect, it } from 'vitest';
import type { ConfigMap, Pod, Secret, ServiceAccount } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { LegacyTokenCleaner } from './legacy-token-cleaner.ts';

const DAY = 24 * 3_600_000;
const INVALID = 'kubernetes.io/legacy-token-invalid-since';

async function setup(since: string | undefined) {
  const harness = new ControllerHarness();
  const { api, c } = harness;
  if (since !== undefined)
    api.seed<ConfigMap>(resourceTypes.configMaps, {
      metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
      data: { since },
    });
  const secret = (name: string, more: object = {}): Secret =>
    ({
      type: 'kubernetes.io/service-account-token',
      metadata: {
        name,
        namespace: 'default',
        creationTimestamp: '2025-01-01T00:00:00Z',
        annotations: { 'kubernetes.io/service-account.name': 'default' },
        ...more,
      },
    }) as Secret;
  api.seed<ServiceAccount>(resourceTypes.serviceAccounts, {
    metadata: { name: 'default', namespace: 'default' },
    secrets: ['unused', 'mounted', 'used', 'young'].map((name) => ({ name })),
  });
  api.seed(resourceTypes.secrets, secret('unused'));
  api.seed(resourceTypes.secrets, secret('mounted'));
  api.seed(
    resourceTypes.secrets,
    secret('used', { labels: { 'kubernetes.io/legacy-token-last-used': '2025-12-30' } }),
  );
  api.seed(resourceTypes.secrets, secret('young', { creationTimestamp: '2025-12-30T00:00:00Z' }));
  api.seed(resourceTypes.secrets, secret('asked-for'));
  api.seed<Pod>(resourceTypes.pods, {
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [], volumes: [{ name: 't', secret: { secretName: 'mounted' } }] },
  } as unknown as Pod);
  await harness.start(new LegacyTokenCleaner(c, 10 * DAY));
  await harness.run(1000);
  return {
    harness,
    marks: () =>
      api
        .all<Secret>(resourceTypes.secrets)
        .map(({ metadata }) => `${metadata?.name} ${metadata?.labels?.[INVALID] ?? ''}`.trim()),
  };
}

it('marks what nobody has used, and deletes it after as long again', async () => {
  const s = await setup('2025-12-01');
  expect(s.marks()).toEqual(['unused 2026-01-01', 'mounted', 'used', 'young', 'asked-for']);
  await s.harness.run(7 * DAY);
  expect(s.marks()).toEqual(['unused 2026-01-01', 'mounted', 'used', 'young', 'asked-for']);
  // Day by day the others come to be unused for as long.
  await s.harness.run(5 * DAY);
  expect(s.marks()).toEqual(['mounted', 'used 2026-01-10', 'young 2026-01-09', 'asked-for']);
});

it('waits until uses have been written down for long enough, and for the day on which that began', async () => {
  const early = await setup('2025-12-31');
  expect(early.marks()).toEqual(['unused', 'mounted', 'used', 'young', 'asked-for']);
  const never = await setup(undefined);
  expect(never.harness.test.lines.at(-1)?.message).toBe('Getting lastest possible tracked_since time');
  expect(never.marks()).toEqual(['unused', 'mounted', 'used', 'young', 'asked-for']);
});
