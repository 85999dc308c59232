import type {
  ControllerAnswer,
  ControllersAnswer,
  QueueState,
  SyncView,
} from '../../shared/contract/controllers.ts';
import type { Locale } from '../../shared/contract/text.ts';
import { actionText, stateText } from '../../shared/controllers/reconcile-text.ts';
import { TabWriter } from '../kubectl/printers/tab-writer.ts';
import type { Words } from './words.ts';
import { WORDS } from './words.ts';

/** So many of the newest syncs are told. */
const SHOWN_SYNCS = 15;

/** Who leads, and each controller in a line. */
export function printControllers(answer: ControllersAnswer, locale: Locale): string {
  const words = WORDS[locale];
  const { managers, lease, controllers, machine, selection, now, notModelled } = answer;
  const lines = managers.map(({ actor, state }) => `${actor} ${words.manager[state]}`);
  lines.push(
    lease === null
      ? words.noLease
      : words.lease(lease.holder, span(now - (lease.renewed ?? now)), lease.transitions),
  );
  if (machine !== null) lines.push(words.flag(selection));
  const rows = controllers.map((one) => [
    one.name,
    words.state[one.state],
    ...[one.depth, one.processing, one.delayed, one.failing, one.passes].map(String),
  ]);
  return [
    ...lines,
    '',
    ...aligned([words.columns, ...rows]),
    '',
    words.notModelled(notModelled.join(', ')),
    '',
  ].join('\n');
}

/** One controller: its queues as they are, and what it did last. */
export function printController(answer: ControllerAnswer, locale: Locale): string {
  const words = WORDS[locale];
  const { summary, machine, queues, syncs, now } = answer;
  const where = machine === null ? '' : ` (${machine})`;
  const why = summary.choice === null ? '' : ` (${words.choice[summary.choice]})`;
  const lines = [`${summary.name}${where}: ${words.state[summary.state]}${why}`];
  for (const queue of queues) lines.push('', ...queueLines(queue, now, words));
  if (summary.state === 'running')
    lines.push(
      '',
      ...(syncs.length === 0
        ? [words.nothingDone]
        : aligned([
            words.syncColumns,
            ...syncs.slice(0, SHOWN_SYNCS).flatMap((sync) => syncRows(sync, words, locale)),
          ])),
    );
  return `${lines.join('\n')}\n`;
}

function queueLines(queue: QueueState, now: number, words: Words): string[] {
  const { name, depth, processing, delays, ready, delayed } = queue;
  const head = words.queue(name, depth, processing.length, delays);
  const row = (
    { label, retries, error }: { label: string; retries: number; error: string | null },
    where: string,
  ): string[] => [label, where, retries === 0 ? '' : String(retries), error ?? ''];
  const rows = [
    ...processing.map((key) =>
      row(key, `${words.inWork(span(now - key.startedAt))}${key.again ? words.again : ''}`),
    ),
    ...ready.map((key) => row(key, words.waits(span(now - key.since)))),
    ...delayed.map((key) => row(key, (key.retries > 0 ? words.retryIn : words.backIn)(span(key.at - now)))),
  ];
  if (rows.length === 0) return [head];
  const left = depth - ready.length + (delays - delayed.length);
  return [
    head,
    ...aligned([words.keyColumns, ...rows]).map((line) => `  ${line}`),
    ...(left > 0 ? [`  ${words.more(left)}`] : []),
  ];
}

/** A line for each decision; one for a sync without any. */
function syncRows(sync: SyncView, words: Words, locale: Locale): string[][] {
  const time = new Date(sync.endedAt).toISOString().slice(11, 19);
  const result = sync.error === null ? words.done : words.failed(sync.error);
  if (sync.decisions.length === 0)
    return [[time, sync.label, '', '', '', sync.error === null ? words.quiet : result]];
  return sync.decisions.map((one) => [
    time,
    one.subject,
    stateText(one.desired, locale),
    stateText(one.observed, locale),
    actionText(one.action, one.detail, locale),
    result,
  ]);
}

/** `250ms`, `12s`, `3m20s`, `2h5m`. */
function span(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const writer = new TabWriter({ minWidth: 6, padding: 3 });
  for (const row of rows) writer.write(`${row.join('\t')}\n`);
  return writer
    .flush()
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}
