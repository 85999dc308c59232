import type { Labels, Selector } from '../../../apimachinery/labels.ts';
import { matchesLabels } from '../../../apimachinery/labels.ts';
import type { Pod } from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type {
  FilterPlugin,
  Handle,
  PreFilterExtensions,
  PreFilterPlugin,
  PreScorePlugin,
  ScorePlugin,
} from '../../framework/interface.ts';
import { maxNodeScore } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { DefaultSpreadConstraint, PodTopologySpreadArgs } from '../../framework/plugin-args.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { PodKind } from '../../framework/pod-kinds.ts';
import { PodKinds } from '../../framework/pod-kinds.ts';
import type { Status } from '../../framework/status.ts';
import { skip, unresolvable, unschedulable } from '../../framework/status.ts';
import type { SpreadConstraint, UnsatisfiableAction } from './constraints.ts';
import {
  countMatching,
  defaultConstraints,
  defaultList,
  hasAllKeys,
  hostnameLabel,
  isIncluded,
  ownConstraints,
} from './constraints.ts';
import type { SpreadCounts } from './spread-counts.ts';
import { KeptSpreadCounts } from './spread-counts.ts';

const filterKey = 'PreFilterPodTopologySpread';
const scoreKey = 'PreScorePodTopologySpread';
const noLabels: Labels = {};

const missingLabel = unresolvable(
  "node(s) didn't match pod topology spread constraints (missing required label)",
);
const tooSkewed = unschedulable("node(s) didn't match pod topology spread constraints");

/** Matching Pods by domain, for each constraint, and the least of them while nothing changes. Domains without Pods have no entry. */
class FilterState {
  readonly constraints: readonly SpreadConstraint[];
  readonly #domains: readonly ReadonlySet<string>[];
  readonly #counts: ReadonlyMap<string, number>[];
  /** Changed in thought, so a copy; undefined while it is the one that all share. */
  readonly #own: (Map<string, number> | undefined)[];
  readonly #least: (number | undefined)[];

  constructor(constraints: readonly SpreadConstraint[], { domains, counts }: SpreadCounts) {
    this.constraints = constraints;
    this.#domains = domains;
    this.#counts = [...counts];
    this.#own = constraints.map(() => undefined);
    this.#least = constraints.map(() => undefined);
  }

