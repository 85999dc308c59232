import { Reader } from 'protobufjs/minimal.js';
import { encodeBase64 } from '../apimachinery/base64.ts';
import type { GroupVersionKind } from '../apimachinery/gvk.ts';
import type { StructType, TypeSchema } from '../apimachinery/schema/type-schema.ts';
import { parseApiVersion } from '../apimachinery/gvk.ts';
import { formatMicroTime, formatTime } from '../apimachinery/time.ts';
import type { ProtobufField } from './generated/protobuf-messages.ts';
import { PROTOBUF_MESSAGES } from './generated/protobuf-messages.ts';
import { SCHEMES } from './scheme.ts';

/** The bytes are no Kubernetes protobuf body. */
export class ProtobufError extends Error {}

const MAGIC = [0x6b, 0x38, 0x73, 0x00]; // "k8s\0"
const RUNTIME = 'k8s.io.apimachinery.pkg.runtime';
const META = 'k8s.io.apimachinery.pkg.apis.meta.v1';
const MAX_DEPTH = 100;

/**
 * Optional fields whose zero means something other than their absence. Clients write every plain field, zero
 * or not, so a zero of any other field is dropped, as it is left out of JSON.
 */
const ZERO_IS_A_VALUE = new Set([
  'activeDeadlineSeconds',
  'allocateLoadBalancerNodePorts',
  'allowPrivilegeEscalation',
  'automountServiceAccountToken',
  'blockOwnerDeletion',
  'controller',
  'defaultMode',
  'enableServiceLinks',
  'expirationSeconds',
  'fsGroup',
  'gracePeriodSeconds',
  'hostUsers',
  'immutable',
  'mode',
  'optional',
  'orphanDependents',
  'priority',
  'privileged',
  'progressDeadlineSeconds',
  'readOnlyRootFilesystem',
  'replicas',
  'revisionHistoryLimit',
  'runAsGroup',
  'runAsNonRoot',
  'runAsUser',
  'setHostnameAsFQDN',
  'shareProcessNamespace',
  'started',
  'terminationGracePeriodSeconds',
  'tolerationSeconds',
]);

type Json = Record<string, unknown>;

/**
 * Decodes a body as kubectl sends it (`k8s\0`, a runtime.Unknown, in it the message) into the same JSON value
 * a JSON body would have been. Fields of embedded structs come out inline, as in JSON.
 * Models runtime/serializer/protobuf (v1.34). @throws ProtobufError
 */
export function decodeKubernetesProtobuf(bytes: Uint8Array, expected: GroupVersionKind): Json {
  if (bytes.length < MAGIC.length || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw new ProtobufError(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  }
  try {
    const unknown = decodeMessage(bytes.subarray(MAGIC.length), `${RUNTIME}.Unknown`, undefined, 0);
    const typeMeta = (unknown['typeMeta'] ?? {}) as { apiVersion?: string; kind?: string };
    const gv = parseApiVersion(typeMeta.apiVersion ?? '');
    const gvk = typeMeta.kind === undefined || gv === undefined ? expected : { ...gv, kind: typeMeta.kind };
    const raw = unknown['raw'];
    const body = raw instanceof Uint8Array ? raw : new Uint8Array();
    const schemaName = SCHEMES.nameOf(gvk);
    if (schemaName === undefined) return { ...typeMeta };
    const type = SCHEMES.byName(schemaName) as StructType;
    const object = decodeMessage(body, messageName(schemaName), type, 0);
    return { ...typeMeta, ...object };
  } catch (error) {
    if (error instanceof ProtobufError) throw error;
    throw new ProtobufError(
      error instanceof RangeError ? 'unexpected EOF' : `proto: ${(error as Error).message}`,
    );
  }
}

/** `io.k8s.api.apps.v1.Deployment` → `k8s.io.api.apps.v1.Deployment`. */
function messageName(schemaName: string): string {
  return schemaName.replace(/^io\.k8s\./, 'k8s.io.');
}

const fieldsByNumber = new Map<string, Map<number, readonly [string, ProtobufField]>>();

function fieldsOf(message: string): Map<number, readonly [string, ProtobufField]> {
  const known = fieldsByNumber.get(message);
  if (known !== undefined) return known;
  const fields = PROTOBUF_MESSAGES[message];
  if (fields === undefined) throw new ProtobufError(`unknown message ${message}`);
  const byNumber = new Map(Object.entries(fields).map(([name, field]) => [field[0], [name, field] as const]));
  fieldsByNumber.set(message, byNumber);
  return byNumber;
}

/** `type` tells which fields JSON knows; a message field it does not know is an embedded struct. */
function decodeMessage(
  bytes: Uint8Array,
  message: string,
  type: StructType | undefined,
  depth: number,
): Json {
  if (depth > MAX_DEPTH) throw new ProtobufError('nested too deeply');
  const fields = fieldsOf(message);
  const reader = Reader.create(bytes);
  const object: Json = {};
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const entry = fields.get(tag >>> 3);
    if (entry === undefined) {
      reader.skipType(tag & 7);
      continue;
    }
    const [name, [, target, shape]] = entry;
    const known = type?.fields.get(name);
    if (shape === 'map') {
      readMapEntry(reader, object, name, target, known?.type, depth);
    } else if (shape === 'repeated') {
      const list = (object[name] ??= []) as unknown[];
      const item = known?.type.kind === 'list' ? known.type.item : undefined;
      if ((tag & 7) === 2 && isPackable(target)) {
        const end = reader.uint32() + reader.pos;
        while (reader.pos < end) list.push(readValue(reader, target, item, depth));
      } else list.push(readValue(reader, target, item, depth));
    } else if (type !== undefined && known === undefined && !isScalar(target)) {
      Object.assign(object, decodeMessage(reader.bytes(), target, type, depth + 1));
    } else {
      const value = readValue(reader, target, known?.type, depth);
      const zero = value === '' || value === 0 || value === false;
      if (!zero || ZERO_IS_A_VALUE.has(name)) object[name] = value;
    }
  }
  return object;
}

