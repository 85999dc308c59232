import { describe, expect, it } from 'vitest';
import type { Endpoints, EndpointSlice, Node, Pod, Service } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { forbidden } from '../../client/testing/fake-api-client.testing.ts';
import { EndpointSliceMirroringController } from '../endpointslice-mirroring/endpointslice-mirroring-controller.ts';
import { EndpointSliceController } from '../endpointslice/endpointslice-controller.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { EndpointsController } from './endpoints-controller.ts';

function service(more: Partial<Service['spec']> = {}): Service {
  const spec = {
    selector: { app: 'web' },
    clusterIP: '10.96.0.9',
    ports: [{ port: 80, targetPort: 'http' }],
  };
  return {
    metadata: { name: 'web', namespace: 'default', labels: { a: 'b' } },
    spec: { ...spec, ...more },
  } as Service;
}

function pod(name: string, ip: string, ready: boolean, more: object = {}): Pod {
  const ports = [
    { name: 'http', containerPort: 8123 },
    { name: 'metrics', containerPort: 9000 },
  ];
  return {
    metadata: { name, namespace: 'default', labels: { app: 'web' } },
    spec: { nodeName: 'worker-1', containers: [{ name: 'main', image: 'nginx', ports }], ...more },
    status: {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' },
      ],
    },
  } as Pod;
}

function setup() {
  const harness = new ControllerHarness();
  const { api, c } = harness;
  const node = { metadata: { name: 'worker-1', labels: { 'topology.kubernetes.io/zone': 'AD-1' } } } as Node;
  api.seed<Node>(resourceTypes.nodes, node);
  return {
    harness,
    api,
    endpoints: () => api.find<Endpoints>(resourceTypes.endpoints, 'default/web'),
    slices: () => api.all<EndpointSlice>(resourceTypes.endpointSlices),
    start: () =>
      harness.start(
        new EndpointsController(c),
        new EndpointSliceController(c),
        new EndpointSliceMirroringController(c),
      ),
    /** Addresses of all slices with what their conditions say. */
    inSlices: () =>
      api
        .all<EndpointSlice>(resourceTypes.endpointSlices)
        .flatMap(({ endpoints }) => endpoints ?? [])
        .map(({ addresses, conditions }) => `${addresses[0]} ${JSON.stringify(conditions)}`)
        .sort(),
  };
}

