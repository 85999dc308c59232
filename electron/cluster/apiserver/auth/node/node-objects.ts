import type { KubeObject, Pod } from '../../../api/types.ts';

/** What the Node authorizer looks up; all from memory. Undefined where there is no such object or kind. */
export interface NodeObjects {
  /** Whether a Pod bound to the node passes `test`. */
  somePodOn(node: string, test: (pod: Pod) => boolean): Promise<boolean>;
  find(group: string, resource: string, namespace: string, name: string): Promise<KubeObject | undefined>;
}
