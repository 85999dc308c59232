import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { EtcdKeyRow, EtcdKeysItem } from '../../electron/shared/contract/etcd.ts';
import { useConnection } from './connection.ts';

/** Real milliseconds that a key stays marked as changed. */
export const FRESH = 1600;

/** Keys of one member's disk. The map is changed in place; `version` says that something did, `shape` that keys came or went. */
export const useEtcdKeys = defineStore('etcd-keys', () => {
  const connection = useConnection();
  let rows = new Map<string, EtcdKeyRow>();
  /** When a key last changed while somebody looked, in `performance.now()`. */
  const changedAt = new Map<string, number>();
  const version = ref(0);
  const shape = ref(0);
  const loaded = ref(false);
  const machine = ref<string | null>(null);
  const revision = ref(0);
  const count = ref(0);
  const deletions = shallowRef<readonly string[]>([]);

  function apply(item: EtcdKeysItem): void {
    if (item.reset) {
      rows = new Map(item.keys.map((row) => [row.key, row]));
      changedAt.clear();
      shape.value += 1;
    } else {
      const now = performance.now();
      const before = rows.size;
      let came = false;
      for (const row of item.keys) {
        came ||= !rows.has(row.key);
        rows.set(row.key, row);
        // Anew at the end: the oldest mark stays first.
        changedAt.delete(row.key);
        changedAt.set(row.key, now);
      }
      for (const key of item.removed) {
        rows.delete(key);
        changedAt.delete(key);
      }
      for (const [key, at] of changedAt) {
        if (now - at < FRESH) break;
        changedAt.delete(key);
      }
      if (came || rows.size !== before) shape.value += 1;
      deletions.value = item.removed;
    }
    machine.value = item.machine;
    revision.value = item.revision;
    count.value = rows.size;
    loaded.value = true;
    version.value += 1;
  }

  /** Null: the leader's disk. Until the returned function is called. */
  function follow(disk: string | null): () => void {
    loaded.value = false;
    return connection.follow('etcd.keys', { machine: disk }, apply);
  }

  const row = (key: string): EtcdKeyRow | undefined => rows.get(key);
  const keys = (): Iterable<string> => rows.keys();

  /** Whether it has just changed. */
  function isFresh(key: string): boolean {
    const at = changedAt.get(key);
    return at !== undefined && performance.now() - at < FRESH;
  }

  /** Whether any key has just changed. */
  function anyFresh(): boolean {
    const now = performance.now();
    for (const at of changedAt.values()) if (now - at < FRESH) return true;
    return false;
  }

  return {
    version,
    shape,
    loaded,
    machine,
    revision,
    count,
    deletions,
    apply,
    follow,
    row,
    keys,
    isFresh,
    anyFresh,
  };
});
