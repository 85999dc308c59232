import type { Member } from '../../client/cluster.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { DowngradeInfo } from '../../client/maintenance.ts';

/** What a configuration change in the log carries beside the ids that raft looks at. */
export interface MemberChange {
  readonly member: Member;
  /** The member is there as a learner and becomes a voter. */
  readonly isPromote: boolean;
  /** Who proposed it, and the number there; absent in the changes with which a cluster begins. */
  readonly from?: Uint64;
  readonly number?: number;
}

/** Requests that change the member list and no data. Models ClusterMemberAttrSetRequest and the like. */
export type ClusterRequest =
  | {
      readonly clusterMemberAttrSet: {
        readonly memberId: Uint64;
        readonly name: string;
        readonly clientUrls: readonly string[];
      };
    }
  | { readonly clusterVersionSet: { readonly version: string } }
  | { readonly downgradeInfoSet: DowngradeInfo };
