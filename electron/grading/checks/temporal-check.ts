import type { CausalRecord } from '../../base/causal-record.ts';
import type { CheckSpecOf, Moment } from '../../shared/lab/check-schema.ts';
import type { Check, CheckContext, CheckFactory, ObjectChange } from '../interface.ts';
import { compileQuery } from '../object-matcher.ts';
import { both, meetsCount } from '../wording.ts';
import { compilePattern } from './cause-check.ts';

/** What it is worth that both moments came, in this order, but not in time. */
const LATE = 0.5;

interface TemporalState {
  next: number;
  /** When the clock was started last; virtual milliseconds. */
  started: number | null;
  /** How long it ran the last time, in milliseconds. */
  took: number | null;
  inTime: boolean;
  /** Whether the condition of each moment held when it was last looked at. */
  holds: [from: boolean, to: boolean];
}

/** Measures the virtual time from one moment to another. A moment of objects is when its count becomes right. */
export const temporalCheck: CheckFactory<CheckSpecOf<'temporal'>> = (spec, context, stored): Check => {
  const from = compileMoment(spec.from);
  const to = compileMoment(spec.to);
  const state: TemporalState = (stored as TemporalState | undefined) ?? {
    next: context.cluster.nextRecord() ?? 0,
    started: null,
    took: null,
    inTime: false,
    holds: [false, false],
  };

  const start = (time: number): void => {
    if (!state.inTime) state.started = time;
  };
  const stop = (time: number): void => {
    if (state.started === null || state.inTime) return;
    state.took = time - state.started;
    state.started = null;
    const seconds = state.took / 1000;
    state.inTime =
      (spec.within === undefined || seconds <= spec.within) &&
      (spec.after === undefined || seconds >= spec.after);
  };
  const lookAtObjects = ({ cluster }: CheckContext): void => {
    const [fromHeld, toHeld] = state.holds;
    state.holds = [from.holds(cluster), to.holds(cluster)];
    if (state.holds[0] && !fromHeld) start(cluster.now());
    if (state.holds[1] && !toHeld) stop(cluster.now());
  };
  /** True when one of them was a moment. */
  const lookAtRecords = ({ cluster }: CheckContext): boolean => {
    if (from.isRecord === undefined && to.isRecord === undefined) return false;
    const before = JSON.stringify([state.started, state.took]);
    for (const record of cluster.records(state.next)) {
      state.next = record.id + 1;
      if (from.isRecord?.(record) === true) start(record.time);
      if (to.isRecord?.(record) === true) stop(record.time);
    }
    return JSON.stringify([state.started, state.took]) !== before;
  };
  // What holds already when the task opens is its first moment.
  if (stored === undefined) lookAtObjects(context);

  return {
    onChange: (change, now) => {
      if (!from.concerns(change) && !to.concerns(change)) return false;
      // What led to the change comes before it.
      lookAtRecords(now);
      lookAtObjects(now);
      return true;
    },
    onRecords: lookAtRecords,
    evaluate: () => ({
      credit: state.inTime ? 1 : state.took === null ? 0 : LATE,
      expected: spec.expected ?? limits(spec),
      actual: describe(state),
    }),
    state: () => ({ ...state }),
  };
};

interface CompiledMoment {
  concerns(change: ObjectChange): boolean;
  holds(cluster: CheckContext['cluster']): boolean;
  readonly isRecord: ((record: CausalRecord) => boolean) | undefined;
}

function compileMoment(moment: Moment): CompiledMoment {
  const query = moment.query === undefined ? undefined : compileQuery(moment.query);
  const rule = moment.count ?? { atLeast: 1 };
  return {
    concerns: (change) => query?.concerns(change) === true,
    holds: (cluster) => query !== undefined && meetsCount(rule, query.list(cluster).length),
    isRecord: moment.record === undefined ? undefined : compilePattern(moment.record),
  };
}

function limits({ within, after }: CheckSpecOf<'temporal'>): ReturnType<typeof both> {
  const most = within === undefined ? undefined : both(`em até ${within} s`, `within ${within} s`);
  const least = after === undefined ? undefined : both(`só depois de ${after} s`, `not before ${after} s`);
  if (most === undefined) return least ?? both('', '');
  return least === undefined ? most : both(`${least['pt-BR']}, ${most['pt-BR']}`, `${least.en}, ${most.en}`);
}

function describe({ started, took }: TemporalState): ReturnType<typeof both> {
  if (took !== null) {
    const seconds = Math.round(took / 100) / 10;
    return both(`levou ${String(seconds).replace('.', ',')} s`, `took ${seconds} s`);
  }
  return started === null
    ? both('ainda não começou', 'it has not begun yet')
    : both('começou; o segundo momento ainda não veio', 'it has begun; the second moment has not come yet');
}
