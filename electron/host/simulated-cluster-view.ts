import type { CausalLog } from '../base/causal-log.ts';
import type { CausalRecord } from '../base/causal-record.ts';
import type { Disposable } from '../base/disposable.ts';
import type { KubeObject } from '../cluster/api/types.ts';
import { storagePrefix } from '../cluster/apiserver/storage/storage-prefix.ts';
import type { ClusterView, ObjectChange } from '../grading/interface.ts';
import type { ObjectView } from './object-view.ts';

/** The simulated cluster as a grader sees it: what is written in etcd, and the causal log. */
export class SimulatedClusterView implements ClusterView {
  readonly #objects: ObjectView;
  readonly #log: CausalLog;

  constructor(objects: ObjectView, log: CausalLog) {
    this.#objects = objects;
    this.#log = log;
  }

  list(apiVersion: string, kind: string, namespace?: string): readonly KubeObject[] {
    return this.#objects.list(prefixOf(apiVersion, kind), namespace);
  }

  onDidChange(listener: (change: ObjectChange) => void): Disposable {
    return this.#objects.onDidChange((change) => {
      const seen = change.object ?? change.previous;
      if (seen?.apiVersion === undefined || seen.kind === undefined) return;
      listener({
        apiVersion: seen.apiVersion,
        kind: seen.kind,
        object: change.object,
        previous: change.previous,
      });
    });
  }

  nextRecord(): number {
    return this.#log.nextId;
  }

  records(from: number): Iterable<CausalRecord> {
    return this.#log.range(from);
  }

  record(id: number): CausalRecord | undefined {
    return this.#log.get(id);
  }
}

/** Where etcd keeps a kind: `pods`, `minions`, `services/specs` … Kinds are plural as upstream forms plurals. */
function prefixOf(apiVersion: string, kind: string): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const lower = kind.toLowerCase();
  const plural = lower.endsWith('s')
    ? lower === 'endpoints'
      ? lower
      : `${lower}es`
    : lower.endsWith('y')
      ? `${lower.slice(0, -1)}ies`
      : `${lower}s`;
  return storagePrefix(group, plural).slice('/registry/'.length, -1);
}
