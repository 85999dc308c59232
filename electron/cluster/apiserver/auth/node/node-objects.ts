import type { KubeObject, Pod } from '../../../api/types.ts';

/** What the Node authorizer looks up; all from memory. Undefined where there is no such object or kind. */
export interface NodeObjects {
  /** Pods bound to a node. */
  podsOn(node: string): Promise<readonly Pod[]>;
  find(group: string, resource: string, namespace: string, name: string): Promise<KubeObject | undefined>;
}
