import type { Rand } from '../../base/rand.ts';
import type { Snapshot } from './cache/scheduler-cache.ts';
import type { ScoredNodes } from './cycle-trace.ts';
import type { CycleState } from './framework/cycle-state.ts';
import { CycleStateError } from './framework/cycle-state.ts';
import type { Diagnosis } from './framework/fit-error.ts';
import type { Framework, PluginScores, PreFilterOutcome } from './framework/framework.ts';
import type { NodeInfo } from './framework/node-info.ts';
import type { PodInfo } from './framework/pod-info.ts';
import type { Status } from './framework/status.ts';
import { isRejected } from './framework/status.ts';
import { feasibleNodesToFind, SearchStart } from './sampling.ts';

/** What the algorithm says of one Pod. */
export type ScheduleResult =
  | {
      readonly outcome: 'fits';
      readonly node: string;
      readonly feasible: readonly NodeInfo[];
      readonly refused: ReadonlyMap<string, Status>;
      readonly scored: ScoredNodes | undefined;
    }
  | { readonly outcome: 'unschedulable'; readonly diagnosis: Diagnosis }
  | { readonly outcome: 'error'; readonly message: string };

/** A filter over one node; takes account of Pods nominated to it. */
export type NodeFilter = (state: CycleState, pod: PodInfo, node: NodeInfo) => Status | undefined;

/** How much of the cluster is looked at. */
export interface Sampling {
  readonly start: SearchStart;
  /** Of the nodes; 0 leaves it to the size of the cluster. */
  readonly percentage: number;
}

/** Filters, scores and picks a node; nothing is changed but where the next search begins. Models pkg/scheduler schedulePod (v1.34). */
export function schedulePod(
  framework: Framework,
  state: CycleState,
  pod: PodInfo,
  snapshot: Snapshot,
  filter: NodeFilter,
  rand: Rand,
  sampling: Sampling = { start: new SearchStart(), percentage: 100 },
): ScheduleResult {
  const { nodes } = snapshot;
  const refused = new Map<string, Status>();
  if (nodes.length === 0) return unschedulable(nodes, refused, new Set());
  const outcome = framework.preFilter(state, pod, nodes);
  if ('status' in outcome) {
    const { status, failedBy } = outcome;
    if (!isRejected(status)) return { outcome: 'error', message: text(status, 'PreFilter') };
    for (const node of nodes) refused.set(node.name, status);
    // A refusal that names the plugins counts nodes, as a filter's does.
    const counted = status.plugin === undefined;
    return unschedulable(nodes, refused, failedBy, counted ? undefined : status.reasons.join(', '));
  }
  const rejectors = new Set<string>();
  const search = { pod, state, snapshot, filter, outcome, refused, rejectors };
  const nominated = onNominatedNode(search);
  const found = nominated ?? findFeasible(search, sampling, framework.hasScorePlugins);
  if ('code' in found) return { outcome: 'error', message: text(found, 'Filter') };
  const feasible = found;
  const [only] = feasible;
  if (only === undefined) return unschedulable(nodes, refused, rejectors);
  if (feasible.length === 1)
    return { outcome: 'fits', node: only.name, feasible, refused, scored: undefined };
  const failed = framework.preScore(state, pod, feasible);
  if (failed !== undefined) return { outcome: 'error', message: text(failed, 'PreScore') };
  let plugins: readonly PluginScores[];
  try {
    plugins = framework.score(state, pod, feasible);
  } catch (error) {
    if (!(error instanceof CycleStateError)) throw error;
    return { outcome: 'error', message: `running Score plugins: ${error.message}` };
  }
  const totals = weightedTotals(plugins, feasible.length);
  let best = -Infinity;
  for (const total of totals) if (total > best) best = total;
  const tied: string[] = [];
  for (let index = 0; index < totals.length; index += 1)
    if (totals[index] === best) tied.push((feasible[index] as NodeInfo).name);
  const node = tied[tied.length === 1 ? 0 : rand.int(tied.length)] as string;
  return { outcome: 'fits', node, feasible, refused, scored: { nodes: feasible, plugins, totals, tied } };
}

