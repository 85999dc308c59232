import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { ApiAnswer, ApiRequest, TableItem, TableRow } from '../../electron/shared/contract/api.ts';
import { collectionPath, DISCOVERY, kindId, readDiscovery } from '../features/explorer/api/discovery.ts';
import type { ApiKind } from '../features/explorer/api/discovery.ts';
import { useConnection } from './connection.ts';

export interface ObjectPlace {
  readonly kind: ApiKind;
  readonly namespace: string;
  readonly name: string;
}

/** Rows of a list by uid, in the order of namespace and name. */
interface Listed {
  readonly columns: TableItem['columns'];
  readonly rows: readonly TableRow[];
  readonly failure: string | null;
  readonly loaded: boolean;
}

const NOTHING: Listed = { columns: [], rows: [], failure: null, loaded: false };

/** The API as the explorer sees it: kinds, the list that is open, the object that is open. */
export const useExplorer = defineStore('explorer', () => {
  const connection = useConnection();
  const kinds = shallowRef<readonly ApiKind[]>([]);
  const failure = ref('');
  const loading = ref(false);
  const kindName = ref('pods');
  /** Empty: all namespaces. */
  const namespace = ref('');
  const place = shallowRef<ObjectPlace | null>(null);
  const part = ref<'objects' | 'access'>('objects');
  const listed = shallowRef<Listed>(NOTHING);
  const kind = computed(() => kinds.value.find((one) => kindId(one) === kindName.value));

  /** @throws RpcError `NotRunning`, `Unreachable` */
  function call(request: ApiRequest): Promise<ApiAnswer> {
    return connection.call('api.call', request);
  }

  /** Asks the API server for its kinds, once; again after a failure. */
  async function discover(): Promise<void> {
    if (loading.value) return;
    loading.value = true;
    failure.value = '';
    try {
      const answers = await Promise.all(
        ['/api', '/apis'].map((target) => call({ method: 'GET', target, accept: DISCOVERY })),
      );
      const refused = answers.find(({ status }) => status !== 200);
      if (refused !== undefined) failure.value = refused.body;
      else kinds.value = answers.flatMap(({ body }) => readDiscovery(body));
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error);
    } finally {
      loading.value = false;
    }
  }

  /** Follows the list of a kind until the returned function is called. */
  function follow(of: ApiKind, within: string): () => void {
    let rows = new Map<string, TableRow>();
    listed.value = NOTHING;
    return connection.follow('api.table', { target: collectionPath(of, within) }, (item) => {
      if (item.failure !== null) {
        listed.value = { ...listed.value, failure: item.failure };
        return;
      }
      if (item.reset) rows = new Map();
      for (const row of item.rows) rows.set(row.uid, row);
      for (const uid of item.removed) rows.delete(uid);
      listed.value = {
        columns: item.reset ? item.columns : listed.value.columns,
        rows: [...rows.values()].sort(byPlace),
        failure: null,
        loaded: true,
      };
    });
  }

  function open(next: ObjectPlace): void {
    kindName.value = kindId(next.kind);
    place.value = next;
    part.value = 'objects';
  }

  /** Opens an object by its type as objects name it; false: no such kind is served. */
  function openBy(apiVersion: string, kindOf: string, within: string, name: string): boolean {
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    const found = kinds.value.find((one) => one.group === group && one.kind === kindOf);
    if (found === undefined) return false;
    open({ kind: found, namespace: within, name });
    return true;
  }

  return {
    kinds,
    failure,
    loading,
    kindName,
    kind,
    namespace,
    place,
    part,
    listed,
    call,
    discover,
    follow,
    open,
    openBy,
  };
});

function byPlace(a: TableRow, b: TableRow): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name < b.name ? -1 : a.name === b.name ? 0 : 1;
}
