import type { Clock } from '../../../../base/clock.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../api/types.ts';
import type { ApiClient } from '../../../client/interface.ts';
import { resourceTypes } from '../../../client/resource-types.ts';
import type { VolumeObjects } from '../../framework/cluster-objects.ts';
import type { PodVolumes } from './volume-binder.ts';
import { boundByController, isFullyBound, selectedNode } from './volume-binder.ts';

/** The volume as it will be when it is promised to the claim. Models volume.GetBindVolumeToClaim (v1.34). */
export function promised(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = claim.metadata ?? {};
  const wasPromised = volume.spec?.claimRef !== undefined;
  const annotations = { ...volume.metadata?.annotations, [boundByController]: 'yes' };
  return {
    ...volume,
    metadata: { ...volume.metadata, ...(wasPromised ? {} : { annotations }) },
    spec: {
      ...volume.spec,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion },
    },
  };
}

/** The claim as it will be when whoever provisions knows the node. */
export function withSelectedNode(claim: PersistentVolumeClaim, node: string): PersistentVolumeClaim {
  const annotations = { ...claim.metadata?.annotations, [selectedNode]: node };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}

const pollInterval = 1000;

/**
 * Writes what was decided and waits until the volume controller has bound all claims. Models BindPodVolumes (v1.34).
 * @throws Error when that is undone meanwhile, or takes longer than `timeout` milliseconds
 */
export async function bindPodVolumes(
  client: ApiClient,
  clock: Clock,
  objects: VolumeObjects,
  { bindings, provisions }: PodVolumes,
  node: string,
  timeout: number,
): Promise<void> {
  for (const { volume } of bindings)
    await client.resource<PersistentVolume>(resourceTypes.persistentVolumes).update(volume);
  const claims: PersistentVolumeClaim[] = bindings.map(({ claim }) => claim);
  for (const claim of provisions) {
    const { namespace = '' } = claim.metadata ?? {};
    await client
      .resource<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims, namespace)
      .update(claim);
  }
  const deadline = clock.now() + timeout;
  for (;;) {
    await clock.sleep(Math.min(pollInterval, Math.max(0, deadline - clock.now())));
    checkVolumes(objects, bindings);
    if (claims.every((claim) => bound(objects, claim)) && areProvisioned(objects, provisions, node)) return;
    if (clock.now() >= deadline) throw new Error('binding volumes: context deadline exceeded');
  }
}

function now(objects: VolumeObjects, { metadata }: PersistentVolumeClaim): PersistentVolumeClaim | undefined {
  return objects.claim(metadata?.namespace ?? '', metadata?.name ?? '');
}

function bound(objects: VolumeObjects, claim: PersistentVolumeClaim): boolean {
  const seen = now(objects, claim);
  if (seen === undefined) {
    const key = `${claim.metadata?.namespace ?? ''}/${claim.metadata?.name ?? ''}`;
    throw new Error(
      `binding volumes: failed to check binding: could not find v1.PersistentVolumeClaim ${JSON.stringify(key)}`,
    );
  }
  return isFullyBound(seen);
}

function checkVolumes(objects: VolumeObjects, bindings: PodVolumes['bindings']): void {
  for (const { volume } of bindings) {
    const name = volume.metadata?.name ?? '';
    const seen = objects.volume(name);
    const stale = seen?.metadata?.resourceVersion === volume.metadata?.resourceVersion;
    if (!stale && (seen?.spec?.claimRef?.uid ?? '') === '')
      throw new Error(`binding volumes: ClaimRef got reset for pv ${JSON.stringify(name)}`);
  }
}

function areProvisioned(
  objects: VolumeObjects,
  provisions: readonly PersistentVolumeClaim[],
  node: string,
): boolean {
  let all = true;
  for (const claim of provisions) {
    const name = JSON.stringify(claim.metadata?.name ?? '');
    const seen = now(objects, claim);
    if (seen === undefined)
      throw new Error(
        `binding volumes: failed to check provisioning pvc: could not find v1.PersistentVolumeClaim ${JSON.stringify(`${claim.metadata?.namespace ?? ''}/${claim.metadata?.name ?? ''}`)}`,
      );
    // Our own write has not been seen yet.
    const stale = seen.metadata?.resourceVersion === claim.metadata?.resourceVersion;
    if (!stale && seen.metadata?.annotations?.[selectedNode] !== node)
      // Whoever provisions takes the annotation away to say that it cannot there.
      throw new Error(`binding volumes: provisioning failed for PVC ${name}`);
    if (stale || !isFullyBound(seen)) all = false;
  }
  return all;
}
