import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { PersistentVolume } from '../types.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What kubelet and attach-detach call a CSI volume in a Node's status: `kubernetes.io/csi/<driver>^<handle>`. Undefined for others. */
export function uniqueVolumeName({ spec }: PersistentVolume): string | undefined {
  return spec?.csi === undefined
    ? undefined
    : `kubernetes.io/csi/${spec.csi.driver}^${spec.csi.volumeHandle}`;
}

/** Name of the VolumeAttachment of a volume on a node. Models getAttachmentName (pkg/volume/csi, v1.34). */
export function attachmentName(handle: string, driver: string, node: string): string {
  return `csi-${bytesToHex(sha256(bytes(`${handle}${driver}${node}`)))}`;
}

/** Folder in which a volume is mounted once for a node. Models makeDeviceMountPath (pkg/volume/csi, v1.34). */
export function deviceMountPath(driver: string, handle: string): string {
  return `/var/lib/kubelet/plugins/kubernetes.io/csi/${driver}/${bytesToHex(sha256(bytes(handle)))}/globalmount`;
}
