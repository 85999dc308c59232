import { onBeforeUnmount, ref } from 'vue';
import type { TableItem } from '../../../../electron/shared/contract/api.ts';
import { useConnection } from '../../../stores/connection.ts';

/** Names of all namespaces, live. */
export function useNamespaces() {
  const connection = useConnection();
  const names = ref<readonly string[]>([]);
  let known = new Map<string, string>();
  const stop = connection.follow('api.table', { target: '/api/v1/namespaces' }, (item: TableItem) => {
    if (item.reset) known = new Map();
    for (const { uid, name } of item.rows) known.set(uid, name);
    for (const uid of item.removed) known.delete(uid);
    names.value = [...known.values()].sort();
  });
  onBeforeUnmount(stop);
  return names;
}
