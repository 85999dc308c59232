import {
  BETA_STORAGE_PROVISIONER,
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
  capacityOf,
  claimClass,
  compareStorage,
  findMatchingVolume,
  hasModes,
  isBoundToClaim,
  requestedStorage,
  sameAttributes,
  sameMode,
  volumeClass,
} from '../../api/helpers/persistent-volumes.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types.ts';
import { nameOf, uidOf, withMeta } from '../../apimachinery/meta.ts';
import { objectKey } from '../../client/object-key.ts';
import type { Binding } from './interface.ts';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];
const NONE: ReadonlySet<string> = new Set();

/** Why a volume that a claim names is not good for it; undefined when it is. Models checkVolumeSatisfyClaim. */
function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (compareStorage(capacityOf(volume), requestedStorage(claim)) < 0) return 'requested PV is too small';
  if (volumeClass(volume) !== claimClass(claim)) return 'storageClassName does not match';
  if (!sameAttributes(claim, volume)) return 'volumeAttributesClassName does not match';
  if (!sameMode(claim, volume)) return 'incompatible volumeMode';
  return hasModes(claim, volume) ? undefined : 'incompatible accessMode';
}

/** The newest of the default classes. Models util.GetDefaultClass (v1.34). */
function defaultClass(classes: readonly StorageClass[]): StorageClass | undefined {
  const made = (one: StorageClass): string => one.metadata?.creationTimestamp ?? '';
  return classes
    .filter(({ metadata }) => DEFAULT_CLASS.some((name) => metadata?.annotations?.[name] === 'true'))
    .sort((a, b) => (made(a) === made(b) ? (nameOf(a) < nameOf(b) ? -1 : 1) : made(a) > made(b) ? -1 : 1))[0];
}

/** One claim's way to a volume. Models syncClaim of pkg/controller/volume/persistentvolume (v1.34). */
export class ClaimSync {
  readonly #b: Binding;

  constructor(binding: Binding) {
    this.#b = binding;
  }

