import type { Json, JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import type { Operation } from '../kustomize/json-patch.ts';
import { applyJsonPatch } from '../kustomize/json-patch.ts';
import { mergePatch, removed } from '../kustomize/merge.ts';
import type { PatchType } from './patch-schema.ts';

/**
 * An object with a patch laid over it, without a server. `type` has the merge keys of a strategic patch.
 *
 * @throws KubectlError for an operation that cannot be done
 */
export function laidOver(
  object: JsonObject,
  value: Json,
  how: 'merge' | 'json' | 'strategic',
  type: PatchType | undefined,
): JsonObject {
  if (how === 'json') {
    const patched = applyJsonPatch(
      object,
      (Array.isArray(value) ? value : []).filter(isObject) as unknown as Operation[],
    );
    return isObject(patched) ? patched : object;
  }
  const merged = mergePatch(object, isObject(value) ? value : {}, how === 'merge' ? {} : (type ?? {}));
  return merged === removed ? object : merged;
}
