import type { PersistentVolumeClaim, Pod } from '../types.ts';

/** Why the claim is not for this Pod; undefined when it is. Models component-helpers ephemeral.VolumeIsForPod (v1.34). */
export function notForPod(pod: Pod, { metadata }: PersistentVolumeClaim): string | undefined {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  if (pod.metadata?.namespace === metadata?.namespace && owner?.uid === pod.metadata?.uid) return undefined;
  const [claim, name] = [metadata, pod.metadata].map((of) => `${of?.namespace ?? ''}/${of?.name ?? ''}`);
  return `PVC ${claim} was not created for pod ${name} (pod is not owner)`;
}
