import type { Pod } from '../api/types.ts';

/** Index of Pods by the node they are bound to. */
export const podNodeIndex = 'nodeName';

export function podNodeOf(pod: Pod): readonly string[] {
  const node = pod.spec?.nodeName ?? '';
  return node === '' ? [] : [node];
}
