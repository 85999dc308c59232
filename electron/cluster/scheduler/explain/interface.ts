import type { KubeObject } from '../../api/types.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import type { CycleDetail } from '../cycle-trace.ts';
import type { Profile } from '../framework/profile.ts';

/** The objects of a cluster at one moment, as the API server stores them. */
export interface World {
  list<T extends KubeObject>(type: ResourceType<T>): readonly T[];
}

/** What a scheduler held to be so beyond what was stored: node by Pod (`namespace/name`). */
export interface Beliefs {
  /** On their way to a node. */
  readonly assumed: ReadonlyMap<string, string>;
  /** Room is being made for them. */
  readonly nominated: ReadonlyMap<string, string>;
}

/** What a change is, for people: `id` names a sentence, `params` fill it. */
export interface Wording {
  readonly id: ChangeId;
  readonly params: Readonly<Record<string, string>>;
}

export type ChangeId =
  | 'ask-less'
  | 'more-allocatable'
  | 'tolerate'
  | 'untaint'
  | 'uncordon'
  | 'label-node'
  | 'unlabel-node'
  | 'drop-node-selector'
  | 'drop-node-affinity'
  | 'drop-pod-affinity'
  | 'drop-pod-anti-affinity'
  | 'drop-spread'
  | 'raise-max-skew'
  | 'remove-gates'
  | 'drop-host-port'
  | 'volume-anywhere'
  | 'free-volume'
  | 'new-volume'
  | 'label-volume'
  | 'bind-claim'
  | 'claim-ask-less'
  | 'claim-forget-node'
  | 'claim-many-pods'
  | 'class-anywhere'
  | 'class-waits'
  | 'more-capacity'
  | 'more-attachments'
  | 'mount-read-only'
  | 'remove-pod'
  | 'remove-node'
  | 'patch-pod'
  | 'patch-node'
  | 'weight'
  | 'disable'
  | 'configuration';

/** One thing made different before a cycle is done again. Patches are RFC 7386. */
export type Change = { readonly wording: Wording } & (
  | { readonly target: 'pod'; readonly patch: object }
  | { readonly target: 'node'; readonly name: string; readonly patch: object }
  /** An object of another kind, made when it is not there. `name`: `namespace/name`, or the name where there is no namespace */
  | {
      readonly target: 'object';
      readonly type: ResourceType;
      readonly name: string;
      readonly patch: object;
    }
  /** `name`: `namespace/name` */
  | { readonly target: 'remove-pod'; readonly name: string }
  | { readonly target: 'remove-node'; readonly name: string }
  | { readonly target: 'weight'; readonly name: string; readonly weight: number }
  | { readonly target: 'disable'; readonly name: string }
  | { readonly target: 'profile'; readonly profile: Profile }
);

export type Outcome = 'bind' | 'preempt' | 'unschedulable' | 'error' | 'gated';

/** What a cycle done again decides. `node`: where it would bind; of equals the first. */
export interface CycleResult {
  readonly outcome: Outcome;
  readonly node: string | null;
  readonly message: string | null;
  readonly detail: CycleDetail;
}

/** What one filter plugin says of one node. */
export interface PluginVerdict {
  readonly plugin: string;
  /** Undefined: it passes. */
  readonly code: string | undefined;
  readonly reasons: readonly string[];
}

/** Changes that together make a node fit, each found necessary and all proved by doing the cycle again. */
export interface Remedy {
  readonly changes: readonly Change[];
  /** The cycle with the changes. */
  readonly result: CycleResult;
}

/** Why a node does not take a Pod, and what would change that. */
export interface WhyNot {
  readonly node: string;
  readonly fits: boolean;
  /** Of every filter with something to say, in the order in which they run; empty when the Pod was refused before any node was looked at. */
  readonly verdicts: readonly PluginVerdict[];
  /** The Pod is refused on all nodes before any is looked at, by this. */
  readonly before: PluginVerdict | null;
  /** With the fewest changes first; several of equal size are alternatives. */
  readonly remedies: readonly Remedy[];
  /** False: the search was ended before all small changes had been tried. */
  readonly complete: boolean;
}

/** How much of a large cluster a cycle looks at, and from where on. */
export interface Search {
  readonly start: number;
  /** Of the nodes; 0 leaves it to the size of the cluster. */
  readonly percentage: number;
}

/** Everything a cycle depends on. */
export interface Situation {
  readonly world: World;
  readonly beliefs: Beliefs;
  readonly profile: Profile;
  /** Without it all nodes are looked at. */
  readonly search?: Search;
}
