import type { CycleState } from './framework/cycle-state.ts';
import type { Framework, PluginScores } from './framework/framework.ts';
import type { NodeInfo } from './framework/node-info.ts';
import type { Profile } from './framework/profile.ts';
import type { Status } from './framework/status.ts';

/** With more nodes than this on either side a record keeps `fewRows` of them: the best ones, or the first refused. */
const fullRows = 300;
const fewRows = 50;

/** A verdict that several nodes may share. */
export interface Refusal {
  readonly plugin: string;
  readonly code: string;
  readonly reasons: readonly string[];
}

/** One value for each node, in the order of `fits`; a single number stands for all of them. */
export type Column = number | readonly number[];

/** What a score plugin gave. `normalized` is 0 to 100, before the weight. */
export interface ScoreColumn {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: Column;
  readonly normalized: Column;
}

/** A node that would take the Pod without some others. */
export interface PreemptionCandidate {
  readonly node: string;
  readonly victims: readonly { readonly pod: string; readonly priority: number }[];
  readonly pdbViolations: number;
}

/** From what the scheduler saw the cycle can be done again: resourceVersions of its caches, and what it held to be so. */
export interface CycleView {
  readonly pods: string;
  readonly nodes: string;
  /** By which it was decided, unless it is the default one. */
  readonly profile?: Profile;
  /** Where in the order of nodes (`cache/node-order.ts`) the search began. */
  readonly start: number;
  /** Percentage of nodes to score; absent where the size of the cluster decides. */
  readonly percentage?: number;
  /** Pods taken to be on a node before their binding was seen: `namespace/name`, node; their number when they are many. */
  readonly assumed?: number | readonly (readonly [string, string])[];
  /** Pods for which room is being made on a node. */
  readonly nominated?: readonly (readonly [string, string])[];
}

/**
 * What one scheduling cycle found, as it goes into the causal log; JSON-safe and bounded. Columns instead of an object
 * for each node: most plugins say the same of all nodes, and a record of 300 nodes stays small.
 */
export interface CycleDetail {
  readonly [key: string]: unknown;
  readonly scheduler: string;
  readonly attempt: number;
  /** Nodes there were, and how many of them fit; nodes that are neither in `fits` nor in `refused` were not looked at, or left out. */
  readonly nodes: number;
  readonly feasible: number;
  /** Filter plugins that had something to say of this Pod, in the order in which they ran. */
  readonly filters: readonly string[];
  readonly fits: readonly string[];
  readonly refused: readonly string[];
  /** By refused node: its place in `refusals`; a single number stands for all of them. */
  readonly why: Column;
  readonly refusals: readonly Refusal[];
  /** Refused nodes by plugin, of all nodes. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Empty where nothing was scored: at most one node fits. */
  readonly scores: readonly ScoreColumn[];
  /** Weighted sums, in the order of `fits`. */
  readonly totals: Column;
  /** Nodes with the best total, among which chance decided. */
  readonly tied?: readonly string[];
  readonly seen?: CycleView;
  readonly message?: string;
  readonly nominatedNode?: string;
  readonly candidates?: readonly PreemptionCandidate[];
}

/** The scoring part of a cycle. */
export interface ScoredNodes {
  readonly nodes: readonly NodeInfo[];
  readonly plugins: readonly PluginScores[];
  readonly totals: readonly number[];
  readonly tied: readonly string[];
}

/** What a cycle has to tell. */
export interface CycleFindings {
  readonly framework: Framework;
  readonly state: CycleState;
  readonly attempt: number;
  readonly nodeCount: number;
  readonly feasible: readonly NodeInfo[];
  readonly refused: ReadonlyMap<string, Status>;
  readonly scored: ScoredNodes | undefined;
  readonly seen?: CycleView;
}

