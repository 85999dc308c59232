import type { PersistentVolumeClaim, Pod, Volume } from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type {
  FilterPlugin,
  Handle,
  PreFilterExtensions,
  PreFilterPlugin,
} from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import { claimNotFound, usesClaim } from '../../framework/pod-claims.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { skip, unresolvable, unschedulable } from '../../framework/status.ts';

const stateKey = 'PreFilterVolumeRestrictions';
const diskConflict = unschedulable('node(s) had no available disk');
const claimConflict = unschedulable(
  'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
);

/** The Pod's claims that are for a single Pod, and how often they are in use. */
class OncePodClaims {
  readonly names: ReadonlySet<string>;
  inUse: number;

  constructor(names: ReadonlySet<string>, inUse: number) {
    this.names = names;
    this.inUse = inUse;
  }

  clone(): OncePodClaims {
    return new OncePodClaims(this.names, this.inUse);
  }
}

/** Disks and claims that not more than one Pod may use, or not on one node. Models plugins/volumerestrictions (v1.34). */
export class VolumeRestrictions implements PreFilterPlugin, PreFilterExtensions, FilterPlugin {
  readonly name = 'VolumeRestrictions';
  readonly events: readonly EventRegistration[] = [
    {
      resource: 'AssignedPod',
      actions: ['Delete'],
      hint: ({ pod }, gone) => (shares(pod, gone as Pod) ? 'Queue' : 'Skip'),
    },
    { resource: 'Node', actions: ['Add'] },
    {
      resource: 'PersistentVolumeClaim',
      actions: ['Add', 'Update'],
      hint: ({ pod }, _old, claim) => (usesClaim(pod, claim as PersistentVolumeClaim) ? 'Queue' : 'Skip'),
    },
  ];
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  preFilter(state: CycleState, { pod }: PodInfo): Status | undefined {
    const volumes = pod.spec?.volumes;
    if (volumes === undefined || volumes.length === 0) return skip;
    const once = new Set<string>();
    for (const { persistentVolumeClaim } of volumes) {
      if (persistentVolumeClaim === undefined) continue;
      const { claimName } = persistentVolumeClaim;
      const claim = this.#handle.objects.volumes.claim(pod.metadata?.namespace ?? '', claimName);
      if (claim === undefined) return unresolvable(claimNotFound(claimName));
      if (claim.spec?.accessModes?.includes('ReadWriteOncePod') === true) once.add(claimName);
    }
    const inUse = once.size === 0 ? 0 : this.#inUse(pod.metadata?.namespace ?? '', once);
    if (inUse === 0 && !volumes.some(mayConflict)) return skip;
    state.write(stateKey, new OncePodClaims(once, inUse));
    return undefined;
  }

  addPod(state: CycleState, pod: PodInfo, other: PodInfo): void {
    count(state, pod, other, 1);
  }

  removePod(state: CycleState, pod: PodInfo, other: PodInfo): void {
    count(state, pod, other, -1);
  }

  filter(state: CycleState, { pod }: PodInfo, node: NodeInfo): Status | undefined {
    for (const volume of pod.spec?.volumes ?? []) {
      if (!mayConflict(volume)) continue;
      for (const other of node.pods.values())
        if (other.pod.spec?.volumes?.some((existing) => conflicts(volume, existing)) === true)
          return diskConflict;
    }
    return state.required<OncePodClaims>(stateKey).inUse > 0 ? claimConflict : undefined;
  }

  /** Of the claims, those that a Pod on some node uses. */
  #inUse(namespace: string, claims: ReadonlySet<string>): number {
    const used = new Set<string>();
    for (const { pods } of this.#handle.nodes())
      for (const { pod } of pods.values()) {
        if (pod.metadata?.namespace !== namespace) continue;
        for (const name of claimNames(pod)) if (claims.has(name)) used.add(name);
      }
    return used.size;
  }
}

/** True when the Pod uses the claim by its name. */
export function usesOnceClaim(pod: Pod, { metadata }: PersistentVolumeClaim): boolean {
  return pod.metadata?.namespace === metadata?.namespace && claimNames(pod).includes(metadata?.name ?? '');
}

function claimNames({ spec }: Pod): string[] {
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim === undefined ? [] : [persistentVolumeClaim.claimName],
  );
}

function count(state: CycleState, pod: PodInfo, other: PodInfo, amount: 1 | -1): void {
  const claims = state.required<OncePodClaims>(stateKey);
  if (other.pod.metadata?.namespace !== pod.pod.metadata?.namespace) return;
  for (const name of claimNames(other.pod)) if (claims.names.has(name)) claims.inUse += amount;
}

function shares(pod: Pod, gone: Pod): boolean {
  const volumes = pod.spec?.volumes ?? [];
  const theirs = gone.spec?.volumes ?? [];
  if (volumes.some((volume) => theirs.some((existing) => conflicts(volume, existing)))) return true;
  if (pod.metadata?.namespace !== gone.metadata?.namespace) return false;
  const names = claimNames(gone);
  return claimNames(pod).some((name) => names.includes(name));
}

function mayConflict(volume: Volume): boolean {
  return (
    volume.gcePersistentDisk !== undefined ||
    volume.awsElasticBlockStore !== undefined ||
    volume.iscsi !== undefined ||
    volume.rbd !== undefined
  );
}

/** Two uses of one disk, at least one of which writes (always, for EBS). */
export function conflicts(a: Volume, b: Volume): boolean {
  const write = (x?: { readOnly?: boolean }, y?: { readOnly?: boolean }): boolean =>
    !(x?.readOnly === true && y?.readOnly === true);
  if (a.gcePersistentDisk !== undefined && a.gcePersistentDisk.pdName === b.gcePersistentDisk?.pdName)
    if (write(a.gcePersistentDisk, b.gcePersistentDisk)) return true;
  if (
    a.awsElasticBlockStore !== undefined &&
    a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore?.volumeID
  )
    return true;
  if (a.iscsi !== undefined && a.iscsi.iqn === b.iscsi?.iqn && write(a.iscsi, b.iscsi)) return true;
  if (a.rbd === undefined || b.rbd === undefined) return false;
  const { monitors, pool = 'rbd', image } = a.rbd;
  return (
    monitors.some((monitor) => b.rbd?.monitors.includes(monitor) === true) &&
    pool === (b.rbd.pool ?? 'rbd') &&
    image === b.rbd.image &&
    write(a.rbd, b.rbd)
  );
}
