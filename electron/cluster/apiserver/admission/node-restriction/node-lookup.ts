import type { KubeObject } from '../../../api/types.ts';

/** Finds an object in memory; `namespace` is '' for what has none. */
export type NodeLookup = (
  group: string,
  resource: string,
  namespace: string,
  name: string,
) => Promise<KubeObject | undefined>;
