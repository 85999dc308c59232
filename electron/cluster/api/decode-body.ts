import type { GroupVersionKind } from '../apimachinery/gvk.ts';
import { apiVersionOf, parseApiVersion } from '../apimachinery/gvk.ts';
import { JsonSyntaxError, parseJson, parseJsonValue } from '../apimachinery/json.ts';
import type { DuplicateKeys } from '../apimachinery/schema/decode.ts';
import { DecodeError, decodeValue } from '../apimachinery/schema/decode.ts';
import { newBadRequest, newRequestEntityTooLarge, newUnsupportedMediaType } from '../apimachinery/status.ts';
import type { KubeObject } from '../apimachinery/types.ts';
import { quote } from '../apimachinery/validation/field-error.ts';
import { YamlSyntaxError, parseYaml } from '../apimachinery/yaml.ts';
import { ProtobufError, decodeKubernetesProtobuf } from './protobuf.ts';
import { SCHEMES, internalPackage, schemaOf } from './scheme.ts';
import type { CustomKind, KindStrategy } from './strategy.ts';

/** `fieldValidation` of a write: what happens to unknown and duplicate fields. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface DecodeRequest {
  /** The media type with or without parameters; absent means JSON. */
  readonly contentType?: string;
  /** Bytes or text from outside, or a value that crossed the simulated network as it is. */
  readonly body: Uint8Array | string | object | undefined;
  /** The kind the endpoint takes; also what a body without kind or apiVersion is taken for. */
  readonly expected: GroupVersionKind;
  readonly fieldValidation?: FieldValidation;
  /** Set when a CustomResourceDefinition defines the kind. */
  readonly custom?: CustomKind;
}

export interface DecodedBody {
  /** With `apiVersion` and `kind`, in canonical form (see `decodeValue`). */
  readonly object: KubeObject;
  /** For the `Warning` header, one each. */
  readonly warnings: readonly string[];
}

/** Media types a request body may have. */
export const DECODED_MEDIA_TYPES = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
] as const;

/** Largest request body in bytes, as upstream. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

const JSON_TYPE = 'application/json';
const MAX_DEPTH = 500;
const SCHEME_NAME = 'pkg/api/legacyscheme/scheme.go:30';

/**
 * Decodes a request body into the kind an endpoint takes. Models endpoints/handlers/create.go and
 * transformDecodeError (v1.34). @throws StatusError 400, 413, 415 with upstream's texts
 */
export function decodeBody(request: DecodeRequest): DecodedBody {
  const source = readSource(request);
  const { expected, fieldValidation = 'Ignore' } = request;
  if (request.custom !== undefined) return decodeCustom(request, source, request.custom);
  const { apiVersion, kind } = typeMetaOf(source, expected);
  const gv = parseApiVersion(apiVersion === '' ? apiVersionOf(expected) : apiVersion);
  if (gv === undefined) throw unrecognized(expected, source, `unexpected GroupVersion string: ${apiVersion}`);
  const actual: GroupVersionKind = { ...gv, kind: kind === '' ? expected.kind : kind };
  const fail = (why: string): Error =>
    newBadRequest(
      `${actual.kind} in version ${quote(actual.version)} cannot be handled as a ${expected.kind}: ${why}`,
    );
  if (SCHEMES.forKind(actual) === undefined) {
    throw fail(
      `no kind ${quote(actual.kind)} is registered for version ${quote(apiVersionOf(actual))} in scheme ${quote(SCHEME_NAME)}`,
    );
  }
  const type = schemaOf(actual);
  const duplicates = fieldValidation === 'Ignore' ? undefined : source.duplicates;
  let object: Readonly<Record<string, unknown>>;
  let strictErrors: readonly string[];
  try {
    ({ value: object, strictErrors } = decodeValue(type, source.value, duplicates));
  } catch (error) {
    if (error instanceof DecodeError) throw fail(error.message);
    throw error;
  }
  if (actual.kind !== expected.kind || actual.group !== expected.group) {
    throw fail(
      `converting (${type.goType}) to (${internalPackage(expected.group)}.${expected.kind}): unknown conversion`,
    );
  }
  const problems = fieldValidation === 'Ignore' ? [] : [...new Set(strictErrors)];
  if (fieldValidation === 'Strict' && problems.length > 0)
    throw fail(`strict decoding error: ${problems.join(', ')}`);
  return {
    object: withTypeMeta(object, actual),
    warnings: fieldValidation === 'Warn' ? problems : [],
  };
}

/** A body of a kind that the scheme does not know: its own type decides, and its kind has to be said. */
function decodeCustom(request: DecodeRequest, source: Source, custom: CustomKind): DecodedBody {
  const { expected, fieldValidation = 'Ignore' } = request;
  const { apiVersion, kind } = typeMetaOf(source, expected);
  if (kind === '')
    throw unrecognized(expected, source, `Object 'Kind' is missing in '${JSON.stringify(source.value)}'`);
  const wanted = apiVersionOf(expected);
  if (apiVersion !== wanted) {
    const why = `the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`;
    throw newBadRequest(why);
  }
  const fail = (why: string): Error =>
    newBadRequest(
      `${kind} in version ${quote(expected.version)} cannot be handled as a ${expected.kind}: ${why}`,
    );
  try {
    const { value, strictErrors } = custom.decode(
      source.value,
      fieldValidation === 'Ignore' ? undefined : source.duplicates,
    );
    if (fieldValidation === 'Strict' && strictErrors.length > 0)
      throw fail(`strict decoding error: ${strictErrors.join(', ')}`);
    return { object: value as KubeObject, warnings: fieldValidation === 'Warn' ? strictErrors : [] };
  } catch (error) {
    if (error instanceof DecodeError) throw fail(error.message);
    throw error;
  }
}

