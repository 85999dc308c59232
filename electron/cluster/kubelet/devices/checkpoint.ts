import type { ContainerAllocateResponse } from '../../device-plugins/interface.ts';
import { DEVICE_PLUGINS } from '../../device-plugins/interface.ts';
import type { FileSystem } from '../../machine/interface.ts';
import type { DevicesEntry } from './pod-devices.ts';

export const CHECKPOINT = `${DEVICE_PLUGINS}/kubelet_internal_checkpoint`;
/** Devices without a NUMA node are under this one. */
const NO_NODE = '-1';

export interface DevicesCheckpoint {
  readonly entries: readonly DevicesEntry[];
  /** Ids of healthy devices, by resource. */
  readonly registered: Readonly<Record<string, readonly string[]>>;
}

interface Data {
  readonly PodDeviceEntries: readonly {
    readonly PodUID: string;
    readonly ContainerName: string;
    readonly ResourceName: string;
    readonly DeviceIDs: Readonly<Record<string, readonly string[]>>;
    readonly AllocResp: string;
  }[];
  readonly RegisteredDevices: Readonly<Record<string, readonly string[]>>;
}

/** FNV-1a, 32 bits. */
function checksum(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}

/**
 * Writes who has which device. Models devicemanager/checkpoint (v1.34); the plugin's answer is JSON, not protobuf, inside its base64, and the
 * sum is over the text.
 */
export function writeCheckpoint(files: FileSystem, { entries, registered }: DevicesCheckpoint): void {
  const data: Data = {
    PodDeviceEntries: entries.map(({ podUid, container, resource, ids, response }) => ({
      PodUID: podUid,
      ContainerName: container,
      ResourceName: resource,
      DeviceIDs: { [NO_NODE]: ids },
      AllocResp: btoa(JSON.stringify(response)),
    })),
    RegisteredDevices: registered,
  };
  files.write(CHECKPOINT, JSON.stringify({ Data: data, Checksum: checksum(JSON.stringify(data)) }));
}

/** Undefined when there is none. @throws Error when it cannot be used */
export function readCheckpoint(files: FileSystem): DevicesCheckpoint | undefined {
  if (!files.exists(CHECKPOINT)) return undefined;
  const { Data: data, Checksum: sum } = JSON.parse(files.read(CHECKPOINT)) as {
    readonly Data?: Data;
    readonly Checksum?: number;
  };
  if (data === undefined || checksum(JSON.stringify(data)) !== sum)
    throw new Error('checkpoint is corrupted');
  return {
    entries: data.PodDeviceEntries.map((entry) => ({
      podUid: entry.PodUID,
      container: entry.ContainerName,
      resource: entry.ResourceName,
      ids: Object.values(entry.DeviceIDs).flat(),
      response: JSON.parse(atob(entry.AllocResp)) as ContainerAllocateResponse,
    })),
    registered: data.RegisteredDevices,
  };
}
