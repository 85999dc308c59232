import type { GroupVersionKind } from '../apimachinery/gvk.ts';
import { JsonSyntaxError, parseJson } from '../apimachinery/json.ts';
import type { ParsedJson } from '../apimachinery/json.ts';
import {
  JsonPatchError,
  JsonPatchFormatError,
  applyJsonPatch,
  toJsonPatch,
} from '../apimachinery/patch/json-patch.ts';
import { applyMergePatch } from '../apimachinery/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../apimachinery/patch/strategic-merge-patch.ts';
import { StrategicPatchError } from '../apimachinery/patch/strategic-patch-error.ts';
import { DecodeError } from '../apimachinery/schema/decode.ts';
import {
  StatusError,
  newBadRequest,
  newInvalidPatchResult,
  newRequestEntityTooLarge,
  newUnprocessablePatch,
  newUnsupportedMediaType,
} from '../apimachinery/status.ts';
import type { KubeObject } from '../apimachinery/types.ts';
import { invalid } from '../apimachinery/validation/field-error.ts';
import type { FieldValidation } from './decode-body.ts';
import { MAX_BODY_BYTES, decodeObject } from './decode-body.ts';
import { schemaOf } from './scheme.ts';

/** Media types a patch may have. Server-side apply is answered with a clear refusal (see `patchObject`). */
export const PATCH_MEDIA_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

const MAX_OPERATIONS = 10_000;

export interface PatchRequest {
  readonly contentType?: string;
  /** Bytes or text from outside, or a value that crossed the simulated network as it is. */
  readonly body: Uint8Array | string | object | undefined;
  readonly fieldValidation?: FieldValidation;
}

/** A patch, decoded once; applied again whenever the object it is for turns out to have changed. */
export interface DecodedPatch {
  /** @throws StatusError when it cannot be applied or the result is not of the kind */
  apply(
    object: KubeObject,
    gvk: GroupVersionKind,
  ): { readonly object: KubeObject; readonly warnings: readonly string[] };
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Decodes a PATCH body by its media type. Models endpoints/handlers/patch.go (v1.34).
 * @throws StatusError 400 for malformed bodies, 413, 415 for other media types
 */
export function decodePatch(request: PatchRequest): DecodedPatch {
  const mediaType = (request.contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/apply-patch+yaml' || mediaType === 'application/apply-patch+cbor') {
    throw newUnsupportedMediaType(PATCH_MEDIA_TYPES);
  }
  const { fieldValidation } = request;
  switch (mediaType) {
    case 'application/json-patch+json': {
      const operations = decoding(() => toJsonPatch(parseBody(request.body).value));
      if (operations.length > MAX_OPERATIONS) {
        throw newRequestEntityTooLarge(
          `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`,
        );
      }
      return {
        apply: (object, gvk) =>
          finish(
            applying(() => applyJsonPatch(object, operations)),
            gvk,
            fieldValidation,
          ),
      };
    }
    case 'application/merge-patch+json': {
      const patch = decodeObjectPatch(request.body);
      return { apply: (object, gvk) => finish(applyMergePatch(object, patch), gvk, fieldValidation) };
    }
    case 'application/strategic-merge-patch+json': {
      const patch = decodeObjectPatch(request.body);
      return {
        apply: (object, gvk) =>
          finish(
            applying(() => applyStrategicMergePatch(object as unknown as Json, patch, schemaOf(gvk))),
            gvk,
            fieldValidation,
          ),
      };
    }
    default:
      throw newUnsupportedMediaType(PATCH_MEDIA_TYPES);
  }
}

function parseBody(body: PatchRequest['body']): ParsedJson {
  if (typeof body === 'object' && !(body instanceof Uint8Array))
    return { value: body, duplicates: undefined };
  if (body !== undefined && body.length > MAX_BODY_BYTES)
    throw newRequestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`);
  return parseJson(
    body === undefined ? '' : typeof body === 'string' ? body : new TextDecoder().decode(body),
  );
}

function decodeObjectPatch(body: PatchRequest['body']): Json {
  return decoding(() => {
    const { value } = parseBody(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
    const what =
      value === null
        ? 'null'
        : Array.isArray(value)
          ? 'array'
          : typeof value === 'boolean'
            ? 'bool'
            : typeof value;
    throw new JsonPatchFormatError(
      `json: cannot unmarshal ${what} into Go value of type map[string]interface {}`,
    );
  });
}

function decoding<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof JsonPatchFormatError) {
      throw newBadRequest(`error decoding patch: ${error.message}`);
    }
    throw error;
  }
}

function applying<T>(apply: () => T): T {
  try {
    return apply();
  } catch (error) {
    if (error instanceof JsonPatchError) throw newUnprocessablePatch();
    if (!(error instanceof StrategicPatchError)) throw error;
    switch (error.failure) {
      case 'BadRequest':
        throw newBadRequest(error.message);
      case 'Unprocessable':
        throw newUnprocessablePatch();
      case 'Unknown':
        throw new StatusError(500, undefined, error.message);
    }
  }
}

/** Brings what the patch made into the kind's shape. */
function finish(
  value: unknown,
  gvk: GroupVersionKind,
  fieldValidation: FieldValidation = 'Ignore',
): { object: KubeObject; warnings: readonly string[] } {
  const wrong = (why: string): StatusError =>
    newInvalidPatchResult([invalid('patch', JSON.stringify(value), why)]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(
      `json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type v1.${gvk.kind}`,
    );
  }
  try {
    const { object, strictErrors } = decodeObject(gvk, value as Json);
    if (strictErrors.length === 0 || fieldValidation === 'Ignore') return { object, warnings: [] };
    if (fieldValidation === 'Warn') return { object, warnings: strictErrors };
    throw wrong(`strict decoding error: ${strictErrors.join(', ')}`);
  } catch (error) {
    if (error instanceof DecodeError) throw wrong(error.message);
    throw error;
  }
}
