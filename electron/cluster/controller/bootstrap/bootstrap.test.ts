import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '../../apimachinery/base64.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ConfigMap, Secret } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { BootstrapSignerController } from './bootstrap-signer-controller.ts';
import { TokenCleanerController } from './token-cleaner-controller.ts';

function token(id: string, more: Record<string, string> = {}): Secret {
  const data = { 'token-id': id, 'token-secret': 'tokenSecret', 'usage-bootstrap-signing': 'true', ...more };
  return {
    type: 'bootstrap.kubernetes.io/token',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system', uid: id },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64(value)])),
  };
}

async function setup() {
  const harness = new ControllerHarness();
  const { api, c } = harness;
  api.seed(resourceTypes.configMaps, {
    metadata: { name: 'cluster-info', namespace: 'kube-public' },
    data: { kubeconfig: 'Hello from the other side. I must have called a thousand times.' },
  } as ConfigMap);
  await harness.start(new BootstrapSignerController(c), new TokenCleanerController(c));
  await harness.run();
  return {
    harness,
    api,
    now: () => c.context.clock.now(),
    data: () => api.find<ConfigMap>(resourceTypes.configMaps, 'kube-public/cluster-info')?.data ?? {},
  };
}

describe('bootstrap tokens', () => {
  it('sign the ConfigMap by which a machine knows its cluster', async () => {
    const s = await setup();
    s.api.seed(resourceTypes.secrets, token('abcdef'));
    s.api.seed(resourceTypes.secrets, token('nosign', { 'usage-bootstrap-signing': 'false' }));
    await s.harness.run();
    const head = 'eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiY2RlZiJ9';
    expect(Object.keys(s.data())).toEqual(['kubeconfig', 'jws-kubeconfig-abcdef']);
    expect(s.data()['jws-kubeconfig-abcdef']).toMatch(new RegExp(`^${head}\\.\\.[\\w-]{43}$`));
  });

  it('take their signature with them', async () => {
    const s = await setup();
    s.api.seed(resourceTypes.secrets, token('abcdef'));
    await s.harness.run();
    s.api.remove(resourceTypes.secrets, 'kube-system/bootstrap-token-abcdef');
    await s.harness.run();
    expect(Object.keys(s.data())).toEqual(['kubeconfig']);
    const written = s.harness.writes('configmaps').length;
    await s.harness.run(600_000);
    expect(s.harness.writes('configmaps')).toHaveLength(written);
  });

  it('are deleted once they have expired, or when nobody can tell', async () => {
    const s = await setup();
    const at = (ms: number): Record<string, string> => ({ expiration: formatTime(s.now() + ms) });
    s.api.seed(resourceTypes.secrets, token('later0', at(3_600_000)));
    s.api.seed(resourceTypes.secrets, token('passed', at(-1000)));
    s.api.seed(resourceTypes.secrets, token('broken', { expiration: 'tomorrow' }));
    s.api.seed(resourceTypes.secrets, token('forgod'));
    const left = (): string[] => s.api.all(resourceTypes.secrets).map(({ metadata }) => metadata?.uid ?? '');
    await s.harness.run();
    expect(left()).toEqual(['later0', 'forgod']);
    await s.harness.run(3_600_000);
    expect(left()).toEqual(['forgod']);
    expect(Object.keys(s.data())).toEqual(['kubeconfig', 'jws-kubeconfig-forgod']);
  });
});
