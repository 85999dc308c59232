import type { Pod } from '../../../api/types.ts';
import type { ClusterObjects } from '../../framework/cluster-objects.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { Change, PluginVerdict } from '../interface.ts';

/** A refusal to be lifted. */
export interface Refused {
  readonly pod: Pod;
  readonly node: NodeInfo;
  readonly verdict: PluginVerdict;
  /** All nodes there are. */
  readonly nodes: readonly NodeInfo[];
  /** Claims, volumes and what else plugins look up. */
  readonly objects: ClusterObjects;
}

/** Single changes that may lift what one plugin says. Whether they do is found out by doing the cycle again. */
export type Proposer = (refused: Refused) => readonly Change[];
