import type { CheckSpecOf, CountRule } from '../../shared/lab/check-schema.ts';
import type { LocalizedText } from '../../shared/contract/text.ts';
import type { Check, CheckContext, CheckFactory } from '../interface.ts';
import { compileQuery } from '../object-matcher.ts';
import { both, describeCount, meetsCount } from '../wording.ts';

interface HistoryState {
  /** How many rules of the sequence have been met so far. */
  met: number;
  /** First count that broke `always`. */
  broken: number | null;
  /** Uids that were there and are gone. */
  gone: string[];
  replaced: boolean;
}

/** Follows the number of matching objects since the step began. */
export const historyCheck: CheckFactory<CheckSpecOf<'history'>> = (spec, context, stored): Check => {
  const query = compileQuery(spec.query);
  const sequence = spec.sequence ?? [];
  const state: HistoryState = (stored as HistoryState | undefined) ?? {
    met: 0,
    broken: null,
    gone: [],
    replaced: false,
  };
  let present = new Set<string>();

  const look = ({ cluster }: CheckContext): boolean => {
    const before = JSON.stringify(state);
    // What is being deleted no longer counts: its replacement comes while it is still terminating.
    const staying = query.list(cluster).filter((object) => object.metadata?.deletionTimestamp === undefined);
    const uids = new Set(staying.map((object) => object.metadata?.uid ?? ''));
    for (const uid of present) if (!uids.has(uid)) state.gone.push(uid);
    if (state.gone.length > 0 && [...uids].some((uid) => !present.has(uid))) state.replaced = true;
    present = uids;
    while (state.met < sequence.length && meetsCount(sequence[state.met] as CountRule, uids.size))
      state.met += 1;
    if (spec.always !== undefined && state.broken === null && !meetsCount(spec.always, uids.size))
      state.broken = uids.size;
    return JSON.stringify(state) !== before;
  };
  look(context);

  return {
    onChange: (change, present_) => query.concerns(change) && look(present_),
    evaluate: () => {
      const parts: { done: boolean; expected: LocalizedText; actual: LocalizedText }[] = [];
      if (spec.sequence !== undefined) {
        const words = sequence.map(describeCount);
        parts.push({
          done: state.met === sequence.length,
          expected: both(
            `${query.text}: ${words.map((word) => word['pt-BR']).join(', depois ')}`,
            `${query.text}: ${words.map((word) => word.en).join(', then ')}`,
          ),
          actual: both(
            `${state.met} de ${sequence.length} vistos; agora ${present.size}`,
            `${state.met} of ${sequence.length} seen; now ${present.size}`,
          ),
        });
      }
      if (spec.always !== undefined) {
        const word = describeCount(spec.always);
        parts.push({
          done: state.broken === null,
          expected: both(`${query.text}: sempre ${word['pt-BR']}`, `${query.text}: always ${word.en}`),
          actual:
            state.broken === null
              ? both(`agora ${present.size}`, `now ${present.size}`)
              : both(`chegou a ${state.broken}`, `it was ${state.broken}`),
        });
      }
      if (spec.replaced === true) {
        parts.push({
          done: state.replaced,
          expected: both(
            `${query.text}: um foi embora e outro veio no lugar`,
            `${query.text}: one is gone and another came in its place`,
          ),
          actual: state.replaced
            ? both('substituído', 'replaced')
            : state.gone.length > 0
              ? both('um foi embora; nenhum veio no lugar', 'one is gone; none came in its place')
              : both('nenhum foi embora ainda', 'none is gone yet'),
        });
      }
      const done = parts.filter((part) => part.done).length;
      return {
        credit: parts.length === 0 ? 0 : done / parts.length,
        expected: spec.expected ?? join(parts.map((part) => part.expected)),
        actual: join(parts.map((part) => part.actual)),
      };
    },
    state: () => ({ ...state, gone: [...state.gone] }),
  };
};

function join(texts: readonly LocalizedText[]): LocalizedText {
  return both(texts.map((text) => text['pt-BR']).join('; '), texts.map((text) => text.en).join('; '));
}
