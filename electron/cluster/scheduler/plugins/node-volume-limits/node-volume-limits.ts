import { notForPod } from '../../../api/helpers/ephemeral-claims.ts';
import { claimClass } from '../../../api/helpers/persistent-volumes.ts';
import type { CSINode, PersistentVolumeClaim, Pod } from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { FilterPlugin, Handle, PreFilterPlugin } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import { claimNotFound, podClaims, usesClaim } from '../../framework/pod-claims.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { errorStatus, skip, unresolvable, unschedulable } from '../../framework/status.ts';

const exceeded = unschedulable('node(s) exceed max volume count');

/**
 * Refuses nodes on which a CSI driver can attach no more volumes. Models plugins/nodevolumelimits (v1.34), without in-tree
 * volumes that were migrated to CSI and without VolumeAttachments of Pods that are gone.
 */
export class NodeVolumeLimits implements PreFilterPlugin, FilterPlugin {
  readonly name = 'NodeVolumeLimits';
  readonly events: readonly EventRegistration[] = [
    {
      resource: 'CSINode',
      actions: ['Add', 'Update'],
      hint: (_pod, old, node) => (raises(old, node) ? 'Queue' : 'Skip'),
    },
    {
      resource: 'AssignedPod',
      actions: ['Delete'],
      hint: (_pod, gone) => (podClaims(gone as Pod).length > 0 ? 'Queue' : 'Skip'),
    },
    {
      resource: 'PersistentVolumeClaim',
      actions: ['Add'],
      hint: ({ pod }, _old, claim) => (usesClaim(pod, claim as PersistentVolumeClaim) ? 'Queue' : 'Skip'),
    },
  ];
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  preFilter(_state: CycleState, { pod }: PodInfo): Status | undefined {
    return podClaims(pod).length === 0 ? skip : undefined;
  }

  filter(_state: CycleState, { pod }: PodInfo, node: NodeInfo): Status | undefined {
    const wanted = new Map<string, string>();
    const problem = this.#collect(pod, wanted, true);
    if (problem !== undefined) return problem;
    const limits = limitsOf(this.#handle.objects.volumes.csiNode(node.name));
    if (wanted.size === 0 || limits.size === 0) return undefined;
    const attached = new Map<string, string>();
    for (const other of node.pods.values()) this.#collect(other.pod, attached, false);
    for (const [driver, limit] of limits) {
      const there = [...attached].filter(([, of]) => of === driver).length;
      const more = [...wanted].filter(([volume, of]) => of === driver && !attached.has(volume)).length;
      if (more > 0 && there + more > limit) return exceeded;
    }
    return undefined;
  }

  /** Adds the driver by volume for each CSI volume of the Pod, and for those yet to be made. */
  #collect(pod: Pod, into: Map<string, string>, isNew: boolean): Status | undefined {
    const namespace = pod.metadata?.namespace ?? '';
    for (const { name, ephemeral } of podClaims(pod)) {
      const claim = this.#handle.objects.volumes.claim(namespace, name);
      if (claim === undefined) {
        if (isNew) return unresolvable(`looking up PVC ${namespace}/${name}: ${claimNotFound(name)}`);
        continue;
      }
      const foreign = ephemeral ? notForPod(pod, claim) : undefined;
      if (foreign !== undefined) {
        if (isNew) return errorStatus(new Error(foreign));
        continue;
      }
      const found = this.#driverOf(claim);
      if (found !== undefined) into.set(`${found.driver}/${found.handle}`, found.driver);
    }
    return undefined;
  }

  #driverOf(claim: PersistentVolumeClaim): { readonly driver: string; readonly handle: string } | undefined {
    const { volumes } = this.#handle.objects;
    const volume = volumes.volume(claim.spec?.volumeName ?? '');
    const csi = volume?.spec?.csi;
    if (csi !== undefined) return { driver: csi.driver, handle: csi.volumeHandle };
    if (volume !== undefined) return undefined;
    // Not bound, or to a volume that is gone: whoever provisions for the class will attach one.
    const driver = volumes.storageClass(claimClass(claim))?.provisioner ?? '';
    const handle = `${claim.metadata?.namespace ?? ''}/${claim.metadata?.name ?? ''}`;
    return driver === '' ? undefined : { driver, handle };
  }
}

function limitsOf(node: CSINode | undefined): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { name, allocatable } of node?.spec.drivers ?? [])
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
  return limits;
}

/** True when a limit is new, higher or gone. */
function raises(old: unknown, node: unknown): boolean {
  const before = limitsOf(old as CSINode | undefined);
  const now = limitsOf(node as CSINode | undefined);
  if (old === undefined) return true;
  for (const [driver, limit] of before) if (limit < (now.get(driver) ?? Infinity)) return true;
  return false;
}
