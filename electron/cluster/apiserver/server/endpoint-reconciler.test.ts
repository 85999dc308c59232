import { describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import type { Endpoints, EndpointSlice } from '../../api/types.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';

const ENDPOINTS = '/api/v1/namespaces/default/endpoints/kubernetes';
const SLICE = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';

describe('endpoints of the Service kubernetes', () => {
  it('are the server, and stay as they are', async () => {
    const cluster = await TestCluster.start(STRATEGIES);
    const endpoints = valueOf(await cluster.call('GET', ENDPOINTS)) as Endpoints;
    expect(endpoints.metadata?.labels).toEqual({ 'endpointslice.kubernetes.io/skip-mirror': 'true' });
    expect(endpoints.subsets).toEqual([
      { addresses: [{ ip: '10.0.0.10' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] },
    ]);
    const slice = valueOf(await cluster.call('GET', SLICE)) as unknown as EndpointSlice;
    expect(slice).toMatchObject({
      metadata: { labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.10'], conditions: { ready: true } }],
      ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
    });
    await cluster.run(60_000);
    const later = valueOf(await cluster.call('GET', ENDPOINTS)) as Endpoints;
    expect(later.metadata?.resourceVersion).toBe(endpoints.metadata?.resourceVersion);
  });

  it('are put back when somebody changes or deletes them', async () => {
    const cluster = await TestCluster.start(STRATEGIES);
    const type = { 'content-type': 'application/merge-patch+json' };
    await cluster.call('PATCH', ENDPOINTS, { subsets: null }, type);
    await cluster.call('DELETE', SLICE);
    await cluster.run(11_000);
    const endpoints = valueOf(await cluster.call('GET', ENDPOINTS)) as Endpoints;
    expect(endpoints.subsets?.[0]?.addresses).toEqual([{ ip: '10.0.0.10' }]);
    expect((await cluster.call('GET', SLICE)).status).toBe(200);
  });

  it('stay when the only server is stopped: nobody erases them all', async () => {
    const cluster = await TestCluster.start(STRATEGIES);
    cluster.api?.kill('SIGTERM');
    await cluster.run(1_000);
    expect(cluster.output.at(-1)).toBe('kube-apiserver: exit {"code":0}');
    cluster.startApi();
    await cluster.run(5_000);
    const endpoints = valueOf(await cluster.call('GET', ENDPOINTS)) as Endpoints;
    expect(endpoints.subsets?.[0]?.addresses).toEqual([{ ip: '10.0.0.10' }]);
  });
});