describe('Endpoints and EndpointSlices', () => {
  it('lists ready and other addresses with the Pod’s own port, and follows its readiness', async () => {
    const s = setup();
    s.api.seed(resourceTypes.services, service());
    s.api.seed(resourceTypes.pods, pod('p1', '10.0.0.10', true));
    s.api.seed(resourceTypes.pods, pod('p2', '10.0.0.9', true));
    s.api.seed(resourceTypes.pods, pod('p3', '10.0.0.2', false));
    await s.start();
    await s.harness.run();
    const ref = { kind: 'Pod', namespace: 'default', name: 'p2', uid: expect.any(String) as string };
    expect(s.endpoints()?.subsets).toEqual([
      {
        addresses: [
          { ip: '10.0.0.9', nodeName: 'worker-1', targetRef: ref },
          { ip: '10.0.0.10', nodeName: 'worker-1', targetRef: { ...ref, name: 'p1' } },
        ],
        notReadyAddresses: [{ ip: '10.0.0.2', nodeName: 'worker-1', targetRef: { ...ref, name: 'p3' } }],
        ports: [{ port: 8123, protocol: 'TCP' }],
      },
    ]);
    expect(s.endpoints()?.metadata?.labels).toEqual({
      a: 'b',
      'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    });
    expect(s.slices()).toHaveLength(1);
    expect(s.slices()[0]).toMatchObject({
      addressType: 'IPv4',
      metadata: {
        generateName: 'web-',
        labels: {
          a: 'b',
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 'web', controller: true }],
      },
      ports: [{ name: '', port: 8123, protocol: 'TCP' }],
    });
    expect(s.slices()[0]?.endpoints?.[0]).toMatchObject({ nodeName: 'worker-1', zone: 'AD-1' });
    expect(s.inSlices()).toEqual([
      '10.0.0.10 {"ready":true,"serving":true,"terminating":false}',
      '10.0.0.2 {"ready":false,"serving":false,"terminating":false}',
      '10.0.0.9 {"ready":true,"serving":true,"terminating":false}',
    ]);
    s.harness.ready();
    await s.harness.run();
    expect(s.endpoints()?.subsets?.[0]?.notReadyAddresses).toBeUndefined();
    expect(s.endpoints()?.subsets?.[0]?.addresses).toHaveLength(3);
    const writes = s.api.actions.length;
    await s.harness.run(600_000);
    expect(s.api.actions).toHaveLength(writes);
  });

  it('gives ports of different Pods subsets and slices of their own', async () => {
    const s = setup();
    s.api.seed(resourceTypes.services, service());
    s.api.seed(resourceTypes.pods, pod('p1', '10.0.0.1', true));
    const ports = [{ name: 'http', containerPort: 7000 }];
    const containers = [{ name: 'main', image: 'nginx', ports }];
    s.api.seed(resourceTypes.pods, pod('p2', '10.0.0.2', true, { containers }));
    s.api.seed(
      resourceTypes.pods,
      pod('none', '10.0.0.3', true, { containers: [{ name: 'main', image: 'x' }] }),
    );
    await s.start();
    await s.harness.run();
    const said = s
      .endpoints()
      ?.subsets?.map(({ addresses, ports: of }) => [addresses?.[0]?.ip, of?.[0]?.port]);
    expect(said).toEqual([
      ['10.0.0.1', 8123],
      ['10.0.0.2', 7000],
    ]);
    expect(s.slices().map(({ ports: of }) => of?.map(({ port }) => port))).toEqual([[8123], [7000], []]);
  });

  it('serves those not ready where the Service wants it, and headless ones by name', async () => {
    const s = setup();
    s.api.seed(
      resourceTypes.services,
      service({ clusterIP: 'None', ports: [], publishNotReadyAddresses: true }),
    );
    s.api.seed(resourceTypes.pods, pod('p1', '10.0.0.1', false, { hostname: 'p1', subdomain: 'web' }));
    await s.start();
    await s.harness.run();
    expect(s.endpoints()?.metadata?.labels?.['service.kubernetes.io/headless']).toBe('');
    expect(s.endpoints()?.subsets).toMatchObject([{ addresses: [{ ip: '10.0.0.1', hostname: 'p1' }] }]);
    expect(s.inSlices()).toEqual(['10.0.0.1 {"ready":true,"serving":false,"terminating":false}']);
    expect(s.slices()[0]?.endpoints?.[0]?.hostname).toBe('p1');
  });

  it('fills slices of a hundred, keeps endpoints where they are and drops empty ones', async () => {
    const s = setup();
    s.api.seed(resourceTypes.services, service());
    for (let index = 0; index < 250; index += 1)
      s.api.seed(resourceTypes.pods, pod(`p${index}`, `10.0.${index >> 7}.${index & 127}`, true));
    await s.start();
    await s.harness.run();
    const sizes = (): (number | undefined)[] => s.slices().map(({ endpoints }) => endpoints?.length);
    expect(sizes()).toEqual([100, 100, 50]);
    for (let index = 0; index < 100; index += 1) s.api.remove(resourceTypes.pods, `default/p${index}`);
    await s.harness.run();
    expect(sizes()).toEqual([100, 50]);
    expect(s.endpoints()?.subsets?.[0]?.addresses).toHaveLength(150);
  });

  it('takes Endpoints away with the Service; slices are left to their owner’s collector', async () => {
    const s = setup();
    s.api.seed(resourceTypes.services, service());
    await s.start();
    await s.harness.run();
    expect(s.endpoints()?.subsets).toEqual([]);
    expect(s.slices()).toHaveLength(1);
    s.api.remove(resourceTypes.services, 'default/web');
    await s.harness.run();
    expect(s.endpoints()).toBeUndefined();
    expect(s.harness.decisions('services default/web')).toEqual([
      'create-endpoints',
      'write-endpointslices',
      'delete-endpoints',
    ]);
  });

  it('puts back what somebody took or changed', async () => {
    const s = setup();
    s.api.seed(resourceTypes.services, service());
    s.api.seed(resourceTypes.pods, pod('p1', '10.0.0.1', true));
    await s.start();
    await s.harness.run();
    s.api.remove(resourceTypes.endpoints, 'default/web');
    const name = s.slices()[0]?.metadata?.name as string;
    s.api.remove(resourceTypes.endpointSlices, `default/${name}`);
    await s.harness.run(5000);
    expect(s.endpoints()?.subsets).toHaveLength(1);
    expect(s.inSlices()).toEqual(['10.0.0.1 {"ready":true,"serving":true,"terminating":false}']);
  });

  it('says why Endpoints cannot be made, and tries again', async () => {
    const s = setup();
    let refuse = true;
    s.api.reactors.push(({ verb, resource }) =>
      refuse && verb === 'create' && resource === 'endpoints'
        ? forbidden('endpoints', 'web', 'no')
        : undefined,
    );
    s.api.seed(resourceTypes.services, service());
    await s.start();
    await s.harness.run(100);
    expect(s.endpoints()).toBeUndefined();
    expect(s.api.events()[0]).toBe(
      'Warning FailedToCreateEndpoint Failed to create endpoint default/web: endpoints "web" is forbidden: no',
    );
    refuse = false;
    await s.harness.run(10_000);
    expect(s.endpoints()).toBeDefined();
  });

  it('mirrors Endpoints kept by hand, and leaves alone what has a selector or does not want it', async () => {
    const s = setup();
    const spec = { ports: [{ port: 80 }] };
    for (const name of ['web', 'skipped'])
      s.api.seed<Service>(resourceTypes.services, {
        metadata: { name, namespace: 'default' },
        spec,
      } as Service);
    const subsets = [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80, protocol: 'TCP' }] }];
    const make = (name: string, labels: Record<string, string>): unknown =>
      s.api.seed<Endpoints>(resourceTypes.endpoints, {
        metadata: { name, namespace: 'default', labels },
        subsets,
      });
    make('web', { x: 'y' });
    make('skipped', { 'endpointslice.kubernetes.io/skip-mirror': 'true' });
    await s.start();
    await s.harness.run();
    expect(s.slices()).toHaveLength(1);
    expect(s.slices()[0]?.metadata).toMatchObject({
      labels: {
        x: 'y',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
      },
      ownerReferences: [{ kind: 'Endpoints', name: 'web' }],
    });
    s.api.change<Service>(resourceTypes.services, 'default/web', (old) => ({
      ...old,
      spec: { ...old.spec, selector: { app: 'web' } } as Service['spec'],
    }));
    await s.harness.run(3000);
    expect(
      s.slices().map(({ metadata }) => metadata?.labels?.['endpointslice.kubernetes.io/managed-by']),
    ).toEqual(['endpointslice-controller.k8s.io']);
  });
});
