import { onBeforeUnmount, ref, shallowRef } from 'vue';
import type { EtcdKeyItem, EtcdRevision } from '../../../../electron/shared/contract/etcd.ts';
import { useConnection } from '../../../stores/connection.ts';
import { readValue } from './bytes.ts';
import type { ValueText } from './bytes.ts';

export type LoadedValue =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly code: string; readonly message: string }
  | (ValueText & { readonly state: 'ready'; readonly size: number; readonly truncated: boolean });

/** Follows one key on a member's disk, and reads what it held at its revisions (each only once). */
export function useKey(name: string, disk: string | null) {
  const connection = useConnection();
  const item = shallowRef<EtcdKeyItem>();
  /** By revision and place in it; shared, so that a value is asked for once. */
  const values = ref(new Map<string, LoadedValue>());

  const stop = connection.follow('etcd.key', { machine: disk, key: name }, (next) => {
    item.value = next;
  });
  onBeforeUnmount(stop);

  const placeOf = ({ modRevision, sub }: EtcdRevision): string => `${modRevision}.${sub}`;

  function valueOf(revision: EtcdRevision): LoadedValue {
    return values.value.get(placeOf(revision)) ?? { state: 'loading' };
  }

  async function load(revision: EtcdRevision, again = false): Promise<void> {
    const place = placeOf(revision);
    if (revision.tombstone || (!again && values.value.has(place))) return;
    values.value.set(place, { state: 'loading' });
    try {
      const { modRevision, sub } = revision;
      const { value, size, truncated } = await connection.call('etcd.value', {
        machine: disk,
        key: name,
        modRevision,
        sub,
      });
      values.value.set(place, { state: 'ready', ...readValue(value, truncated), size, truncated });
    } catch (error) {
      const { code = 'other', message = String(error) } = error as { code?: string; message?: string };
      values.value.set(place, { state: 'failed', code, message });
    }
  }

  return { item, valueOf, load, placeOf };
}