function weightedTotals(plugins: readonly PluginScores[], count: number): number[] {
  const totals = new Array<number>(count).fill(0);
  for (const { weight, normalized } of plugins)
    for (let index = 0; index < count; index += 1)
      totals[index] = (totals[index] as number) + weight * (normalized[index] as number);
  return totals;
}

interface Search {
  readonly pod: PodInfo;
  readonly state: CycleState;
  readonly snapshot: Snapshot;
  readonly filter: NodeFilter;
  readonly outcome: Extract<PreFilterOutcome, { readonly narrowedBy: readonly string[] }>;
  readonly refused: Map<string, Status>;
  readonly rejectors: Set<string>;
}

/** The one node where room was made for the Pod, if it fits there now. Models evaluateNominatedNode. */
function onNominatedNode({ pod, state, snapshot, filter, outcome }: Search): NodeInfo[] | undefined {
  const name = pod.pod.status?.nominatedNodeName ?? '';
  const node = name === '' ? undefined : snapshot.byName.get(name);
  if (node === undefined || (outcome.nodeNames !== undefined && !outcome.nodeNames.has(name)))
    return undefined;
  return filter(state, pod, node) === undefined ? [node] : undefined;
}

/** Nodes that fit, until enough are found. Models findNodesThatPassFilters; a status is an error. */
function findFeasible(search: Search, { start, percentage }: Sampling, scores: boolean): NodeInfo[] | Status {
  const { pod, state, snapshot, filter, outcome, refused, rejectors } = search;
  const { nodes } = snapshot;
  const { nodeNames } = outcome;
  const candidates = nodeNames === undefined ? nodes : nodes.filter(({ name }) => nodeNames.has(name));
  // Without scores one node is as good as another.
  const wanted = scores ? feasibleNodesToFind(candidates.length, percentage) : 1;
  let place = start.at(candidates.length);
  const feasible: NodeInfo[] = [];
  let processed = 0;
  for (; processed < candidates.length && feasible.length < wanted; processed += 1) {
    const node = candidates[place] as NodeInfo;
    place = place + 1 === candidates.length ? 0 : place + 1;
    const status = filter(state, pod, node);
    if (status === undefined) {
      feasible.push(node);
      continue;
    }
    if (!isRejected(status)) return status;
    refused.set(node.name, status);
    if (status.plugin !== undefined) rejectors.add(status.plugin);
  }
  start.advance(processed, nodes.length);
  if (nodeNames === undefined) return feasible;
  const left = notNamed(outcome.narrowedBy);
  for (const { name } of nodes) {
    if (nodeNames.has(name)) continue;
    refused.set(name, left);
    if (left.plugin !== undefined) rejectors.add(left.plugin);
  }
  return feasible;
}

/** The node was left out by the plugins that narrowed the choice down before any filter ran. */
function notNamed(plugins: readonly string[]): Status {
  const reason = `node(s) didn't satisfy plugin(s) [${plugins.join(', ')}]${plugins.length > 1 ? ' simultaneously' : ''}`;
  return {
    code: 'UnschedulableAndUnresolvable',
    reasons: [reason],
    ...(plugins[0] === undefined ? {} : { plugin: plugins[0] }),
  };
}

function unschedulable(
  nodes: readonly NodeInfo[],
  byNode: ReadonlyMap<string, Status>,
  rejectors: ReadonlySet<string>,
  preFilter?: string,
): ScheduleResult {
  return {
    outcome: 'unschedulable',
    diagnosis: {
      nodeCount: nodes.length,
      byNode,
      rejectors,
      ...(preFilter === undefined ? {} : { preFilter }),
    },
  };
}

/** As the runtime of each extension point words an error of a plugin. */
function text({ plugin, reasons }: Status, point: 'PreFilter' | 'Filter' | 'PreScore'): string {
  const why = reasons.join(', ');
  if (plugin === undefined) return why;
  const name = JSON.stringify(plugin);
  return point === 'Filter'
    ? `running ${name} filter plugin: ${why}`
    : `running ${point} plugin ${name}: ${why}`;
}
