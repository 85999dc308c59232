import { shallowRef } from 'vue';
import { useExplorer } from '../../../stores/explorer.ts';
import type { ApiKind } from '../api/discovery.ts';
import { SchemaIndex } from './schema-index.ts';
import type { Schema } from './schema-index.ts';

export interface LoadedSchema {
  readonly index: SchemaIndex;
  readonly root: Schema | undefined;
}

const indexes = new Map<string, SchemaIndex>();

/** The schema of a kind by the server's `/openapi/v3`; undefined until it is there, and where there is none. */
export function useSchema(kind: ApiKind) {
  const explorer = useExplorer();
  const schema = shallowRef<LoadedSchema>();
  const path = kind.group === '' ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`;

  async function load(): Promise<void> {
    const paths = await explorer.call({ method: 'GET', target: '/openapi/v3' });
    if (paths.status !== 200) return;
    const { paths: known } = JSON.parse(paths.body) as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    const url = known[path]?.serverRelativeURL;
    if (url === undefined) return;
    // The address carries a hash of what is behind it.
    let index = indexes.get(url);
    if (index === undefined) {
      const answer = await explorer.call({ method: 'GET', target: url });
      if (answer.status !== 200) return;
      indexes.set(url, (index = new SchemaIndex(answer.body)));
    }
    schema.value = { index, root: index.of(kind.group, kind.version, kind.kind) };
  }

  return { schema, load };
}
