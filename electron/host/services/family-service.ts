import type { KubeObject } from '../../cluster/api/types.ts';
import type { Relative } from '../../shared/contract/api.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';
import type { ObjectView } from '../object-view.ts';

/** So many are told; a Namespace of a big cluster owns more than anybody reads. */
const LIMIT = 500;

/** Owners above an object and dependents below it, by `metadata.ownerReferences` of what is stored. @throws RpcError `NotFound` */
export function readFamily(objects: ObjectView, uid: string): { relatives: Relative[]; truncated: boolean } {
  const self = byUid(objects, uid);
  if (self === undefined) throw new RpcError('NotFound', `there is no object with uid ${uid}`);
  const relatives: Relative[] = [];
  const seen = new Set([uid]);
  const owners = ownersOf(objects, self, seen);
  relatives.push(...owners, relative(self, 0, self.metadata?.ownerReferences?.[0]?.uid ?? null));
  let below: readonly KubeObject[] = [self];
  for (let generation = 1; below.length > 0 && relatives.length < LIMIT; generation += 1) {
    const next: KubeObject[] = [];
    for (const owner of below) {
      const ownerUid = owner.metadata?.uid ?? '';
      for (const object of objects.mentioning(ownerUid)) {
        const own = object.metadata?.uid ?? '';
        if (seen.has(own) || !(object.metadata?.ownerReferences ?? []).some((one) => one.uid === ownerUid))
          continue;
        seen.add(own);
        next.push(object);
        relatives.push(relative(object, generation, ownerUid));
        if (relatives.length >= LIMIT) return { relatives, truncated: true };
      }
    }
    below = next;
  }
  return { relatives, truncated: below.length > 0 };
}

/** Topmost first. */
function ownersOf(objects: ObjectView, object: KubeObject, seen: Set<string>): Relative[] {
  const found: Relative[] = [];
  let level: readonly KubeObject[] = [object];
  for (let generation = -1; level.length > 0; generation -= 1) {
    const above: KubeObject[] = [];
    for (const one of level)
      for (const reference of one.metadata?.ownerReferences ?? []) {
        if (seen.has(reference.uid)) continue;
        seen.add(reference.uid);
        const owner = byUid(objects, reference.uid);
        if (owner !== undefined) above.push(owner);
        found.unshift(
          owner === undefined
            ? {
                apiVersion: reference.apiVersion,
                kind: reference.kind,
                namespace: one.metadata?.namespace ?? null,
                name: reference.name,
                uid: reference.uid,
                generation,
                exists: false,
                parent: null,
              }
            : relative(owner, generation, owner.metadata?.ownerReferences?.[0]?.uid ?? null),
        );
      }
    level = above;
  }
  return found;
}

function byUid(objects: ObjectView, uid: string): KubeObject | undefined {
  return objects.mentioning(uid).find((object) => object.metadata?.uid === uid);
}

function relative(object: KubeObject, generation: number, parent: string | null): Relative {
  return {
    apiVersion: object.apiVersion ?? '',
    kind: object.kind ?? '',
    namespace: object.metadata?.namespace ?? null,
    name: object.metadata?.name ?? '',
    uid: object.metadata?.uid ?? '',
    generation,
    exists: true,
    parent,
  };
}
