import { union } from './field-set.ts';
import type { Managed, ManagedEntry } from './managed.ts';
import { identityOf, newEntry } from './managed.ts';

/** As many managers that update may be remembered one by one. */
export const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = 'ancient-changes';

/**
 * Joins the oldest updaters, version by version, until there are few enough. Appliers always stay.
 * Models capManagersManager (v1.34).
 */
export function capManagers(managed: Managed, limit = MAX_UPDATE_MANAGERS): Managed {
  if (managed.length <= limit) return managed;
  const updaters = managed.filter(({ operation }) => operation === 'Update');
  let count = updaters.length;
  if (count <= limit) return managed;
  updaters.sort(
    (left, right) =>
      compare(left.time ?? '', right.time ?? '') || compare(identityOf(left), identityOf(right)),
  );
  const entries = new Map(managed.map((entry) => [identityOf(entry), entry]));
  const firstOfVersion = new Map<string, ManagedEntry>();
  for (const updater of updaters) {
    if (count <= limit) break;
    const { apiVersion, time } = updater;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, updater);
      continue;
    }
    const bucketKey = identityOf({ manager: ANCIENT, operation: 'Update', apiVersion });
    const bucket = entries.get(bucketKey) ?? first;
    entries.delete(identityOf(first));
    entries.delete(identityOf(updater));
    const fieldsV1 = union(bucket.fieldsV1, updater.fieldsV1);
    entries.set(bucketKey, newEntry({ manager: ANCIENT, operation: 'Update', apiVersion, time, fieldsV1 }));
    count -= 1;
  }
  return [...entries.values()];
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
