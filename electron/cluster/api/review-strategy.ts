import type { GroupVersionKind } from '../apimachinery/gvk.ts';
import { columnDefinitions } from '../apimachinery/table.ts';
import type { KubeObject } from '../apimachinery/types.ts';
import { defineStrategy } from './generic-strategy.ts';
import type { KindStrategy } from './strategy.ts';

/** A kind that is a question or a command: created to be answered, and kept nowhere. */
export function defineReview(gvk: GroupVersionKind, namespaced = false): KindStrategy<KubeObject> {
  const singular = gvk.kind.toLowerCase();
  return defineStrategy<KubeObject>({
    gvk,
    resource: `${singular}s`,
    singular,
    namespaced,
    verbs: ['create'],
    storageVersionHash: '',
    // What a kind without columns of its own shows.
    columns: columnDefinitions([
      ['Name', 'string', 'name', 0],
      ['Created At', 'date', '', 0],
    ]),
    tableRow: ({ metadata }) => [metadata?.name ?? '', metadata?.creationTimestamp ?? ''],
  });
}