  clone(): FilterState {
    // From here on both are changed apart.
    this.#own.fill(undefined);
    return new FilterState(this.constraints, { domains: this.#domains, counts: this.#counts });
  }

  count(index: number, value: string): number {
    return this.#counts[index]?.get(value) ?? 0;
  }

  add(index: number, value: string, amount: number): void {
    let own = this.#own[index];
    if (own === undefined) this.#counts[index] = this.#own[index] = own = new Map(this.#counts[index]);
    own.set(value, this.count(index, value) + amount);
    this.#least[index] = undefined;
  }

  /** Where there are too few domains the missing ones count as empty. */
  least(index: number): number {
    const known = this.#least[index];
    if (known !== undefined) return known;
    const counts = this.#counts[index] as ReadonlyMap<string, number>;
    const size = this.#domains[index]?.size ?? 0;
    const { minDomains } = this.constraints[index] as SpreadConstraint;
    let least = size < minDomains || counts.size < size ? 0 : Infinity;
    for (const count of counts.values()) if (count < least) least = count;
    this.#least[index] = least;
    return least;
  }
}

interface ScoreState {
  readonly constraints: readonly SpreadConstraint[];
  /** By constraint: Pods by domain, for the domains of feasible nodes. Hostnames are counted when scored. */
  readonly counts: readonly Map<string, number>[];
  readonly weights: readonly number[];
  /** Nodes without all the keys. */
  readonly ignored: ReadonlySet<string>;
  readonly order: readonly NodeInfo[];
}

/** Evens out Pods over domains: hosts, zones and any label. Models plugins/podtopologyspread (v1.34). */
export class PodTopologySpread
  implements PreFilterPlugin, PreFilterExtensions, FilterPlugin, PreScorePlugin, ScorePlugin
{
  readonly name = 'PodTopologySpread';
  readonly events: readonly EventRegistration[] = [
    { resource: 'AssignedPod', actions: ['Add', 'UpdateLabel', 'Delete'] },
    { resource: 'UnscheduledPod', actions: ['UpdateLabel'] },
    { resource: 'Node', actions: ['Add', 'Delete', 'UpdateLabel', 'UpdateTaint'] },
  ];
  readonly #handle: Handle;

  readonly #defaults: readonly DefaultSpreadConstraint[];
  /** The built-in constraints also take nodes without a zone: together they are one domain. */
  readonly #systemDefaulted: boolean;
  readonly #counts = new KeptSpreadCounts();

  constructor(args: PodTopologySpreadArgs, handle: Handle) {
    this.#handle = handle;
    this.#defaults = defaultList(args);
    this.#systemDefaulted = args.defaultingType === 'System';
  }

  preFilter(state: CycleState, { pod }: PodInfo, nodes: readonly NodeInfo[]): Status | undefined {
    const constraints = this.#constraints(pod, 'DoNotSchedule');
    if (constraints.length === 0) return skip;
    const found = this.#counts.of(constraints, pod, nodes, this.#handle.kept?.());
    state.write(filterKey, new FilterState(constraints, found));
    return undefined;
  }

  addPod(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): void {
    this.#move(state, pod, other, node, 1);
  }

  removePod(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): void {
    this.#move(state, pod, other, node, -1);
  }

  filter(state: CycleState, _pod: PodInfo, { node }: NodeInfo): Status | undefined {
    const found = state.required<FilterState>(filterKey);
    const labels = node?.metadata?.labels ?? noLabels;
    for (let index = 0; index < found.constraints.length; index += 1) {
      const constraint = found.constraints[index] as SpreadConstraint;
      const value = labels[constraint.topologyKey];
      if (value === undefined) return missingLabel;
      const self = constraint.matchesSelf ? 1 : 0;
      if (found.count(index, value) + self - found.least(index) > constraint.maxSkew) return tooSkewed;
    }
    return undefined;
  }

  preScore(state: CycleState, { pod }: PodInfo, nodes: readonly NodeInfo[]): Status | undefined {
    const constraints = this.#constraints(pod, 'ScheduleAnyway');
    if (constraints.length === 0) return skip;
    const needsAllKeys = hasOwnConstraints(pod) || !this.#systemDefaulted;
    const labelsOf = ({ node }: NodeInfo): Labels => node?.metadata?.labels ?? noLabels;
    const counts = constraints.map(() => new Map<string, number>());
    const ignored = new Set<string>();
    for (const node of nodes) {
      const labels = labelsOf(node);
      if (needsAllKeys && !hasAllKeys(labels, constraints)) {
        ignored.add(node.name);
        continue;
      }
      constraints.forEach(({ topologyKey }, index) => {
        if (topologyKey !== hostnameLabel) counts[index]?.set(labels[topologyKey] ?? '', 0);
      });
    }
    const weights = constraints.map(({ topologyKey }, index) => {
      const size = topologyKey === hostnameLabel ? nodes.length - ignored.size : (counts[index]?.size ?? 0);
      return Math.log(size + 2);
    });
    constraints.forEach((constraint, index) => {
      const domains = counts[index] as Map<string, number>;
      // Hosts have no entries here.
      if (domains.size === 0) return;
      for (const { nodes: on } of this.#matching(this.#handle.nodes(), constraint.selector, pod))
        for (const [info, count] of on) {
          const { node } = info;
          const labels = labelsOf(info);
          if (node === undefined || (needsAllKeys && !hasAllKeys(labels, constraints))) continue;
          const value = labels[constraint.topologyKey] ?? '';
          const before = domains.get(value);
          if (before !== undefined && isIncluded(constraint, pod, node)) domains.set(value, before + count);
        }
    });
    const found: ScoreState = { constraints, counts, weights, ignored, order: nodes };
    state.write(scoreKey, found);
    return undefined;
  }

  score(state: CycleState, { pod }: PodInfo, nodes: readonly NodeInfo[]): number[] {
    const { constraints, counts, weights, ignored } = state.required<ScoreState>(scoreKey);
    const namespace = pod.metadata?.namespace ?? '';
    return nodes.map((info) => {
      if (ignored.has(info.name)) return 0;
      let score = 0;
      for (let index = 0; index < constraints.length; index += 1) {
        const { topologyKey, selector, maxSkew } = constraints[index] as SpreadConstraint;
        const value = info.node?.metadata?.labels?.[topologyKey];
        if (value === undefined) continue;
        const count =
          topologyKey === hostnameLabel
            ? countMatching(info, selector, namespace)
            : (counts[index]?.get(value) ?? 0);
        score += count * (weights[index] as number) + (maxSkew - 1);
      }
      return Math.round(score);
    });
  }

  /** Fewer is better: the lowest raw score becomes 100. */
  normalize(state: CycleState, _pod: PodInfo, scores: number[]): void {
    const { ignored, order } = state.required<ScoreState>(scoreKey);
    let min = Infinity;
    let max = 0;
    for (const [index, score] of scores.entries()) {
      if (ignored.size > 0 && ignored.has(order[index]?.name ?? '')) continue;
      if (score < min) min = score;
      if (score > max) max = score;
    }
    for (const [index, score] of scores.entries()) {
      if (ignored.has(order[index]?.name ?? '')) scores[index] = 0;
      else scores[index] = max === 0 ? maxNodeScore : Math.floor((maxNodeScore * (max + min - score)) / max);
    }
  }

  /** Pods on nodes that the selector means; those that are being deleted no longer count, and none does for an empty one. */
  *#matching(nodes: readonly NodeInfo[], selector: Selector, { metadata }: Pod): Iterable<PodKind> {
    if (selector.length === 0) return;
    const kinds = this.#handle.kept?.().kinds ?? PodKinds.of(nodes);
    for (const kind of kinds.values()) {
      const other = kind.sample.pod.metadata;
      if (kind.sample.group === undefined || other?.namespace !== metadata?.namespace) continue;
      if (matchesLabels(selector, other?.labels)) yield kind;
    }
  }

  #constraints(pod: Pod, action: UnsatisfiableAction): readonly SpreadConstraint[] {
    return hasOwnConstraints(pod)
      ? ownConstraints(pod, action)
      : defaultConstraints(pod, this.#handle.objects, this.#defaults, action);
  }

  #move(state: CycleState, { pod }: PodInfo, other: PodInfo, { node }: NodeInfo, amount: 1 | -1): void {
    const found = state.required<FilterState>(filterKey);
    const labels = node?.metadata?.labels ?? noLabels;
    if (node === undefined || other.pod.metadata?.namespace !== pod.metadata?.namespace) return;
    if (!hasAllKeys(labels, found.constraints)) return;
    found.constraints.forEach((constraint, index) => {
      if (!matchesLabels(constraint.selector, other.pod.metadata?.labels)) return;
      if (isIncluded(constraint, pod, node))
        found.add(index, labels[constraint.topologyKey] as string, amount);
    });
  }
}

function hasOwnConstraints({ spec }: Pod): boolean {
  return (spec?.topologySpreadConstraints ?? []).length > 0;
}