export function cycleDetail(
  { framework, state, attempt, nodeCount, feasible, refused, scored, seen }: CycleFindings,
  more: Partial<Pick<CycleDetail, 'message' | 'nominatedNode' | 'candidates'>> = {},
): CycleDetail {
  return {
    scheduler: framework.profile.schedulerName,
    attempt,
    nodes: nodeCount,
    feasible: feasible.length,
    filters: framework.filterNames.filter((name) => !state.skipFilter.has(name)),
    ...scoreColumns(feasible, scored),
    ...refusalColumns(refused),
    ...(scored !== undefined && scored.tied.length > 1 ? { tied: scored.tied.slice(0, fewRows) } : {}),
    ...(seen === undefined ? {} : { seen }),
    ...more,
  };
}

function scoreColumns(
  feasible: readonly NodeInfo[],
  scored: ScoredNodes | undefined,
): Pick<CycleDetail, 'fits' | 'scores' | 'totals'> {
  if (scored === undefined)
    return { fits: feasible.slice(0, fullRows).map(({ name }) => name), scores: [], totals: 0 };
  const { nodes, totals } = scored;
  const kept = nodes.length > fullRows ? bestIndices(totals) : undefined;
  const pick = (values: readonly number[]): Column =>
    column(kept === undefined ? values : kept.map((index) => values[index] as number));
  return {
    fits: kept === undefined ? nodes.map(({ name }) => name) : kept.map((index) => nodeName(nodes, index)),
    scores: scored.plugins.map(({ plugin, weight, raw, normalized }) => {
      const before = pick(raw);
      const after = pick(normalized);
      // Without a normalisation both are the same: one array is enough.
      return { plugin, weight, raw: before, normalized: same(before, after) ? before : after };
    }),
    totals: pick(totals),
  };
}

function refusalColumns(
  refused: ReadonlyMap<string, Status>,
): Pick<CycleDetail, 'refused' | 'why' | 'refusals' | 'rejected'> {
  const names: string[] = [];
  const why: number[] = [];
  const refusals: Refusal[] = [];
  const places = new Map<string, number>();
  // Thousands of nodes share a few statuses.
  const placeOf = new Map<Status, number>();
  const counts = new Map<Status, number>();
  const rows = refused.size > fullRows ? fewRows : fullRows;
  for (const [node, status] of refused) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (names.length >= rows) continue;
    let place = placeOf.get(status);
    if (place === undefined) {
      const { plugin = '', code, reasons } = status;
      const key = `${plugin} ${code} ${reasons.join('\n')}`;
      place = places.get(key);
      if (place === undefined) {
        places.set(key, (place = refusals.length));
        refusals.push({ plugin, code, reasons });
      }
      placeOf.set(status, place);
    }
    names.push(node);
    why.push(place);
  }
  const rejected: Record<string, number> = {};
  for (const [{ plugin = '' }, count] of counts) rejected[plugin] = (rejected[plugin] ?? 0) + count;
  return { refused: names, why: column(why), refusals, rejected };
}

/** One number where all are the same. */
function column(values: readonly number[]): Column {
  const [first = 0] = values;
  return values.every((value) => value === first) ? first : values;
}

function same(a: Column, b: Column): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.every((value, index) => value === b[index]);
}

function nodeName(nodes: readonly NodeInfo[], index: number): string {
  return (nodes[index] as NodeInfo).name;
}

/** The best rows by total, the first ones among equals; looks at each once, as nodes may be thousands. */
function bestIndices(totals: readonly number[]): readonly number[] {
  const best: number[] = [];
  for (let index = 0; index < totals.length; index += 1) {
    const total = totals[index] as number;
    const worst = best.length < fewRows ? -Infinity : (totals[best[best.length - 1] as number] as number);
    if (best.length === fewRows && total <= worst) continue;
    let at = best.length;
    while (at > 0 && (totals[best[at - 1] as number] as number) < total) at -= 1;
    best.splice(at, 0, index);
    if (best.length > fewRows) best.pop();
  }
  return best;
}
