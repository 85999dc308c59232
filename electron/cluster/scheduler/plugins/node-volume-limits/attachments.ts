import { claimClass } from '../../../api/helpers/persistent-volumes.ts';
import type { CSINode, PersistentVolumeClaim } from '../../../api/types.ts';
import type { VolumeObjects } from '../../framework/cluster-objects.ts';

/** Drivers by volume (`driver/handle`), by node. */
export type AttachmentsByNode = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What VolumeAttachments say; of volumes that are not CSI's or are gone nothing. */
export function attachmentsByNode(volumes: VolumeObjects): AttachmentsByNode {
  const found = new Map<string, Map<string, string>>();
  for (const { spec } of volumes.attachments()) {
    const { attacher, nodeName, source } = spec;
    const csi = volumes.volume(source.persistentVolumeName ?? '')?.spec?.csi;
    if (attacher === '' || csi === undefined) continue;
    let there = found.get(nodeName);
    if (there === undefined) found.set(nodeName, (there = new Map()));
    there.set(`${attacher}/${csi.volumeHandle}`, attacher);
  }
  return found;
}

/** The CSI volume that a claim has or will have. Undefined for one that is not CSI's. */
export function claimAttachment(
  claim: PersistentVolumeClaim,
  volumes: VolumeObjects,
): { readonly driver: string; readonly handle: string } | undefined {
  const volume = volumes.volume(claim.spec?.volumeName ?? '');
  const csi = volume?.spec?.csi;
  if (csi !== undefined) return { driver: csi.driver, handle: csi.volumeHandle };
  if (volume !== undefined) return undefined;
  // Not bound, or to a volume that is gone: whoever provisions for the class will attach one.
  const driver = volumes.storageClass(claimClass(claim))?.provisioner ?? '';
  const handle = `${claim.metadata?.namespace ?? ''}/${claim.metadata?.name ?? ''}`;
  return driver === '' ? undefined : { driver, handle };
}

/** How many volumes each driver can attach to the node; drivers that do not say are left out. */
export function volumeLimits(node: CSINode | undefined): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { name, allocatable } of node?.spec.drivers ?? [])
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
  return limits;
}
