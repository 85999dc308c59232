import { notForPod } from '../../../api/helpers/ephemeral-claims.ts';
import {
  claimClass,
  compareStorage,
  findMatchingVolume,
  isReachable,
  requestedStorage,
} from '../../../api/helpers/persistent-volumes.ts';
import { matchesLabels, selectorFromLabelSelector } from '../../../apimachinery/labels.ts';
import type {
  CSIStorageCapacity,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from '../../../api/types.ts';
import type { VolumeObjects } from '../../framework/cluster-objects.ts';
import { isDelayBinding, podClaims } from '../../framework/pod-claims.ts';
import { AssumeCache } from './assume-cache.ts';

export const selectedNode = 'volume.kubernetes.io/selected-node';
export const bindCompleted = 'pv.kubernetes.io/bind-completed';
export const boundByController = 'pv.kubernetes.io/bound-by-controller';
/** Class whose volumes are made by people. */
export const noProvisioner = 'kubernetes.io/no-provisioner';

/** The claims of a Pod by what is to be done for them. */
export interface PodVolumeClaims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Bound once the Pod has a node. */
  readonly delayed: readonly PersistentVolumeClaim[];
  /** To be bound by the volume controller before the Pod can go anywhere. */
  readonly immediate: readonly PersistentVolumeClaim[];
}

/** A volume that is there, for a claim. */
export interface StaticBinding {
  readonly volume: PersistentVolume;
  readonly claim: PersistentVolumeClaim;
}

/** What a Pod's claims would come to on one node. */
export interface PodVolumes {
  readonly bindings: readonly StaticBinding[];
  readonly provisions: readonly PersistentVolumeClaim[];
}

export function claimKey({ metadata }: PersistentVolumeClaim): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

export function isFullyBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return (spec?.volumeName ?? '') !== '' && metadata?.annotations?.[bindCompleted] !== undefined;
}

/** Finds volumes for claims, node by node. Models the reading half of volumebinding/binder.go (v1.34). */
export class VolumeBinder {
  readonly claims: AssumeCache<PersistentVolumeClaim>;
  readonly volumes: AssumeCache<PersistentVolume>;
  readonly #objects: VolumeObjects;

  constructor(objects: VolumeObjects) {
    this.#objects = objects;
    this.volumes = new AssumeCache((name) => objects.volume(name));
    this.claims = new AssumeCache((key) => {
      const slash = key.indexOf('/');
      return objects.claim(key.slice(0, slash), key.slice(slash + 1));
    });
  }

