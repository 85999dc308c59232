import type {
  Basis,
  CycleAnswer,
  CycleResult,
  WhatIfAnswer,
  WhyNotAnswer,
  Wording,
} from '../../shared/contract/scheduling.ts';
import type { Locale } from '../../shared/contract/text.ts';
import { changeText } from '../../shared/scheduling/change-text.ts';
import type { MatrixRow } from '../../shared/scheduling/matrix.ts';
import { matrixOf } from '../../shared/scheduling/matrix.ts';
import { TabWriter } from '../kubectl/printers/tab-writer.ts';
import type { Words } from './words.ts';
import { WORDS } from './words.ts';

/** So many of the newest moves between queues are told. */
const SHOWN_MOVES = 5;

/** A cycle as a table of nodes by plugins. */
export function printCycle(
  { pod, on, source, record, result, queue, moves }: CycleAnswer,
  locale: Locale,
): string {
  const words = WORDS[locale];
  const origin =
    source === 'rerun' || record === null ? words.rerun : words.recorded(record, result.detail.attempt);
  const lines = [`Pod ${pod}: ${outcomeText(result, words)}`, `(${origin})`];
  if (on !== null && on !== (source === 'record' ? result.node : null)) lines.push(words.isOn(on));
  if (queue !== null) lines.push(queue === 'unseen' ? words.unseen : words.queue(queue));
  lines.push(...moves.slice(-SHOWN_MOVES).map((move) => `  ${words.movedBy(move.queue, move.why)}`));
  // A Pod that is held back has not come as far as the nodes.
  const { fits, refused } = result.detail;
  return `${lines.join('\n')}\n${fits.length + refused.length > 0 ? `\n${table(result, words)}` : ''}`;
}

export function printWhyNot(answer: WhyNotAnswer, pod: string, locale: Locale): string {
  const words = WORDS[locale];
  const { node, verdicts, before, remedies, fits, complete } = answer;
  const lines = [`Pod ${pod}, node ${node}`, `(${basis(answer, words)})`, ''];
  if (before !== null) lines.push(`${words.before(before.plugin)}: ${before.reasons.join(', ')}`);
  else
    lines.push(
      ...aligned([
        [words.plugin, words.verdict],
        ...verdicts.map(({ plugin, code, reasons }) => [
          plugin,
          code === undefined ? words.pass : reasons.join(', '),
        ]),
      ]),
    );
  lines.push('');
  if (fits) lines.push(words.already(node));
  else if (remedies.length === 0) lines.push(complete ? words.noRemedy : words.noneFound);
  else {
    lines.push(words.remedies(node));
    remedies.forEach(({ changes, outcome, selected, feasible }, index) => {
      const then = outcome === 'bind' ? words.bound(selected ?? '') : words.outcome[outcome];
      lines.push(`  ${index + 1}. ${joined(changes, words, locale)}`, `     ${words.then(then, feasible)}`);
    });
  }
  if (!complete) lines.push(words.incomplete);
  return `${lines.join('\n')}\n`;
}

export function printWhatIf(answer: WhatIfAnswer, pod: string, locale: Locale): string {
  const words = WORDS[locale];
  const { before, after, changes } = answer;
  const [was, is] = [before, after].map(
    ({ detail }) => new Map(matrixOf(detail).rows.map((row) => [row.node, row])),
  ) as [Map<string, MatrixRow>, Map<string, MatrixRow>];
  const rows = [...new Set([...was.keys(), ...is.keys()])].flatMap((node) => {
    const [old, now] = [cell(was.get(node), words), cell(is.get(node), words)];
    return old === now ? [] : [[node, old, now]];
  });
  return [
    `Pod ${pod} (${basis(answer, words)})`,
    words.with,
    ...changes.map((change) => `  ${changeText(change)[locale]}`),
    '',
    `${words.was}: ${outcomeText(before, words)}`,
    `${words.is}: ${outcomeText(after, words)}`,
    '',
    ...(rows.length > 0 ? aligned([[words.node, words.was, words.is], ...rows]) : []),
    ...(rows.length < was.size ? [words.sameNodes] : []),
    '',
  ].join('\n');
}

function basis({ when, faithful }: Basis, words: Words): string {
  const compared = words.faithful[faithful === null ? 'none' : faithful ? 'yes' : 'no'];
  return `${words.when[when]}; ${compared}`;
}

function joined(changes: readonly Wording[], words: Words, locale: Locale): string {
  return changes.map((change) => changeText(change)[locale]).join(` ${words.and} `);
}

function outcomeText({ outcome, node, message }: CycleResult, words: Words): string {
  if (outcome === 'bind') return words.bound(node ?? '');
  return message === null || message === ''
    ? words.outcome[outcome]
    : `${words.outcome[outcome]}: ${message}`;
}

function cell(row: MatrixRow | undefined, words: Words): string {
  if (row === undefined) return '-';
  if (row.fits) return row.total === null ? words.fits : `${words.fits}, ${row.total}`;
  return row.reasons.join(', ');
}

function table(result: CycleResult, words: Words): string {
  const { detail } = result;
  const { rows, scores, omitted } = matrixOf(detail);
  const head = [
    words.node,
    words.verdict,
    ...(scores.length > 0
      ? [words.total, ...scores.map(({ plugin, weight }) => `${plugin} x${weight}`)]
      : []),
  ];
  const body = rows.map((row) => [row.node, verdict(row, result, words), ...scoreCells(row, scores)]);
  const lines = aligned([head, ...body]);
  if (detail.fits.length === 1) lines.push(words.notScored);
  if (detail.tied !== undefined) lines.push(words.tie(detail.tied.join(', ')));
  if (omitted > 0 && rows.length > 0) lines.push(words.omitted(omitted));
  if (detail.candidates !== undefined && detail.candidates.length > 0) {
    lines.push(words.candidates);
    for (const { node, victims } of detail.candidates)
      lines.push(
        `  ${words.victims(node, victims.map(({ pod, priority }) => `${pod} (${priority})`).join(', '))}`,
      );
  }
  return `${lines.join('\n')}\n`;
}

function verdict(row: MatrixRow, { node, detail }: CycleResult, words: Words): string {
  if (!row.fits) {
    const refused = `${row.refusedBy === '' ? '' : `${row.refusedBy}: `}${row.reasons.join(', ')}`;
    return row.node === detail.nominatedNode ? `${refused} (${words.nominated})` : refused;
  }
  return row.node === node ? `${words.fits} (${words.chosen})` : words.fits;
}

/** `raw>normalised`; one number where both are the same. */
function scoreCells(row: MatrixRow, scores: readonly { readonly plugin: string }[]): string[] {
  if (row.total === null) return [];
  return [
    String(row.total),
    ...scores.map(({ plugin }) => {
      const score = row.scores.get(plugin);
      if (score === undefined) return '';
      return score.raw === score.normalized ? String(score.raw) : `${score.raw}>${score.normalized}`;
    }),
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const writer = new TabWriter({ minWidth: 0, padding: 3 });
  for (const row of rows) writer.write(`${row.join('\t')}\n`);
  return writer
    .flush()
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}
