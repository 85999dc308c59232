import { describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { PvProtectionController } from './pv-protection-controller.ts';
import { PvcProtectionController } from './pvc-protection-controller.ts';

const { persistentVolumeClaims: claims, persistentVolumes: volumes, pods } = resourceTypes;

describe('PvcProtectionController', () => {
  it('lets a deleted claim go when the last Pod that uses it ends', async () => {
    const harness = new ControllerHarness();
    const { api } = harness;
    const controller = new PvcProtectionController(harness.c);
    api.seed(claims, {
      metadata: { name: 'data', namespace: 'default', finalizers: ['kubernetes.io/pvc-protection'] },
    } as PersistentVolumeClaim);
    api.seed(pods, {
      metadata: { name: 'a', namespace: 'default' },
      spec: { containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
    } as unknown as Pod);
    await harness.start(controller);
    await harness.test.do(() => api.resource(claims, 'default').delete('data'));
    await harness.run();
    expect(harness.decisions('persistentvolumeclaims default/data')).toEqual(['keep']);
    api.change<Pod>(pods, 'default/a', (pod) => ({ ...pod, status: { phase: 'Succeeded' } }) as Pod);
    await harness.run();
    expect(api.find(claims, 'default/data')).toBeUndefined();
  });
});

describe('PvProtectionController', () => {
  it('keeps a deleted volume while it is bound', async () => {
    const harness = new ControllerHarness();
    const { api } = harness;
    const controller = new PvProtectionController(harness.c);
    api.seed(volumes, {
      metadata: { name: 'v', finalizers: ['kubernetes.io/pv-protection'] },
      status: { phase: 'Bound' },
    } as PersistentVolume);
    await harness.start(controller);
    await harness.test.do(() => api.resource(volumes).delete('v'));
    await harness.run();
    expect(api.find(volumes, 'v')).toBeDefined();
    api.change<PersistentVolume>(
      volumes,
      'v',
      (volume) => ({ ...volume, status: { phase: 'Released' } }) as PersistentVolume,
    );
    await harness.run();
    expect(api.find(volumes, 'v')).toBeUndefined();
  });
});
