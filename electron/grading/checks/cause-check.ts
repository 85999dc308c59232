import type { CausalRecord } from '../../base/causal-record.ts';
import type { CheckSpecOf, RecordPattern } from '../../shared/lab/check-schema.ts';
import type { Check, CheckContext, CheckFactory } from '../interface.ts';
import { both } from '../wording.ts';

/** Longest chain of causes that is followed. */
const CHAIN_LIMIT = 5_000;

const FIELDS = ['actor', 'to', 'about', 'action', 'state', 'user'] as const;

interface CauseState {
  next: number;
  found: number | null;
}

/** Looks for a record, and in the chain of its causes for what must or must not have led to it. */
export const causeCheck: CheckFactory<CheckSpecOf<'cause'>> = (spec, context, stored): Check => {
  const effect = compilePattern(spec.effect);
  const because = spec.because === undefined ? undefined : compilePattern(spec.because);
  const notBecause = spec.notBecause === undefined ? undefined : compilePattern(spec.notBecause);
  const state: CauseState = (stored as CauseState | undefined) ?? {
    next: context.cluster.nextRecord() ?? 0,
    found: null,
  };

  const explains = (record: CausalRecord, cluster: CheckContext['cluster']): boolean => {
    let led = because === undefined;
    let at = record.cause;
    for (let steps = 0; at !== 0 && steps < CHAIN_LIMIT; steps += 1) {
      const cause = cluster.record(at);
      if (cause === undefined) break;
      if (notBecause?.(cause) === true) return false;
      if (because?.(cause) === true) led = true;
      at = cause.cause;
    }
    return led;
  };

  return {
    onRecords: ({ cluster }) => {
      if (state.found !== null) return false;
      for (const record of cluster.records(state.next)) {
        state.next = record.id + 1;
        if (effect(record) && explains(record, cluster)) {
          state.found = record.id;
          return true;
        }
      }
      return false;
    },
    evaluate: () => ({
      credit: state.found === null ? 0 : 1,
      expected:
        spec.expected ??
        both(
          describe(spec.effect, 'por causa de', spec.because),
          describe(spec.effect, 'because of', spec.because),
        ),
      actual:
        state.found === null
          ? both('ainda não aconteceu', 'it has not happened yet')
          : both(`aconteceu (registro ${state.found})`, `it happened (record ${state.found})`),
    }),
    state: () => ({ ...state }),
  };
};

/** A test over records. Fields that a record does not have do not match. */
export function compilePattern(pattern: RecordPattern): (record: CausalRecord) => boolean {
  const { kind } = pattern;
  const tests = FIELDS.filter((field) => pattern[field] !== undefined).map((field) => ({
    field,
    expression: new RegExp(pattern[field] as string),
  }));
  return (record) =>
    (kind === undefined || record.kind === kind) &&
    tests.every(({ field, expression }) => {
      const value = fieldOf(record, field);
      return value !== undefined && expression.test(value);
    });
}

function fieldOf(record: CausalRecord, field: (typeof FIELDS)[number]): string | undefined {
  switch (field) {
    case 'actor':
      return record.actor;
    case 'to':
      return record.kind === 'message' ? record.to : undefined;
    case 'about':
      if (record.kind === 'message') return record.summary;
      return record.kind === 'input' ? record.action : record.subject;
    case 'action':
      return record.kind === 'decision' || record.kind === 'input' ? record.action : undefined;
    case 'state':
      return record.kind === 'state' ? record.state : undefined;
    case 'user': {
      const user = record.kind === 'message' ? record.detail?.['user'] : undefined;
      return typeof user === 'string' ? user : undefined;
    }
  }
}

function describe(effect: RecordPattern, because: string, cause: RecordPattern | undefined): string {
  const text = (pattern: RecordPattern): string =>
    [pattern.actor, pattern.action, pattern.about, pattern.state]
      .filter((part) => part !== undefined)
      .join(' ');
  return cause === undefined ? text(effect) : `${text(effect)} ${because} ${text(cause)}`;
}
