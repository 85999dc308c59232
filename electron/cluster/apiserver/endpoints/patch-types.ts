import { schemaOf } from '../../api/scheme.ts';
import type { KubeObject } from '../../api/types.ts';
import type { GroupVersionKind } from '../../apimachinery/gvk.ts';
import {
  applyJsonPatch,
  JsonPatchError,
  JsonPatchFormatError,
  toJsonPatch,
} from '../../apimachinery/patch/json-patch.ts';
import { applyMergePatch } from '../../apimachinery/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../apimachinery/patch/strategic-merge-patch.ts';
import { StrategicPatchError } from '../../apimachinery/patch/strategic-patch-error.ts';
import {
  newBadRequest,
  newRequestEntityTooLarge,
  newUnprocessablePatch,
  StatusError,
} from '../../apimachinery/status.ts';
import type { JsonObject } from './wire-order.ts';
import { isJsonObject } from './wire-order.ts';

export type PatchType = (typeof PATCH_TYPES)[number];

/** Patches that change what is there, as opposed to server-side apply. */
export const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

const MAX_OPERATIONS = 10_000;

/** Applies a patch to the object as it is now. @throws StatusError 422, 500 */
export type PatchFunction = (current: KubeObject) => unknown;

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}

function jsonPatch(patch: unknown): PatchFunction {
  let operations: ReturnType<typeof toJsonPatch>;
  try {
    operations = toJsonPatch(patch);
  } catch (error) {
    if (error instanceof JsonPatchFormatError) throw newBadRequest(`error decoding patch: ${error.message}`);
    throw error;
  }
  if (operations.length > MAX_OPERATIONS) {
    throw newRequestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`,
    );
  }
  return (current) => {
    try {
      return applyJsonPatch(current, operations);
    } catch (error) {
      if (error instanceof JsonPatchError) throw newUnprocessablePatch();
      throw error;
    }
  };
}

function strategicPatch(patch: JsonObject, gvk: GroupVersionKind): PatchFunction {
  const type = schemaOf(gvk);
  return (current) => {
    try {
      return applyStrategicMergePatch(current as JsonObject, patch, type);
    } catch (error) {
      if (!(error instanceof StrategicPatchError)) throw error;
      if (error.failure === 'BadRequest') throw newBadRequest(error.message);
      if (error.failure === 'Unprocessable') throw newUnprocessablePatch();
      throw new StatusError(500, undefined, error.message);
    }
  };
}

/** Prepares a decoded patch of one of the types. @throws StatusError 400, 413 */
export function preparePatch(type: PatchType, patch: unknown, gvk: GroupVersionKind): PatchFunction {
  if (type === 'application/json-patch+json') return jsonPatch(patch);
  if (!isJsonObject(patch)) {
    throw newBadRequest(
      `error decoding patch: json: cannot unmarshal ${typeName(patch)} into Go value of type map[string]interface {}`,
    );
  }
  if (type === 'application/merge-patch+json') return (current) => applyMergePatch(current, patch);
  return strategicPatch(patch, gvk);
}
