import { compareStorage, capacityOf } from '../api/helpers/persistent-volumes.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../api/types.ts';
import { parseQuantity } from '../apimachinery/quantity.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { CsiClient } from '../csi/csi-client.ts';
import { CsiError } from '../csi/interface.ts';

/** Grows the file system of a volume that was made larger, and says so on its claim. Models operationexecutor's node expansion (v1.34). */
export class VolumeGrowth {
  readonly #client: ApiClient;
  readonly #recorder: EventRecorder;
  readonly #node: string;

  constructor(client: ApiClient, recorder: EventRecorder, node: string) {
    this.#client = client;
    this.#recorder = recorder;
    this.#node = node;
  }

  async expand(
    pod: Pod,
    claim: PersistentVolumeClaim,
    volume: PersistentVolume,
    client: CsiClient,
    volumePath: string,
  ): Promise<void> {
    const have = (claim.status?.capacity?.['storage'] as string | undefined) ?? '0';
    const size = capacityOf(volume);
    if (compareStorage(size, have) <= 0) return;
    const name = volume.metadata?.name ?? '';
    const said = [
      { apiVersion: 'v1', kind: 'Pod', object: pod },
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', object: claim },
    ];
    try {
      await client.call('NodeExpandVolume', {
        volumeId: volume.spec?.csi?.volumeHandle ?? '',
        volumePath,
        requiredBytes: Number(parseQuantity(size).nanos / 1_000_000_000n),
      });
      const status = {
        capacity: { storage: size },
        conditions: null,
        allocatedResources: { storage: size },
        allocatedResourceStatuses: null,
      };
      await this.#client
        .resource<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims, claim.metadata?.namespace)
        .patch(claim.metadata?.name ?? '', 'application/merge-patch+json', { status }, 'status');
    } catch (error) {
      if (!(error instanceof CsiError)) throw error;
      const message = `MountVolume.NodeExpandVolume failed for volume ${JSON.stringify(name)} : ${error.message}`;
      for (const target of said) this.#recorder.event(target, 'Warning', 'VolumeResizeFailed', message);
      return;
    }
    const message = `MountVolume.NodeExpandVolume succeeded for volume ${JSON.stringify(name)} ${this.#node}`;
    for (const target of said) this.#recorder.event(target, 'Normal', 'FileSystemResizeSuccessful', message);
  }
}
