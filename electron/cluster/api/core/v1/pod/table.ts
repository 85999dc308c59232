import { columnDefinitions } from '../../../../apimachinery/table.ts';
import type { TableCell } from '../../../../apimachinery/table.ts';
import { ageOf } from '../../../../apimachinery/duration.ts';
import type { ContainerStatus, Pod } from '../../../types.ts';
import { TABLE_COLUMNS } from '../../../generated/table-columns.ts';

export const POD_COLUMNS = columnDefinitions(TABLE_COLUMNS['v1/pods'] ?? []);

/** A row of `kubectl get pods`. Models pkg/printers/internalversion printPod (v1.34). */
export function podRow(pod: Pod, now: number): TableCell[] {
  const { status } = pod;
  const summary = summarizePod(pod);
  const restarts =
    summary.restarts === 0 || summary.lastRestart === undefined
      ? String(summary.restarts)
      : `${summary.restarts} (${ageOf(summary.lastRestart, now)} ago)`;
  const podIP = status?.podIPs?.[0]?.ip ?? '';
  return [
    pod.metadata?.name ?? '',
    `${summary.ready}/${summary.total}`,
    summary.reason,
    restarts,
    ageOf(pod.metadata?.creationTimestamp, now),
    podIP === '' ? (status?.podIP ?? '') || '<none>' : podIP,
    (pod.spec?.nodeName ?? '') || '<none>',
    (status?.nominatedNodeName ?? '') || '<none>',
    readinessGates(pod),
  ];
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const passed = gates.filter((gate) =>
    pod.status?.conditions?.some(
      (condition) => condition.type === gate.conditionType && condition.status === 'True',
    ),
  );
  return `${passed.length}/${gates.length}`;
}

export interface PodSummary {
  /** What the STATUS column says, e.g. `Running`, `Init:0/1`, `CrashLoopBackOff`. */
  readonly reason: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
  /** When the last container that was restarted ended before. */
  readonly lastRestart: string | undefined;
}

/** The Pod in a few words: what its row and others (the diagram) show. */
export function summarizePod(pod: Pod): PodSummary {
  const { status } = pod;
  const phase = status?.phase ?? '';
  let reason = (status?.reason ?? '') || phase;
  const restartable = new Set(
    pod.spec?.initContainers
      ?.filter((container) => container.restartPolicy === 'Always')
      .map((container) => container.name),
  );
  const total = (pod.spec?.containers?.length ?? 0) + restartable.size;
  let ready = 0;
  let restarts = 0;
  let lastRestart: string | undefined;
  let restartableRestarts = 0;
  let lastRestartableRestart: string | undefined;
  for (const condition of status?.conditions ?? []) {
    if (condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated')
      reason = 'SchedulingGated';
  }
  let initializing = false;
  for (const [index, container] of (status?.initContainerStatuses ?? []).entries()) {
    restarts += container.restartCount;
    lastRestart = later(lastRestart, container.lastState?.terminated?.finishedAt);
    if (restartable.has(container.name)) {
      restartableRestarts += container.restartCount;
      lastRestartableRestart = later(lastRestartableRestart, container.lastState?.terminated?.finishedAt);
    }
    const { terminated, waiting } = container.state ?? {};
    if (terminated !== undefined && terminated.exitCode === 0) continue;
    if (restartable.has(container.name) && container.started === true) {
      if (container.ready) ready += 1;
      continue;
    }
    if (terminated !== undefined) reason = `Init:${terminationReason(terminated)}`;
    else if (waiting?.reason !== undefined && waiting.reason !== '' && waiting.reason !== 'PodInitializing') {
      reason = `Init:${waiting.reason}`;
    } else reason = `Init:${index}/${pod.spec?.initContainers?.length ?? 0}`;
    initializing = true;
    break;
  }
  if (!initializing || hasCondition(pod, 'Initialized')) {
    restarts = restartableRestarts;
    lastRestart = lastRestartableRestart;
    let hasRunning = false;
    for (const container of [...(status?.containerStatuses ?? [])].reverse()) {
      restarts += container.restartCount;
      lastRestart = later(lastRestart, container.lastState?.terminated?.finishedAt);
      const { terminated, waiting, running } = container.state ?? {};
      if (waiting?.reason !== undefined && waiting.reason !== '') reason = waiting.reason;
      else if (terminated !== undefined) reason = terminationReason(terminated);
      else if (container.ready && running !== undefined) {
        hasRunning = true;
        ready += 1;
      }
    }
    if (reason === 'Completed' && hasRunning) reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  }
  if (pod.metadata?.deletionTimestamp !== undefined) {
    if (status?.reason === 'NodeLost') reason = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') reason = 'Terminating';
  }
  return { reason, ready, total, restarts, lastRestart };
}

type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

/** The reason a container gave, or the signal or exit code it ended with. */
function terminationReason(terminated: Terminated): string {
  if ((terminated.reason ?? '') !== '') return terminated.reason as string;
  return (terminated.signal ?? 0) !== 0 ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

function hasCondition(pod: Pod, type: string): boolean {
  return (
    pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ??
    false
  );
}

/** The later of two RFC 3339 UTC times. */
function later(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return Date.parse(right) > Date.parse(left) ? right : left;
}