  /** @throws StatusError, Error */
  async sync(claim: PersistentVolumeClaim): Promise<void> {
    if (claim.metadata?.annotations?.[BIND_COMPLETED] !== undefined) return this.#bound(claim);
    if ((claim.spec?.volumeName ?? '') !== '') return this.#named(claim);
    const delayed = this.#isDelayed(claim);
    const volume = findMatchingVolume(claim, this.#b.volumes.list(), undefined, NONE, delayed);
    if (volume !== undefined) {
      this.#decide(claim, 'bind', nameOf(volume));
      return this.#b.writes.bind(volume, claim);
    }
    if (await this.#assignDefaultClass(claim)) return;
    if (delayed && claim.metadata?.annotations?.[SELECTED_NODE] === undefined) this.#sayWaiting(claim);
    else if (claimClass(claim) !== '') return this.#provision(claim);
    else
      this.#b.say(
        claim,
        'Normal',
        'FailedBinding',
        'no persistent volumes available for this claim and no storage class is set',
      );
    this.#decide(claim, 'wait', 'none');
    await this.#b.writes.claimPhase(claim, 'Pending');
  }

  /** The claim names its volume. */
  async #named(claim: PersistentVolumeClaim): Promise<void> {
    const { volumes, writes } = this.#b;
    const name = claim.spec?.volumeName ?? '';
    const volume = volumes.get(name);
    if (volume !== undefined && isBoundToClaim(volume, claim)) {
      this.#decide(claim, 'bind', name);
      return writes.bind(volume, claim);
    }
    if (volume !== undefined && volume.spec?.claimRef === undefined) {
      const why = mismatch(volume, claim);
      if (why === undefined) {
        this.#decide(claim, 'bind', name);
        return writes.bind(volume, claim);
      }
      this.#b.say(
        claim,
        'Warning',
        'VolumeMismatch',
        `Cannot bind to requested volume ${JSON.stringify(name)}: ${why}`,
      );
    } else if (volume !== undefined) {
      if (claim.metadata?.annotations?.[BOUND_BY_CONTROLLER] !== undefined)
        throw new Error(
          `invalid binding of claim ${JSON.stringify(objectKey(claim))} to volume ${JSON.stringify(name)}: volume already claimed by ${JSON.stringify(`${volume.spec?.claimRef?.namespace ?? ''}/${volume.spec?.claimRef?.name ?? ''}`)}`,
        );
      this.#b.say(
        claim,
        'Warning',
        'FailedBinding',
        `volume ${JSON.stringify(name)} already bound to a different claim.`,
      );
    }
    this.#decide(claim, 'wait', volume === undefined ? `${name} is not there` : `${name} is not free`);
    await writes.claimPhase(claim, 'Pending');
  }

  /** The claim has been bound before: it stays so, or has lost its data. */
  async #bound(claim: PersistentVolumeClaim): Promise<void> {
    const { volumes, writes } = this.#b;
    const name = claim.spec?.volumeName ?? '';
    if (name === '')
      return this.#lost(
        claim,
        'ClaimLost',
        'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
      );
    const volume = volumes.get(name);
    if (volume === undefined)
      return this.#lost(
        claim,
        'ClaimLost',
        'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      );
    const { claimRef } = volume.spec ?? {};
    if (claimRef === undefined || claimRef.uid === uidOf(claim)) return writes.bind(volume, claim);
    return this.#lost(
      claim,
      'ClaimMisbound',
      'Two claims are bound to the same volume, this one is bound incorrectly',
    );
  }

  async #lost(claim: PersistentVolumeClaim, reason: string, message: string): Promise<void> {
    if (claim.status?.phase === 'Lost') return;
    this.#decide(claim, 'lose', message);
    const lost = await this.#b.writes.claimPhase(claim, 'Lost');
    this.#b.say(lost, 'Warning', reason, message);
  }

  /** @throws Error for a class that does not say when to bind */
  #isDelayed(claim: PersistentVolumeClaim): boolean {
    const name = claimClass(claim);
    const found = name === '' ? undefined : this.#b.classes.get(name);
    if (found === undefined) return false;
    if (found.volumeBindingMode === undefined)
      throw new Error(`VolumeBindingMode not set for StorageClass ${JSON.stringify(name)}`);
    return found.volumeBindingMode === 'WaitForFirstConsumer';
  }

  /** A claim that says nothing of a class gets the default one, also when that came after it. */
  async #assignDefaultClass(claim: PersistentVolumeClaim): Promise<boolean> {
    if (
      claim.spec?.storageClassName !== undefined ||
      claim.metadata?.annotations?.[CLASS_ANNOTATION] !== undefined
    )
      return false;
    const found = defaultClass(this.#b.classes.list());
    if (found === undefined) return false;
    this.#decide(claim, 'assign-class', nameOf(found));
    await this.#b.writes.claim({
      ...claim,
      spec: { ...claim.spec, storageClassName: nameOf(found) },
    } as PersistentVolumeClaim);
    return true;
  }

  #sayWaiting(claim: PersistentVolumeClaim): void {
    const pods = this.#b.podsOf(objectKey(claim)).map(nameOf);
    if (pods.length === 0)
      this.#b.say(
        claim,
        'Normal',
        'WaitForFirstConsumer',
        'waiting for first consumer to be created before binding',
      );
    else
      this.#b.say(
        claim,
        'Normal',
        'WaitForPodScheduled',
        `waiting for ${pods.length === 1 ? 'pod' : 'pods'} ${pods.join(',')} to be scheduled`,
      );
  }

  /** Says on the claim who is to make its volume. There are no provisioners in this process any more. */
  async #provision(claim: PersistentVolumeClaim): Promise<void> {
    const name = claimClass(claim);
    const found = this.#b.classes.get(name);
    const provisioner = found?.provisioner ?? '';
    if (found === undefined || provisioner.startsWith('kubernetes.io/')) {
      const why =
        found === undefined
          ? `storageclass.storage.k8s.io ${JSON.stringify(name)} not found`
          : `no volume plugin matched name: ${provisioner}`;
      this.#decide(claim, 'wait', why);
      this.#b.say(claim, 'Warning', 'ProvisioningFailed', why);
      return;
    }
    let named = claim;
    const annotations = claim.metadata?.annotations;
    if (annotations?.[STORAGE_PROVISIONER] !== provisioner) {
      this.#decide(claim, 'ask-provisioner', provisioner);
      named = await this.#b.writes.claim(
        withMeta(claim, {
          annotations: {
            ...annotations,
            [BETA_STORAGE_PROVISIONER]: provisioner,
            [STORAGE_PROVISIONER]: provisioner,
          },
        }),
      );
    }
    this.#b.say(
      named,
      'Normal',
      'ExternalProvisioning',
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
    );
  }

  #decide(claim: PersistentVolumeClaim, action: string, observed: string): void {
    const size = requestedStorage(claim);
    this.#b.decide(
      `persistentvolumeclaims ${objectKey(claim)}`,
      action,
      `a volume of ${size} of class ${JSON.stringify(claimClass(claim))}`,
      observed,
    );
  }
}
