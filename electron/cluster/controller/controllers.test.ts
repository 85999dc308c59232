import { describe, expect, it } from 'vitest';
import type { ConfigMap, Namespace, Node, Pod, ReplicaSet, ServiceAccount } from '../api/types.ts';
import { resourceType } from '../client/resource-type.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { FakeApiClient } from '../client/testing/fake-api-client.testing.ts';
import { FlagError } from '../client/component-flags.ts';
import { controllerDescriptors } from './controller-manager/controller-descriptors.ts';
import { chooseControllers, isEnabled } from './controller-manager/enabled-controllers.ts';
import { readControllerManagerFlags } from './controller-manager/flags.ts';
import { GarbageCollector } from './garbage-collector/garbage-collector.ts';
import { NamespaceController } from './namespace/namespace-controller.ts';
import { PodGcController } from './pod-gc/pod-gc-controller.ts';
import { RootCaPublisher } from './root-ca-publisher/root-ca-publisher.ts';
import { ServiceAccountController } from './service-account/service-account-controller.ts';
import { ControllerHarness } from './testing/controller-harness.testing.ts';
import { serveDiscovery } from './testing/serve-discovery.testing.ts';

const owner = (
  kind: string,
  apiVersion: string,
  object: { metadata?: { name?: string; uid?: string } },
  block = true,
) => ({
  apiVersion,
  kind,
  name: object.metadata?.name ?? '',
  uid: object.metadata?.uid ?? '',
  controller: true,
  blockOwnerDeletion: block,
});

describe('GarbageCollector', () => {
  async function setup(seed: (api: FakeApiClient) => void) {
    const harness = new ControllerHarness();
    serveDiscovery(harness.api);
    seed(harness.api);
    await harness.start(new GarbageCollector(harness.c));
    await harness.run(1000);
    return harness;
  }
  const family = (api: FakeApiClient) => {
    const rs = api.seed<ReplicaSet>(resourceTypes.replicaSets, {
      metadata: { name: 'web', namespace: 'default' },
    } as ReplicaSet);
    for (const name of ['a', 'b']) {
      api.seed<Pod>(resourceTypes.pods, {
        metadata: { name, namespace: 'default', ownerReferences: [owner('ReplicaSet', 'apps/v1', rs)] },
      });
    }
    return rs;
  };

  it('watches what a definition brings, and no longer once it is gone', async () => {
    const boats = resourceType('sea.example.com', 'v1', 'boats', 'Boat');
    const h = await setup((api) => {
      serveDiscovery(api, [boats]);
      const rs = family(api);
      api.seed(boats, {
        metadata: {
          name: 'argo',
          namespace: 'default',
          ownerReferences: [owner('ReplicaSet', 'apps/v1', rs)],
        },
      });
    });
    const watches = (): number =>
      h.api.actions.filter(({ verb, resource }) => verb === 'list' && resource.startsWith('boats')).length;
    expect(watches()).toBe(1);
    h.api.remove(resourceTypes.replicaSets, 'default/web');
    await h.run(1000);
    expect(h.api.find(boats, 'default/argo')).toBeUndefined();
    serveDiscovery(h.api);
    await h.run(31_000);
    h.api.expireWatches(boats);
    await h.run(60_000);
    expect(watches()).toBe(1);
  });

  it('deletes the dependents of what is gone, and leaves the others', async () => {
    const h = await setup((api) => {
      family(api);
      api.seed<Pod>(resourceTypes.pods, { metadata: { name: 'free', namespace: 'default' } });
    });
    expect(h.api.actions.filter(({ verb }) => verb === 'delete')).toEqual([]);
    h.api.remove(resourceTypes.replicaSets, 'default/web');
    await h.run(1000);
    expect(h.pods().map(({ metadata }) => metadata?.name)).toEqual(['free']);
    expect(h.decisions('pods default/a')).toEqual(['delete']);
  });

  it('deletes what refers to an owner that never was', async () => {
    const h = await setup((api) => {
      api.seed<Pod>(resourceTypes.pods, {
        metadata: {
          name: 'lost',
          namespace: 'default',
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'never', uid: 'nobody' }],
        },
      });
    });
    expect(h.pods()).toEqual([]);
  });

  it('drops only the absent one of several owners', async () => {
    const h = await setup((api) => {
      const rs = family(api);
      const gone = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'nobody' };
      api.seed<Pod>(resourceTypes.pods, {
        metadata: {
          name: 'two',
          namespace: 'default',
          ownerReferences: [gone, owner('ReplicaSet', 'apps/v1', rs)],
        },
      });
    });
    const two = h.api.find<Pod>(resourceTypes.pods, 'default/two');
    expect(two?.metadata?.ownerReferences?.map(({ name }) => name)).toEqual(['web']);
  });

  it('in the foreground: dependents first, then the owner', async () => {
    const h = await setup((api) => {
      family(api);
      api.change<Pod>(resourceTypes.pods, 'default/a', (pod) => ({
        ...pod,
        metadata: { ...pod.metadata, finalizers: ['example.com/hold'] },
      }));
    });
    await h.test.do(() =>
      h.api.resource(resourceTypes.replicaSets, 'default').delete('web', { propagationPolicy: 'Foreground' }),
    );
    await h.run(1000);
    expect(h.pods().map(({ metadata }) => metadata?.name)).toEqual(['a']);
    expect(h.api.find(resourceTypes.replicaSets, 'default/web')?.metadata?.finalizers).toEqual([
      'foregroundDeletion',
    ]);
    h.api.remove(resourceTypes.pods, 'default/a');
    await h.run(1000);
    expect(h.api.find(resourceTypes.replicaSets, 'default/web')).toBeUndefined();
  });

  it('orphans', async () => {
    const h = await setup(family);
    await h.test.do(() =>
      h.api.resource(resourceTypes.replicaSets, 'default').delete('web', { propagationPolicy: 'Orphan' }),
    );
    await h.run(1000);
    expect(h.api.find(resourceTypes.replicaSets, 'default/web')).toBeUndefined();
    expect(h.pods().map(({ metadata }) => metadata?.ownerReferences)).toEqual([[], []]);
  });
});