function readMapEntry(
  reader: Reader,
  object: Json,
  name: string,
  target: string,
  type: TypeSchema | undefined,
  depth: number,
): void {
  const entry = Reader.create(reader.bytes());
  let key = '';
  let value: unknown;
  while (entry.pos < entry.len) {
    const tag = entry.uint32();
    if (tag >>> 3 === 1) key = entry.string();
    else if (tag >>> 3 === 2)
      value = readValue(entry, target, type?.kind === 'map' ? type.value : undefined, depth);
    else entry.skipType(tag & 7);
  }
  const map = (object[name] ??= {}) as Json;
  const content = value ?? (target === 'string' || target === 'bytes' ? '' : {});
  Object.defineProperty(map, key, { value: content, enumerable: true, configurable: true, writable: true });
}

function isPackable(target: string): boolean {
  return target === 'int32' || target === 'int64' || target === 'bool' || target === 'double';
}

function isScalar(target: string): boolean {
  return isPackable(target) || target === 'string' || target === 'bytes';
}

function readValue(reader: Reader, target: string, type: TypeSchema | undefined, depth: number): unknown {
  switch (target) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return toNumber(reader.int64());
    case 'double':
      return reader.double();
    case 'bytes': {
      const bytes = reader.bytes();
      return type === undefined ? bytes : encodeBase64(bytes);
    }
    default:
      return readSpecial(reader.bytes(), target, type, depth);
  }
}

/** Messages whose JSON is no object of their fields. */
function readSpecial(
  bytes: Uint8Array,
  target: string,
  type: TypeSchema | undefined,
  depth: number,
): unknown {
  const struct = type?.kind === 'struct' ? type : undefined;
  const fields = decodeMessage(bytes, target, struct, depth + 1);
  switch (target) {
    case 'k8s.io.apimachinery.pkg.api.resource.Quantity':
      return fields['string'] ?? '0';
    case 'k8s.io.apimachinery.pkg.util.intstr.IntOrString':
      return fields['type'] === 1 ? (fields['strVal'] ?? '') : (fields['intVal'] ?? 0);
    case `${META}.Time`:
    case `${META}.MicroTime`:
    case `${META}.Timestamp`:
      return readTime(fields, target === `${META}.MicroTime`);
    case `${META}.FieldsV1`:
      return parseRaw(fields['Raw']);
    case `${RUNTIME}.RawExtension`:
      return parseRaw(fields['raw']);
    case 'k8s.io.api.authentication.v1.ExtraValue':
    case 'k8s.io.api.authorization.v1.ExtraValue':
    case 'k8s.io.api.certificates.v1.ExtraValue':
    case `${META}.Verbs`:
      return fields['items'] ?? [];
    default:
      return fields;
  }
}

/** A zero Time has no seconds: it stands for null. */
function readTime(fields: Json, micro: boolean): string | null {
  if (fields['seconds'] === undefined) return null;
  const seconds = fields['seconds'] as number;
  if (!micro) return formatTime(seconds * 1000);
  return formatMicroTime(
    seconds * 1000 + Math.floor(((fields['nanos'] as number | undefined) ?? 0) / 1000) / 1000,
  );
}

function parseRaw(raw: unknown): unknown {
  if (!(raw instanceof Uint8Array) || raw.length === 0) return null;
  return JSON.parse(new TextDecoder().decode(raw)) as unknown;
}

function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : Number(String(value));
}
