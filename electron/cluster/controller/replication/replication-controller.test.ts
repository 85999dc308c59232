import { describe, expect, it } from 'vitest';
import type { ReplicationController } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { forbidden } from '../../client/testing/fake-api-client.testing.ts';
import { ReplicaSetController } from '../replicaset/replicaset-controller.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { replicationControllerKind } from './replication-controller-kind.ts';

function setup(replicas: number) {
  const harness = new ControllerHarness();
  const { api } = harness;
  const template = {
    metadata: { labels: { app: 'rc' } },
    spec: { containers: [{ name: 'main', image: 'nginx' }] },
  };
  api.seed<ReplicationController>(resourceTypes.replicationControllers, {
    metadata: { name: 'rc', namespace: 'default', generation: 1 },
    spec: { replicas, selector: { app: 'rc' }, template },
  } as ReplicationController);
  const get = () => api.find<ReplicationController>(resourceTypes.replicationControllers, 'default/rc');
  const controller = new ReplicaSetController(harness.c, 5, replicationControllerKind);
  return { harness, api, get, start: () => harness.start(controller) };
}

describe('ReplicationController', () => {
  it('gets its Pods by the way of a ReplicaSet, under its own name', async () => {
    const s = setup(2);
    await s.start();
    await s.harness.run();
    s.harness.ready();
    await s.harness.run();
    expect(s.harness.pods().map(({ metadata }) => metadata?.ownerReferences)).toMatchObject([
      [{ apiVersion: 'v1', kind: 'ReplicationController', name: 'rc', controller: true }],
      [{ apiVersion: 'v1', kind: 'ReplicationController', name: 'rc', controller: true }],
    ]);
    expect(s.get()?.status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      observedGeneration: 1,
    });
    expect(s.get()?.spec?.selector).toEqual({ app: 'rc' });
    expect(s.api.events()[0]).toMatch(/^Normal SuccessfulCreate Created pod: rc-/);
    expect(s.harness.decisions('replicationcontrollers default/rc')[0]).toBe('create-pods');
  });

  it('says in its status why it has none', async () => {
    const s = setup(1);
    s.api.reactors.push(({ verb, resource }) =>
      verb === 'create' && resource === 'pods' ? forbidden('pods', 'rc-x', 'exceeded quota: q') : undefined,
    );
    await s.start();
    await s.harness.run(100);
    expect(s.get()?.status?.conditions).toMatchObject([
      {
        type: 'ReplicaFailure',
        reason: 'FailedCreate',
        message: 'pods "rc-x" is forbidden: exceeded quota: q',
      },
    ]);
  });
});
