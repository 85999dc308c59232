import type { PodInfo } from '../../framework/pod-info.ts';
import type { Change } from '../interface.ts';

/** Not one that its node makes for itself, nor one that every node has: those would come back. */
export function isMovable({ pod: { metadata } }: PodInfo): boolean {
  if (metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return false;
  return metadata?.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') !== true;
}

export function removePod({ key }: PodInfo): Change {
  return { target: 'remove-pod', name: key, wording: { id: 'remove-pod', params: { pod: key } } };
}
