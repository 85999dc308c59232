import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { RecordBatch, RecordDetail, RecordSummary } from '../../electron/shared/contract/records.ts';
import { useConnection } from './connection.ts';

/** How many of the newest records are kept to be read. */
const KEPT = 1500;

/** The causal log as it is streamed: kept newest last, and handed to whoever draws it as it comes. */
export const useRecords = defineStore('records', () => {
  const connection = useConnection();
  const kept = shallowRef<RecordSummary[]>([]);
  const includePeriodic = ref(false);
  /** While frozen the list shows what it showed; what comes is kept all the same. */
  const frozenAt = ref<number | null>(null);
  /** Messages that came as flows, not one by one, since the beginning. */
  const aggregated = ref(0);
  const listeners = new Set<(batch: RecordBatch) => void>();
  let release: (() => void) | undefined;

  function accept(batch: RecordBatch): void {
    if (batch.records.length > 0) {
      // What a new stream tells of the past may be known already.
      const first = batch.records[0]?.id ?? 0;
      const before = batch.history === true ? kept.value.filter(({ id }) => id < first) : kept.value;
      kept.value = [...before, ...batch.records].slice(-KEPT);
    }
    for (const flow of batch.history === true ? [] : batch.flows) aggregated.value += flow.count;
    for (const listener of listeners) listener(batch);
  }

  function open(): void {
    release?.();
    release = connection.follow(
      'records.watch',
      { includePeriodic: includePeriodic.value, limit: 120 },
      accept,
    );
  }

  function follow(): () => void {
    open();
    const stop = watch(includePeriodic, open);
    return () => {
      stop();
      release?.();
      release = undefined;
    };
  }

  /** Calls back with every batch until the returned function is called. */
  function onBatch(listener: (batch: RecordBatch) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  function clear(): void {
    kept.value = [];
    frozenAt.value = null;
  }

  const newest = computed(() => kept.value.at(-1)?.id ?? 0);
  const visible = computed(() => {
    const limit = frozenAt.value;
    return limit === null ? kept.value : kept.value.filter((record) => record.id <= limit);
  });

  function toggleFrozen(): void {
    frozenAt.value = frozenAt.value === null ? newest.value : null;
  }

  /** `reveal`: with the values of Secrets. @throws RpcError `NotFound` */
  function get(id: number, reveal = false): Promise<RecordDetail> {
    return connection.call('records.get', { id, reveal });
  }

  return {
    kept,
    visible,
    includePeriodic,
    frozenAt,
    aggregated,
    newest,
    accept,
    follow,
    onBatch,
    clear,
    toggleFrozen,
    get,
  };
});
