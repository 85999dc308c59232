import type { Rand } from '../../base/rand.ts';
import type { Snapshot } from './cache/scheduler-cache.ts';
import type { ScoredNodes } from './cycle-trace.ts';
import type { CycleState } from './framework/cycle-state.ts';
import type { Diagnosis } from './framework/fit-error.ts';
import type { Framework } from './framework/framework.ts';
import type { NodeInfo } from './framework/node-info.ts';
import type { PodInfo } from './framework/pod-info.ts';
import type { Status } from './framework/status.ts';
import { isRejected } from './framework/status.ts';

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

/** Filters, scores and picks a node. Nothing is changed. Models pkg/scheduler schedulePod (v1.34), looking at every node. */
export function schedulePod(
  framework: Framework,
  state: CycleState,
  pod: PodInfo,
  snapshot: Snapshot,
  filter: NodeFilter,
  rand: Rand,
): ScheduleResult {
  const { nodes } = snapshot;
  const refused = new Map<string, Status>();
  if (nodes.length === 0) return unschedulable(nodes, refused, new Set());
  const outcome = framework.preFilter(state, pod, nodes);
  if ('status' in outcome) {
    const { status, failedBy } = outcome;
    if (!isRejected(status)) return { outcome: 'error', message: text(status) };
    for (const node of nodes) refused.set(node.name, status);
    // A refusal that names the plugins counts nodes, as a filter's does.
    const counted = status.plugin === undefined;
    return unschedulable(nodes, refused, failedBy, counted ? undefined : status.reasons.join(', '));
  }
  const feasible: NodeInfo[] = [];
  const rejectors = new Set<string>();
  for (const node of nodes) {
    const status =
      outcome.nodeNames !== undefined && !outcome.nodeNames.has(node.name)
        ? notNamed(outcome.narrowedBy)
        : filter(state, pod, node);
    if (status === undefined) {
      feasible.push(node);
      continue;
    }
    if (!isRejected(status)) return { outcome: 'error', message: text(status) };
    refused.set(node.name, status);
    if (status.plugin !== undefined) rejectors.add(status.plugin);
  }
  const [only] = feasible;
  if (only === undefined) return unschedulable(nodes, refused, rejectors);
  if (feasible.length === 1)
    return { outcome: 'fits', node: only.name, feasible, refused, scored: undefined };
  const failed = framework.preScore(state, pod, feasible);
  if (failed !== undefined) return { outcome: 'error', message: text(failed) };
  const plugins = framework.score(state, pod, feasible);
  const totals = feasible.map((_, index) =>
    plugins.reduce((sum, { weight, normalized }) => sum + weight * (normalized[index] as number), 0),
  );
  const best = totals.reduce((highest, total) => Math.max(highest, total), -Infinity);
  const tied = feasible.filter((_, index) => totals[index] === best).map(({ name }) => name);
  const node = tied[tied.length === 1 ? 0 : rand.int(tied.length)] as string;
  return { outcome: 'fits', node, feasible, refused, scored: { nodes: feasible, plugins, totals, tied } };
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

function text(status: Status): string {
  return status.plugin === undefined
    ? status.reasons.join(', ')
    : `running ${JSON.stringify(status.plugin)} plugin: ${status.reasons.join(', ')}`;
}
