import { onBeforeUnmount, onMounted, shallowRef } from 'vue';
import type { RecordBatch } from '../../../../electron/shared/contract/records.ts';
import { pairKey } from '../layout/links.ts';

/** Below this many messages a second a link shows no figure. */
const WORTH_SAYING = 20;
const WINDOW = 1000;

export interface LinkRate {
  readonly perSecond: number;
  /** Newest record, so that it can be opened. */
  readonly last: number;
}

/** Messages per real second on each link (by pair of actors), counted over the last second. */
export function useRates(pairOf: (actor: string) => string | undefined) {
  const rates = shallowRef<ReadonlyMap<string, LinkRate>>(new Map());
  const last = new Map<string, number>();
  let counts = new Map<string, number>();
  let timer: ReturnType<typeof setInterval> | undefined;

  function add(from: string, to: string, count: number, record: number): void {
    const a = pairOf(from);
    const b = pairOf(to);
    if (a === undefined || b === undefined || a === b) return;
    const key = pairKey(a, b);
    counts.set(key, (counts.get(key) ?? 0) + count);
    last.set(key, record);
  }

  function count(batch: RecordBatch): void {
    for (const record of batch.records) {
      if (record.kind === 'message' && record.to !== null) add(record.actor, record.to, 1, record.id);
    }
    for (const flow of batch.flows) add(flow.from, flow.to, flow.count, flow.last);
  }

  function publish(): void {
    if (counts.size === 0 && rates.value.size === 0) return;
    const next = new Map<string, LinkRate>();
    for (const [key, value] of counts) {
      const perSecond = Math.round((value * 1000) / WINDOW);
      if (perSecond >= WORTH_SAYING) next.set(key, { perSecond, last: last.get(key) ?? 0 });
    }
    counts = new Map();
    rates.value = next;
  }

  onMounted(() => {
    timer = setInterval(publish, WINDOW);
  });
  onBeforeUnmount(() => clearInterval(timer));
  return { rates, count, lastOf: (key: string) => last.get(key) };
}