  /** @throws Error for a claim that is not there, of another Pod or of a class that does not say when to bind */
  podVolumeClaims(pod: Pod): PodVolumeClaims {
    const [bound, delayed, immediate]: PersistentVolumeClaim[][] = [[], [], []];
    for (const { name, ephemeral } of podClaims(pod)) {
      const key = `${pod.metadata?.namespace ?? ''}/${name}`;
      const claim = this.claims.get(key);
      if (claim === undefined)
        throw new Error(
          `error getting PVC ${JSON.stringify(key)}: could not find v1.PersistentVolumeClaim ${JSON.stringify(key)}`,
        );
      const foreign = ephemeral ? notForPod(pod, claim) : undefined;
      if (foreign !== undefined) throw new Error(foreign);
      if (isFullyBound(claim)) bound?.push(claim);
      else if (isDelayBinding(claim, this.#objects) && (claim.spec?.volumeName ?? '') === '')
        delayed?.push(claim);
      else immediate?.push(claim);
    }
    return { bound: bound ?? [], delayed: delayed ?? [], immediate: immediate ?? [] };
  }

  /** What the claims come to on the node, or why they come to nothing. @throws Error for a claim without a class, or of one that is gone */
  find({ bound, delayed }: PodVolumeClaims, node: Node): PodVolumes | readonly string[] {
    const reasons = this.#boundReasons(bound, node);
    const found = this.#findDelayed(delayed, node);
    if (typeof found === 'string')
      return [...reasons.slice(0, 1), found, ...reasons.slice(1)].filter(Boolean);
    const left = reasons.filter(Boolean);
    return left.length > 0 ? left : found;
  }

  /** The reason for the node's place, then that for a volume that is gone; empty for none. */
  #boundReasons(claims: readonly PersistentVolumeClaim[], node: Node): readonly [string, string] {
    for (const claim of claims) {
      const volume = this.volumes.get(claim.spec?.volumeName ?? '');
      if (volume === undefined)
        return ['', 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'];
      if (!isReachable(volume, node)) return ['node(s) had volume node affinity conflict', ''];
    }
    return ['', ''];
  }

  #findDelayed(claims: readonly PersistentVolumeClaim[], node: Node): PodVolumes | string {
    const provisions: PersistentVolumeClaim[] = [];
    const toMatch: PersistentVolumeClaim[] = [];
    for (const claim of claims) {
      const chosen = claim.metadata?.annotations?.[selectedNode];
      if (chosen !== undefined && chosen !== node.metadata?.name) return nothingToBind;
      (chosen === undefined ? toMatch : provisions).push(claim);
    }
    const bindings: StaticBinding[] = [];
    const taken = new Set<string>();
    toMatch.sort((a, b) => compareStorage(requestedStorage(a), requestedStorage(b)));
    for (const claim of toMatch) {
      const volume = findMatchingVolume(claim, this.#allVolumes(), node, taken, true);
      if (volume === undefined) provisions.push(claim);
      else {
        taken.add(volume.metadata?.name ?? '');
        bindings.push({ volume, claim });
      }
    }
    const refusal = this.#refuseProvisions(provisions, node);
    return refusal ?? { bindings, provisions };
  }

  #allVolumes(): readonly PersistentVolume[] {
    return this.#objects
      .volumes()
      .map((volume) => this.volumes.get(volume.metadata?.name ?? '') ?? volume)
      .sort((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1));
  }

  #refuseProvisions(claims: readonly PersistentVolumeClaim[], node: Node): string | undefined {
    for (const claim of claims) {
      const name = claimClass(claim);
      if (name === '') throw new Error(`no class for claim ${JSON.stringify(claimKey(claim))}`);
      const found = this.#objects.storageClass(name);
      if (found === undefined) throw new Error(`failed to find storage class ${JSON.stringify(name)}`);
      if (found.provisioner === '' || found.provisioner === noProvisioner) return nothingToBind;
      if (!matchesTopology(found, node)) return nothingToBind;
      if (!this.#hasCapacity(claim, found, node)) return 'node(s) did not have enough free storage';
    }
    return undefined;
  }

  /** Only drivers that keep count of their capacity are asked. */
  #hasCapacity(claim: PersistentVolumeClaim, { metadata, provisioner }: StorageClass, node: Node): boolean {
    if (this.#objects.csiDriver(provisioner)?.spec.storageCapacity !== true) return true;
    const wanted = requestedStorage(claim);
    return this.#objects
      .csiStorageCapacities()
      .some(
        (capacity) =>
          capacity.storageClassName === metadata?.name &&
          compareStorage(limitOf(capacity), wanted) >= 0 &&
          capacity.nodeTopology !== undefined &&
          matchesLabels(selectorFromLabelSelector(capacity.nodeTopology), node.metadata?.labels),
      );
  }
}

const nothingToBind = "node(s) didn't find available persistent volumes to bind";

/** The largest volume that can be made; `-1` when the driver does not say. */
export function limitOf({ maximumVolumeSize, capacity }: CSIStorageCapacity): string {
  return ((maximumVolumeSize ?? capacity) as string | undefined) ?? '-1';
}

function matchesTopology({ allowedTopologies }: StorageClass, node: Node): boolean {
  if (allowedTopologies === undefined || allowedTopologies.length === 0) return true;
  const labels = node.metadata?.labels ?? {};
  return allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? '')),
  );
}
