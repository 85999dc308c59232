import { beforeEach, describe, expect, it } from 'vitest';
import type { PersistentVolumeClaim, Pod } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { EphemeralVolumeController } from './ephemeral-volume-controller.ts';

const { persistentVolumeClaims: claims, pods } = resourceTypes;
const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };

let harness: ControllerHarness;

beforeEach(() => {
  harness = new ControllerHarness();
});

function seedPod(): Pod {
  const template = { metadata: { labels: { app: 'web' } }, spec };
  return harness.api.seed(pods, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { containers: [], volumes: [{ name: 'tmp', ephemeral: { volumeClaimTemplate: template } }] },
  } as unknown as Pod);
}

describe('EphemeralVolumeController', () => {
  it('makes a claim that goes with the Pod, and makes it again', async () => {
    await harness.start(new EphemeralVolumeController(harness.c));
    const pod = seedPod();
    await harness.run();
    const made = (): PersistentVolumeClaim | undefined => harness.api.find(claims, 'default/web-tmp');
    expect(made()).toMatchObject({
      metadata: {
        labels: { app: 'web' },
        ownerReferences: [
          {
            apiVersion: 'v1',
            kind: 'Pod',
            name: 'web',
            uid: pod.metadata?.uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec,
    });
    harness.api.remove(claims, 'default/web-tmp');
    await harness.run();
    expect(made()).toBeDefined();
  });

  it('takes no claim of somebody else', async () => {
    harness.api.seed(claims, {
      metadata: { name: 'web-tmp', namespace: 'default' },
      spec,
    } as PersistentVolumeClaim);
    await harness.start(new EphemeralVolumeController(harness.c));
    seedPod();
    await harness.run(1);
    await harness.run(3);
    expect(harness.api.events()).toEqual([
      'Warning FailedBinding ephemeral volume tmp: PVC default/web-tmp was not created for pod default/web (pod is not owner)',
    ]);
  });
});
