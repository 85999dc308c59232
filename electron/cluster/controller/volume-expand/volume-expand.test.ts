import { describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { VolumeExpandController } from './volume-expand-controller.ts';

const { persistentVolumeClaims: claims, persistentVolumes: volumes } = resourceTypes;

describe('VolumeExpandController', () => {
  it('says that somebody else must make it grow, each time it is asked', async () => {
    const harness = new ControllerHarness();
    const { api } = harness;
    api.seed(claims, {
      metadata: { name: 'data', namespace: 'default', uid: 'u' },
      spec: { volumeName: 'v', resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Bound', capacity: { storage: '1Gi' } },
    } as unknown as PersistentVolumeClaim);
    api.seed(volumes, { metadata: { name: 'v' }, spec: { claimRef: { uid: 'u' } } } as PersistentVolume);
    await harness.start(new VolumeExpandController(harness.c));
    const ask = async (storage: string): Promise<void> => {
      api.change<PersistentVolumeClaim>(
        claims,
        'default/data',
        (old) =>
          ({ ...old, spec: { ...old.spec, resources: { requests: { storage } } } }) as PersistentVolumeClaim,
      );
      await harness.run();
    };
    await ask('1Gi');
    expect(api.events()).toEqual([]);
    await ask('2Gi');
    expect(api.events()).toEqual([
      'Normal ExternalExpanding waiting for an external controller to expand this PVC',
    ]);
    expect(harness.decisions('persistentvolumeclaims default/data')).toEqual(['wait']);
  });
});
