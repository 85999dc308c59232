import { notForPod } from '../../../api/helpers/ephemeral-claims.ts';
import type { CSINode, PersistentVolumeClaim, Pod } from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { FilterPlugin, Handle, PreFilterPlugin } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import { claimNotFound, podClaims, usesClaim } from '../../framework/pod-claims.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import type { AttachmentsByNode } from './attachments.ts';
import { attachmentsByNode, claimAttachment, volumeLimits } from './attachments.ts';
import { errorStatus, skip, unresolvable, unschedulable } from '../../framework/status.ts';

const exceeded = unschedulable('node(s) exceed max volume count');

const stateKey = 'PreFilterNodeVolumeLimits';

/**
 * Refuses nodes on which a CSI driver can attach no more volumes. What is attached is what Pods there use, and what a
 * VolumeAttachment says of the node, though its Pod be gone or not there yet. Models plugins/nodevolumelimits (v1.34),
 * without in-tree volumes that were migrated to CSI.
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
    {
      resource: 'VolumeAttachment',
      actions: ['Delete'],
      hint: ({ pod }) =>
        pod.spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined) === true
          ? 'Queue'
          : 'Skip',
    },
  ];
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  preFilter(state: CycleState, { pod }: PodInfo): Status | undefined {
    if (podClaims(pod).length === 0) return skip;
    state.write(stateKey, attachmentsByNode(this.#handle.objects.volumes));
    return undefined;
  }

  filter(state: CycleState, { pod }: PodInfo, node: NodeInfo): Status | undefined {
    const wanted = new Map<string, string>();
    const problem = this.#collect(pod, wanted, true);
    if (problem !== undefined) return problem;
    const limits = volumeLimits(this.#handle.objects.volumes.csiNode(node.name));
    if (wanted.size === 0 || limits.size === 0) return undefined;
    const attached = new Map(state.required<AttachmentsByNode>(stateKey).get(node.name));
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
      const found = claimAttachment(claim, this.#handle.objects.volumes);
      if (found !== undefined) into.set(`${found.driver}/${found.handle}`, found.driver);
    }
    return undefined;
  }
}

/** True when a limit is new, higher or gone. */
function raises(old: unknown, node: unknown): boolean {
  const before = volumeLimits(old as CSINode | undefined);
  const now = volumeLimits(node as CSINode | undefined);
  if (old === undefined) return true;
  for (const [driver, limit] of before) if (limit < (now.get(driver) ?? Infinity)) return true;
  return false;
}
