import type { KubeObject } from '../../api/types.ts';
import type { GroupVersionKind } from '../../apimachinery/gvk.ts';
import { newBadRequest } from '../../apimachinery/status.ts';
import type { JsonObject } from './wire-order.ts';
import { isJsonObject } from './wire-order.ts';

export type PatchType = (typeof PATCH_TYPES)[number];

/** Patches that change what is there, as opposed to server-side apply. */
export const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

function merge(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

/** Applies a decoded patch of one of the types. @throws StatusError 400, 422 */
export function applyPatch(type: PatchType, current: KubeObject, patch: unknown, _gvk: GroupVersionKind): JsonObject {
  if (!isJsonObject(patch)) throw newBadRequest('error decoding patch');
  if (type !== 'application/json-patch+json') return merge(current, patch) as JsonObject;
  throw newBadRequest('json patch pending');
}
