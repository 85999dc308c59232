import { BOUND_BY_CONTROLLER, PROVISIONED_BY, sameMode } from '../../api/helpers/persistent-volumes.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts';
import { nameOf, uidOf } from '../../apimachinery/meta.ts';
import { isNotFound } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import type { Binding } from './interface.ts';

/** One volume's phase, and what becomes of it when its claim has gone. Models syncVolume of pkg/controller/volume/persistentvolume (v1.34). */
export class VolumeSync {
  readonly #b: Binding;

  constructor(binding: Binding) {
    this.#b = binding;
  }

  /** @throws StatusError */
  async sync(volume: PersistentVolume): Promise<void> {
    const { claims, writes } = this.#b;
    const { claimRef } = volume.spec ?? {};
    // A person may promise a volume to a claim by name; it is bound once the claim is there.
    if ((claimRef?.uid ?? '') === '') return void (await writes.volumePhase(volume, 'Available'));
    const key = `${claimRef?.namespace ?? ''}/${claimRef?.name ?? ''}`;
    const found = claims.get(key);
    const claim = found !== undefined && uidOf(found) === claimRef?.uid ? found : undefined;
    if (claim === undefined) return this.#release(volume);
    const volumeName = claim.spec?.volumeName ?? '';
    if (volumeName === nameOf(volume)) return void (await writes.volumePhase(volume, 'Bound'));
    if (volumeName === '') {
      if (sameMode(claim, volume)) this.#b.enqueueClaim(objectKey(claim));
      else this.#sayOtherMode(volume, claim);
      return;
    }
    // The claim has another volume.
    if (
      volume.metadata?.annotations?.[PROVISIONED_BY] !== undefined &&
      volume.spec?.persistentVolumeReclaimPolicy === 'Delete'
    )
      return this.#release(volume);
    this.#decide(volume, 'unbind', `claim ${key} is bound to ${volumeName}`);
    await writes.unbind(volume);
  }

  async #release(volume: PersistentVolume): Promise<void> {
    const phase = volume.status?.phase;
    let released = volume;
    if (phase !== 'Released' && phase !== 'Failed') {
      this.#decide(volume, 'release', 'its claim has gone');
      released = await this.#b.writes.volumePhase(volume, 'Released');
    }
    const policy = released.spec?.persistentVolumeReclaimPolicy ?? 'Retain';
    switch (policy) {
      case 'Retain':
        return;
      case 'Delete':
        return this.#delete(released);
      case 'Recycle':
        // Deprecated upstream. Its scrubbing Pods are not modelled, so the volume ends as one that nothing can scrub.
        return this.#fail(released, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!');
      default:
        return this.#fail(released, 'VolumeUnknownReclaimPolicy', 'Volume has unrecognized reclaim policy');
    }
  }

  /** What an external provisioner made it deletes itself; of the others only a hostPath below /tmp can be deleted from here. */
  async #delete(volume: PersistentVolume): Promise<void> {
    const provisioner = volume.metadata?.annotations?.[PROVISIONED_BY] ?? '';
    if (provisioner !== '' && !provisioner.startsWith('kubernetes.io/')) return;
    const path = volume.spec?.hostPath?.path;
    if (path === undefined) {
      const matched = volume.spec?.local !== undefined || volume.spec?.nfs !== undefined;
      const why = matched ? 'no deletable volume plugin matched' : 'no volume plugin matched';
      return this.#fail(
        volume,
        'VolumeFailedDelete',
        `error getting deleter volume plugin for volume ${JSON.stringify(nameOf(volume))}: ${why}`,
      );
    }
    if (!/^\/tmp\/.+/.test(path))
      return this.#fail(
        volume,
        'VolumeFailedDelete',
        `host_path deleter only supports /tmp/.+ but received provided ${path}`,
      );
    // As upstream, the folder of the machine on which kube-controller-manager runs.
    if (this.#b.files?.exists(path) === true) this.#b.files.remove(path);
    this.#decide(volume, 'delete', `reclaim policy Delete, ${path} removed`);
    try {
      await this.#b.writes.deleteVolume(volume);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #fail(volume: PersistentVolume, reason: string, message: string): Promise<void> {
    if (volume.status?.phase === 'Failed') return;
    const failed = await this.#b.writes.volumePhase(volume, 'Failed', message);
    this.#b.say(failed, 'Warning', reason, message);
  }

  #sayOtherMode(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    const text = `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${JSON.stringify(nameOf(claim))} due to incompatible volumeMode.`;
    this.#b.say(volume, 'Warning', 'VolumeMismatch', text);
    this.#b.say(
      claim,
      'Warning',
      'VolumeMismatch',
      `Cannot bind PersistentVolume ${JSON.stringify(nameOf(volume))} to requested PersistentVolumeClaim ${JSON.stringify(nameOf(claim))} due to incompatible volumeMode.`,
    );
  }

  #decide(volume: PersistentVolume, action: string, observed: string): void {
    const desired =
      volume.metadata?.annotations?.[BOUND_BY_CONTROLLER] === undefined
        ? 'a volume as its claim is, bound by a person'
        : 'a volume as its claim is';
    this.#b.decide(`persistentvolumes ${nameOf(volume)}`, action, desired, observed);
  }
}
