import type { KubeObject } from '../../api/types.ts';
import type { GroupResource } from '../../apimachinery/gvk.ts';
import { newConflict } from '../../apimachinery/status.ts';
import type { DeleteRequestOptions } from './request-options.ts';
import { formatTime } from '../../apimachinery/time.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** @throws StatusError 409 when the object is not the one the caller means */
export function checkPreconditions(
  object: KubeObject,
  options: DeleteRequestOptions,
  resource: GroupResource,
): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const meta = object.metadata ?? {};
  const name = meta.name ?? '';
  if (uid !== undefined && uid !== meta.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${meta.uid ?? ''}`;
    throw newConflict(resource, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== meta.resourceVersion) {
    const why = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${meta.resourceVersion ?? ''}`;
    throw newConflict(resource, name, why);
  }
}

/**
 * Finalizers an object has once deletion with these options began: `orphan` and `foregroundDeletion` are put
 * there for the garbage collector. The same array when nothing changes.
 * Models deletionFinalizersForGarbageCollection of the generic registry (v1.34).
 */
export function finalizersForDeletion(object: KubeObject, options: DeleteRequestOptions): readonly string[] {
  const present = object.metadata?.finalizers ?? [];
  let orphan = present.includes(ORPHAN);
  let foreground = present.includes(FOREGROUND);
  if (options.orphanDependents !== undefined) {
    orphan = options.orphanDependents;
    if (orphan) foreground = false;
  } else if (options.propagationPolicy !== undefined) {
    orphan = options.propagationPolicy === 'Orphan';
    foreground = options.propagationPolicy === 'Foreground';
  }
  if (orphan === present.includes(ORPHAN) && foreground === present.includes(FOREGROUND)) return present;
  const rest = present.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  return [...rest, ...(orphan ? [ORPHAN] : []), ...(foreground ? [FOREGROUND] : [])];
}

/** The object marked as going, `graceSeconds` from `now` (ms). */
export function markDeleted(
  object: KubeObject,
  graceSeconds: number,
  finalizers: readonly string[],
  now: number,
): KubeObject {
  const meta = object.metadata ?? {};
  const { generation } = meta;
  return {
    ...object,
    metadata: {
      ...meta,
      ...(finalizers.length > 0 || meta.finalizers !== undefined
        ? { finalizers: finalizers as string[] }
        : {}),
      deletionTimestamp: formatTime(now + graceSeconds * 1000),
      deletionGracePeriodSeconds: graceSeconds,
      ...(generation === undefined ? {} : { generation: generation + 1 }),
    },
  };
}