describe('NamespaceController', () => {
  async function setup() {
    const h = new ControllerHarness();
    serveDiscovery(h.api);
    const namespace = {
      metadata: { name: 'gone' },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    } as Namespace;
    h.api.seed(resourceTypes.namespaces, namespace);
    h.api.onRequest('PUT', '/api/v1/namespaces/gone/finalize', () =>
      h.api.remove(resourceTypes.namespaces, 'gone'),
    );
    h.api.seed<ConfigMap>(resourceTypes.configMaps, { metadata: { name: 'c', namespace: 'gone' } });
    h.api.seed<Pod>(resourceTypes.pods, {
      metadata: { name: 'p', namespace: 'gone', finalizers: ['example.com/hold'] },
    });
    await h.start(new NamespaceController(h.c));
    const remove = (): void => {
      h.api.change<Namespace>(resourceTypes.namespaces, 'gone', (ns) => ({
        ...ns,
        metadata: { ...ns.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
      }));
    };
    return { h, remove };
  }

  it('deletes Pods, then the rest, and tells what is in the way', async () => {
    const { h, remove } = await setup();
    remove();
    await h.run(5500);
    const namespace = h.api.find<Namespace>(resourceTypes.namespaces, 'gone');
    expect(namespace?.status?.phase).toBe('Terminating');
    expect(
      namespace?.status?.conditions?.map((c) => `${c.type} ${c.status} ${c.reason}: ${c.message}`),
    ).toEqual([
      'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: pods. has 1 resource instances',
      'NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ]);
    expect(h.api.find(resourceTypes.configMaps, 'gone/c')).toBeDefined();
    h.api.remove(resourceTypes.pods, 'gone/p');
    await h.run(10_000);
    expect(h.api.find(resourceTypes.configMaps, 'gone/c')).toBeUndefined();
    expect(h.api.find(resourceTypes.namespaces, 'gone')).toBeUndefined();
    expect(h.decisions('namespaces gone').at(-1)).toBe('finalize');
  });

  it('leaves living namespaces alone', async () => {
    const { h } = await setup();
    await h.run(60_000);
    expect(h.api.find(resourceTypes.pods, 'gone/p')).toBeDefined();
    expect(h.decisions('namespaces gone')).toEqual([]);
  });
});

describe('small controllers', () => {
  it('make the default ServiceAccount and the CA ConfigMap, and make them again', async () => {
    const h = new ControllerHarness();
    h.api.seed<Namespace>(resourceTypes.namespaces, { metadata: { name: 'default' } });
    h.api.seed<Namespace>(resourceTypes.namespaces, {
      metadata: { name: 'going', deletionTimestamp: '2026-01-01T00:00:00Z' },
    } as Namespace);
    await h.start(new ServiceAccountController(h.c), new RootCaPublisher(h.c, 'PEM'));
    await h.run();
    expect(
      h.api
        .all<ServiceAccount>(resourceTypes.serviceAccounts)
        .map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`),
    ).toEqual(['default/default']);
    const map = (): ConfigMap | undefined =>
      h.api.find<ConfigMap>(resourceTypes.configMaps, 'default/kube-root-ca.crt');
    expect(map()?.data).toEqual({ 'ca.crt': 'PEM' });
    h.api.change<ConfigMap>(resourceTypes.configMaps, 'default/kube-root-ca.crt', (old) => ({
      ...old,
      data: { 'ca.crt': 'no' },
    }));
    h.api.remove(resourceTypes.serviceAccounts, 'default/default');
    await h.run();
    expect(map()?.data).toEqual({ 'ca.crt': 'PEM' });
    expect(h.api.all(resourceTypes.serviceAccounts)).toHaveLength(1);
  });

  it('remove Pods of nodes that are gone', async () => {
    const h = new ControllerHarness();
    h.api.seed<Node>(resourceTypes.nodes, { metadata: { name: 'here' } });
    for (const node of ['here', 'gone'])
      h.api.seed<Pod>(resourceTypes.pods, {
        metadata: { name: `on-${node}`, namespace: 'default' },
        spec: { nodeName: node, containers: [] },
      });
    await h.start(new PodGcController(h.c));
    await h.run(45_000);
    expect(h.pods()).toHaveLength(2);
    await h.run(40_000);
    expect(h.pods().map(({ metadata }) => metadata?.name)).toEqual(['on-here']);
  });
});

describe('flags', () => {
  it('are read as kubeadm writes them', () => {
    const config = readControllerManagerFlags([
      '--controllers=*,-deployment,bootstrapsigner',
      '--leader-elect=true',
      '--node-monitor-grace-period=40s',
      '--use-service-account-credentials=true',
    ]);
    expect(config).toMatchObject({
      qps: 20,
      burst: 30,
      leaderElect: true,
      nodeLifecycle: { gracePeriods: { monitor: 40_000, startup: 60_000 } },
    });
    const choices = chooseControllers(config.controllers, controllerDescriptors);
    expect(choices.get('deployment-controller')).toBe('excluded');
    expect(choices.get('replicaset-controller')).toBe('all');
    expect(choices.get('bootstrap-signer-controller')).toBe('named');
    expect(choices.get('token-cleaner-controller')).toBe('off-by-default');
    expect(chooseControllers(['job'], controllerDescriptors).get('cronjob-controller')).toBe('not-listed');
  });

  it.each([
    [['--nope=1'], 'unknown flag: --nope'],
    [
      ['--leader-elect=maybe'],
      'invalid argument "maybe" for "--leader-elect" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      ['--node-monitor-period=5x'],
      'invalid argument "5x" for "--node-monitor-period" flag: time: invalid duration "5x"',
    ],
    [['--kubeconfig'], 'flag needs an argument: --kubeconfig'],
    [['--leader-elect-lease-duration=5s'], 'leaseDuration must be greater than renewDeadline'],
  ])('refuses %j', (argv, message) => {
    expect(() => readControllerManagerFlags(argv)).toThrow(new FlagError(message));
  });

  it('of several entries for a controller the first counts, by name or by alias', () => {
    const enabled = (...entries: string[]) =>
      [...chooseControllers(entries, controllerDescriptors)].flatMap(([name, choice]) =>
        isEnabled(choice) ? [name] : [],
      );
    expect(enabled('job', 'cronjob-controller')).toEqual(['job-controller', 'cronjob-controller']);
    expect(enabled('job', '-job-controller')).toEqual(['job-controller']);
    expect(enabled('-job', 'job')).toEqual([]);
    expect(enabled('*').length).toBe(controllerDescriptors.length - 2);
  });

  it('refuses unknown controllers', () => {
    expect(() => chooseControllers(['*', '-nope'], controllerDescriptors)).toThrow(
      '"nope" is not in the list of known controllers',
    );
  });
});
