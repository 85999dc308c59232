import { BIND_COMPLETED, BOUND_BY_CONTROLLER, isBoundToClaim } from '../../api/helpers/persistent-volumes.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts';
import { nameOf, namespaceOf, uidOf, withMeta } from '../../apimachinery/meta.ts';
import type { ApiClient } from '../../client/interface.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { LatestObjects } from './latest-objects.ts';

export type VolumePhase = 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed';
export type ClaimPhase = 'Pending' | 'Bound' | 'Lost';

function annotated<T extends PersistentVolume | PersistentVolumeClaim>(object: T, name: string): T {
  return withMeta(object, { annotations: { ...object.metadata?.annotations, [name]: 'yes' } });
}

/** What the controller writes, each only where it changes something. Models pv_controller.go's bind and update functions (v1.34). */
export class BindingWrites {
  readonly #client: ApiClient;
  readonly #claims: LatestObjects<PersistentVolumeClaim>;
  readonly #volumes: LatestObjects<PersistentVolume>;

  constructor(
    client: ApiClient,
    claims: LatestObjects<PersistentVolumeClaim>,
    volumes: LatestObjects<PersistentVolume>,
  ) {
    this.#client = client;
    this.#claims = claims;
    this.#volumes = volumes;
  }

  /** The volume's half first, then the claim's: whoever sees a bound claim can use it. @throws StatusError */
  async bind(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
    let boundVolume = await this.#bindVolume(volume, claim);
    boundVolume = await this.volumePhase(boundVolume, 'Bound');
    const boundClaim = await this.#bindClaim(claim, boundVolume);
    await this.claimPhase(boundClaim, 'Bound', boundVolume);
  }

  /** Frees a volume from a claim that is bound elsewhere; a claim that a person named stays named. @throws StatusError */
  async unbind(volume: PersistentVolume): Promise<void> {
    const { [BOUND_BY_CONTROLLER]: byController, ...annotations } = volume.metadata?.annotations ?? {};
    const { claimRef, ...spec } = volume.spec ?? {};
    const { uid: _, ...named } = claimRef ?? {};
    const freed: PersistentVolume =
      byController === undefined
        ? { ...volume, spec: { ...spec, claimRef: named } }
        : { ...withMeta(volume, { annotations }), spec };
    await this.volumePhase(await this.volume(freed), 'Available');
  }

  /** @throws StatusError */
  async volumePhase(volume: PersistentVolume, phase: VolumePhase, message = ''): Promise<PersistentVolume> {
    if (volume.status?.phase === phase) return volume;
    const { message: _, ...status } = volume.status ?? {};
    const next = { ...status, phase, ...(message === '' ? {} : { message }) };
    return this.#volumes.wrote(
      await this.#client
        .resource<PersistentVolume>(resourceTypes.persistentVolumes)
        .updateStatus({ ...volume, status: next } as PersistentVolume),
    );
  }

  /** Capacity is taken over once: what grows later is written by whoever makes it grow. @throws StatusError */
  async claimPhase(
    claim: PersistentVolumeClaim,
    phase: ClaimPhase,
    volume?: PersistentVolume,
  ): Promise<PersistentVolumeClaim> {
    const { accessModes: oldModes, capacity: oldCapacity, ...rest } = claim.status ?? {};
    const capacity =
      volume === undefined
        ? undefined
        : rest.phase === phase && oldCapacity !== undefined
          ? oldCapacity
          : { ...oldCapacity, storage: volume.spec?.capacity?.['storage'] ?? '0' };
    const accessModes = volume?.spec?.accessModes;
    if (
      rest.phase === phase &&
      JSON.stringify([accessModes, capacity]) === JSON.stringify([oldModes, oldCapacity])
    )
      return claim;
    const status = {
      ...rest,
      phase,
      ...(accessModes === undefined ? {} : { accessModes }),
      ...(capacity === undefined ? {} : { capacity }),
    };
    return this.#claims.wrote(
      await this.#client
        .resource<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims, namespaceOf(claim))
        .updateStatus({ ...claim, status } as PersistentVolumeClaim),
    );
  }

  /** @throws StatusError */
  async claim(claim: PersistentVolumeClaim): Promise<PersistentVolumeClaim> {
    return this.#claims.wrote(
      await this.#client
        .resource<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims, namespaceOf(claim))
        .update(claim),
    );
  }

  /** @throws StatusError */
  async volume(volume: PersistentVolume): Promise<PersistentVolume> {
    return this.#volumes.wrote(
      await this.#client.resource<PersistentVolume>(resourceTypes.persistentVolumes).update(volume),
    );
  }

  /** @throws StatusError */
  async deleteVolume(volume: PersistentVolume): Promise<void> {
    await this.#client.resource<PersistentVolume>(resourceTypes.persistentVolumes).delete(nameOf(volume));
  }

  async #bindVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<PersistentVolume> {
    const { claimRef } = volume.spec ?? {};
    if (isBoundToClaim(volume, claim) && claimRef?.uid === uidOf(claim)) return volume;
    const bound = isBoundToClaim(volume, claim) ? volume : annotated(volume, BOUND_BY_CONTROLLER);
    return this.volume({
      ...bound,
      spec: {
        ...bound.spec,
        claimRef: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          name: nameOf(claim),
          namespace: namespaceOf(claim),
          uid: uidOf(claim),
          ...(claim.metadata?.resourceVersion === undefined
            ? {}
            : { resourceVersion: claim.metadata.resourceVersion }),
        },
      },
    });
  }

  async #bindClaim(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<PersistentVolumeClaim> {
    let bound = claim;
    if (claim.spec?.volumeName !== nameOf(volume)) {
      bound = annotated(bound, BOUND_BY_CONTROLLER);
      bound = { ...bound, spec: { ...bound.spec, volumeName: nameOf(volume) } } as PersistentVolumeClaim;
    }
    if (bound.metadata?.annotations?.[BIND_COMPLETED] === undefined) bound = annotated(bound, BIND_COMPLETED);
    return bound === claim ? claim : this.claim(bound);
  }
}