/** Decodes a value already parsed (the result of a patch, an object out of storage). @throws DecodeError */
export function decodeObject(
  kind: Pick<KindStrategy, 'gvk' | 'custom'>,
  value: Readonly<Record<string, unknown>>,
): { object: KubeObject; strictErrors: readonly string[] } {
  const { gvk, custom } = kind;
  const decoded = custom === undefined ? decodeValue(schemaOf(gvk), value) : custom.decode(value);
  return { object: withTypeMeta(decoded.value, gvk), strictErrors: decoded.strictErrors };
}

function withTypeMeta(object: Readonly<Record<string, unknown>>, gvk: GroupVersionKind): KubeObject {
  const apiVersion = apiVersionOf(gvk);
  if (object['apiVersion'] === apiVersion && object['kind'] === gvk.kind) return object as KubeObject;
  return { ...object, apiVersion, kind: gvk.kind } as KubeObject;
}

interface Source {
  readonly value: Readonly<Record<string, unknown>>;
  readonly duplicates: DuplicateKeys | undefined;
  readonly text: string;
}

function readSource(request: DecodeRequest): Source {
  const { body, expected } = request;
  const mediaType = (request.contentType ?? JSON_TYPE).split(';', 1)[0]?.trim().toLowerCase() ?? JSON_TYPE;
  if (!(DECODED_MEDIA_TYPES as readonly string[]).includes(mediaType === '' ? JSON_TYPE : mediaType)) {
    throw newUnsupportedMediaType(DECODED_MEDIA_TYPES);
  }
  if (typeof body === 'object' && !(body instanceof Uint8Array)) {
    return { value: body as Readonly<Record<string, unknown>>, duplicates: undefined, text: '' };
  }
  if (body !== undefined && body.length > MAX_BODY_BYTES)
    throw newRequestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`);
  if (mediaType === 'application/vnd.kubernetes.protobuf') return readProtobuf(body, expected);
  const text = body === undefined ? '' : typeof body === 'string' ? body : new TextDecoder().decode(body);
  let value: unknown;
  let duplicates: DuplicateKeys | undefined;
  try {
    if (mediaType === 'application/yaml') value = parseYaml(text);
    else if ((request.fieldValidation ?? 'Ignore') === 'Ignore') value = parseJsonValue(text);
    else ({ value, duplicates } = parseJson(text));
  } catch (error) {
    const source = { value: {}, duplicates: undefined, text };
    if (error instanceof JsonSyntaxError) {
      throw unrecognized(expected, source, `couldn't get version/kind; json parse error: ${error.message}`);
    }
    if (error instanceof YamlSyntaxError) {
      throw unrecognized(expected, source, `error converting YAML to JSON: ${error.message}`);
    }
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const source = { value: {}, duplicates: undefined, text };
    if (value === null) return { ...source, value: {} };
    const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    const type =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
    throw unrecognized(
      expected,
      source,
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type ${type}`,
    );
  }
  if (tooDeep(value, 0))
    throw unrecognized(
      expected,
      { value: {}, duplicates, text },
      "couldn't get version/kind; json parse error: exceeded max depth",
    );
  return { value: value as Readonly<Record<string, unknown>>, duplicates, text };
}

function readProtobuf(body: Uint8Array | string | undefined, expected: GroupVersionKind): Source {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  try {
    const value = decodeKubernetesProtobuf(bytes, expected);
    return { value, duplicates: undefined, text: '' };
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw newBadRequest(
      `the object provided is unrecognized (must be of type ${expected.kind}): ${error.message} (${summarizeBytes(bytes)})`,
    );
  }
}

/** Values nested deeper than any kind are; guards the recursive walks that follow. */
function tooDeep(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth > MAX_DEPTH) return true;
  for (const child of Object.values(value)) if (tooDeep(child, depth + 1)) return true;
  return false;
}

function typeMetaOf(source: Source, expected: GroupVersionKind): { apiVersion: string; kind: string } {
  const read = (name: 'apiVersion' | 'kind'): string => {
    const value = source.value[name];
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return value;
    const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    throw unrecognized(
      expected,
      source,
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go struct field .${name} of type string`,
    );
  };
  return { apiVersion: read('apiVersion'), kind: read('kind') };
}

function unrecognized(expected: GroupVersionKind, source: Source, why: string): Error {
  return newBadRequest(
    `the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${summarizeText(source.text)})`,
  );
}

const MAX_SUMMARY = 30;

/** The beginning of a body: as it is when it looks like JSON, else in hex. */
function summarizeText(text: string): string {
  if (text === '') return '<empty>';
  if (!text.startsWith('{')) return summarizeBytes(new TextEncoder().encode(text));
  return text.length > MAX_SUMMARY ? `${text.slice(0, MAX_SUMMARY)} ...` : text;
}

function summarizeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>';
  const shown = bytes.subarray(0, MAX_SUMMARY);
  const hex = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > MAX_SUMMARY ? `${hex} ...` : hex;
}
