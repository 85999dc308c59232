import type { KubeObject } from '../../api/types.ts';

/** Which objects of a resource a list or watch is about. */
export interface Predicate {
  /** '' for all namespaces, and for cluster-scoped resources. */
  readonly namespace: string;
  /** Set when a field selector demands one name. */
  readonly name: string | undefined;
  /** Field values that a selector demands to be equal, by label; what can be looked up instead of looked through. */
  readonly required: Readonly<Record<string, string>>;
  /** Whether labels and fields match. Namespace included. */
  matches(object: KubeObject): boolean;
  /** True when nothing but the namespace narrows it. */
  readonly everything: boolean;
}
