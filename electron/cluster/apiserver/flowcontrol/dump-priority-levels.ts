import type { FlowControl } from './flow-control.ts';
import type { FlowCounts, RejectReason } from './interface.ts';

const HEADERS = [
  'PriorityLevelName',
  'ActiveQueues',
  'IsIdle',
  'IsQuiescing',
  'WaitingRequests',
  'ExecutingRequests',
  'DispatchedRequests',
  'RejectedRequests',
  'TimedoutRequests',
  'CancelledRequests',
];
const MIN_WIDTH = 8;

/** `/debug/api_priority_and_fairness/dump_priority_levels`: a line for each level. Models apf_controller_debug.go (v1.34). */
export function dumpPriorityLevels({ levels, counts }: FlowControl): string {
  const sum = (level: string, value: (one: FlowCounts) => number): number =>
    counts.filter((one) => one.level === level).reduce((total, one) => total + value(one), 0);
  const rejected = (level: string, ...reasons: readonly RejectReason[]): number =>
    sum(level, (one) => reasons.reduce((total, reason) => total + (one.rejected.get(reason) ?? 0), 0));
  const rows = levels.map(({ name, waiting, executing, queues }) => [
    name,
    (queues?.all ?? []).filter((queue) => queue.waiting.length > 0).length,
    waiting === 0 && executing === 0,
    false,
    waiting,
    executing,
    sum(name, ({ dispatched }) => dispatched),
    rejected(name, 'concurrency-limit', 'queue-full'),
    rejected(name, 'time-out'),
    rejected(name, 'cancelled'),
  ]);
  return tabulated([HEADERS, ...rows.map((row) => row.map(String))]);
}

/** Columns as Go's tabwriter pads them, with a comma behind all but the last. */
function tabulated(rows: readonly (readonly string[])[]): string {
  const widths = HEADERS.map((_, column) =>
    Math.max(MIN_WIDTH, ...rows.map((row) => (row[column] ?? '').length + 2)),
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at === row.length - 1 ? cell : `${cell},`.padEnd(widths[at] as number))).join('');
  return rows.map((row) => `${line(row)}\n`).join('');
}
