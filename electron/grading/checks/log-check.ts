import type { CheckSpecOf } from '../../shared/lab/check-schema.ts';
import type { KubeObject } from '../../cluster/api/types.ts';
import type { Check, CheckContext, CheckFactory, LogLine } from '../interface.ts';
import { compilePredicate } from '../cel.ts';
import { compileQuery } from '../object-matcher.ts';
import { both, countCredit, describeCount } from '../wording.ts';

/** Longest quotation of a line. */
const QUOTED = 80;

interface LogState {
  /** When the task opened. */
  opened: number;
}

/** Looks for a line in the logs of containers, or in a unit's journal. */
export const logCheck: CheckFactory<CheckSpecOf<'log'>> = (spec, context, stored): Check => {
  const state: LogState = (stored as LogState | undefined) ?? { opened: context.cluster.now() };
  const query = spec.query === undefined ? undefined : compileQuery(spec.query);
  const contains = spec.contains === undefined ? undefined : new RegExp(spec.contains);
  const where = spec.where === undefined ? undefined : compilePredicate(spec.where, 'line', 'object');
  const rule = spec.count ?? { atLeast: 1 };
  const isNew = ({ time }: LogLine): boolean => spec.earlier || time >= state.opened;
  const fits = (line: LogLine, object: KubeObject | undefined): boolean =>
    isNew(line) &&
    contains?.test(line.text) !== false &&
    (where === undefined || where({ line: line.text, object: object ?? {} }));

  const look = ({ cluster }: CheckContext): { found: number; last: LogLine | undefined } => {
    if (spec.unit !== undefined) {
      const journal = cluster.machine(spec.unit.machine)?.journal(spec.unit.name) ?? [];
      return {
        found: journal.filter((line) => fits(line, undefined)).length,
        last: journal.filter(isNew).at(-1),
      };
    }
    const logs = (query?.list(cluster) ?? []).map((pod) => ({
      pod,
      lines: cluster.containerLog(pod, spec.container),
    }));
    return {
      found: logs.filter(({ pod, lines }) => lines.some((line) => fits(line, pod))).length,
      last: logs.flatMap(({ lines }) => lines.filter(isNew)).at(-1),
    };
  };

  const source = query?.text ?? `${spec.unit?.machine ?? ''} ${spec.unit?.name ?? ''}`;
  return {
    onChange: (change) => query?.concerns(change) === true,
    onMachines: () => true,
    evaluate: (now) => {
      const { found, last } = look(now);
      const count = describeCount(rule);
      const line = last === undefined ? undefined : quote(last.text);
      return {
        credit: countCredit(rule, found),
        expected:
          spec.expected ??
          both(
            `${source}: no log, linha com /${spec.contains ?? ''}/: ${count['pt-BR']}`,
            `${source}: in the log, a line with /${spec.contains ?? ''}/: ${count.en}`,
          ),
        actual:
          line === undefined
            ? both(`${found}; nenhuma linha nova`, `${found}; no new line`)
            : both(`${found}; última linha: ${line}`, `${found}; last line: ${line}`),
      };
    },
    state: () => ({ ...state }),
  };
};

function quote(text: string): string {
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}
