import { byteStringToUtf8 } from '../../../base/byte-string.ts';
import type { KubeObject } from '../../../cluster/api/types.ts';
import { storagePrefix } from '../../../cluster/apiserver/storage/storage-prefix.ts';
import type { ResourceType } from '../../../cluster/client/resource-type.ts';
import type { World } from '../../../cluster/scheduler/explain/interface.ts';
import type { ObjectView } from '../../object-view.ts';
import type { EtcdDisk } from '../etcd-disk.ts';

/** The cluster as it is stored now. */
export function worldNow(objects: ObjectView): World {
  return {
    list: <T extends KubeObject>({ group, resource }: ResourceType<T>) =>
      objects.list(storagePrefix(group, resource).slice('/registry/'.length, -1)) as readonly T[],
  };
}

/**
 * The cluster as a scheduler had seen it: Pods and nodes each at the resourceVersion it had come to, everything else at
 * the newer of the two. Undefined when a compaction has taken that away.
 */
export function worldAt(
  disks: Iterable<EtcdDisk>,
  seen: { readonly pods: string; readonly nodes: string },
): World | undefined {
  const revisions: Readonly<Record<string, number>> = { pods: Number(seen.pods), nodes: Number(seen.nodes) };
  const newest = Math.max(...Object.values(revisions));
  const oldest = Math.min(...Object.values(revisions));
  if (!(oldest > 0)) return undefined;
  for (const disk of disks) {
    if (disk.revision < newest || disk.compactRevision > oldest) continue;
    return {
      list: <T extends KubeObject>({ group, resource }: ResourceType<T>) => {
        const revision = (group === '' ? revisions[resource] : undefined) ?? newest;
        return disk.at(revision, storagePrefix(group, resource)).map(({ kv }) => {
          const object = JSON.parse(byteStringToUtf8(kv.value)) as T;
          return { ...object, metadata: { ...object.metadata, resourceVersion: String(kv.modRevision) } };
        });
      },
    };
  }
  return undefined;
}
