import type { Pod } from '../../../api/types.ts';
import type { Predicate } from '../../storage/predicate.ts';

/** Pods bound to a node. */
export function onNode(node: string): Predicate {
  const required = { 'spec.nodeName': node };
  return {
    namespace: '',
    name: undefined,
    required,
    matches: (pod) => (pod as Pod).spec?.nodeName === node,
    everything: false,
  };
}
