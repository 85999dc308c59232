import { decodeObject } from '../../api/decode-body.ts';
import type { FieldValidation } from '../../api/decode-body.ts';
import type { KubeObject } from '../../api/types.ts';
import type { KindStrategy } from '../../api/strategy.ts';
import { JsonSyntaxError, parseJsonValue } from '../../apimachinery/json.ts';
import { DecodeError } from '../../apimachinery/schema/decode.ts';
import {
  newBadRequest,
  newConflict,
  newInvalidPatchResult,
  newUnsupportedMediaType,
} from '../../apimachinery/status.ts';
import type { StatusError } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { invalid } from '../../apimachinery/validation/field-error.ts';
import type { HttpRequest } from '../../network/http.ts';
import type { ApiRequest } from './api-request.ts';
import { bodyText, checkBodySize, contentTypeOf } from './body-decoder.ts';
import { APPLY_TYPE, decodeApplied, parseApplyConfig } from './apply-config.ts';
import { negotiate } from './negotiation.ts';
import { PATCH_TYPES, preparePatch } from './patch-types.ts';
import type { PatchType } from './patch-types.ts';
import { parseWriteOptions } from './request-options.ts';
import type { ServedResource } from './served-resource.ts';
import type { StagedExchange } from './staged-exchange.ts';
import { isJsonObject } from './wire-order.ts';
import { answerWithObject, checkNameOnUrl, writeContextOf } from './write-handlers.ts';

/** A decoded patch, ready to be applied to whatever the object is by then. */
export interface ParsedPatch {
  /** @throws StatusError 422 */
  apply(
    current: KubeObject,
    validation: FieldValidation,
  ): { readonly object: KubeObject; readonly warnings: readonly string[] };
}

/** No kind is nested deeper; what follows walks a patch recursively. */
const MAX_DEPTH = 500;
/** What every PATCH accepts. */
const ACCEPTED: readonly string[] = [...PATCH_TYPES, APPLY_TYPE];
/** A custom resource's lists have no strategies. */
const ACCEPTED_BY_CUSTOM = ACCEPTED.filter((type) => type !== 'application/strategic-merge-patch+json');

type PatchedKind = Pick<KindStrategy, 'gvk' | 'custom'>;

/** Looks level by level, so that no depth can exhaust the stack. */
function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

function readPatch(request: HttpRequest): unknown {
  const { body } = request;
  if (body?.type === 'object') return body.value;
  checkBodySize(request);
  try {
    const patch = parseJsonValue(bodyText(request));
    if (isDeeperThan(patch, MAX_DEPTH)) throw newBadRequest('error decoding patch: exceeded max depth');
    return patch;
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw newBadRequest(`error decoding patch: ${error.message}`);
    throw error;
  }
}

/** Whether a PATCH is server-side apply. */
export function isApply(request: HttpRequest): boolean {
  return contentTypeOf(request) === APPLY_TYPE;
}

/** Reads the patch of a request on an object of a kind. @throws StatusError 400, 413, 415 */
export function parsePatch(
  { request, observer }: Pick<StagedExchange, 'request' | 'observer'>,
  kind: PatchedKind,
): ParsedPatch {
  const type = contentTypeOf(request);
  const accepted = kind.custom === undefined ? ACCEPTED : ACCEPTED_BY_CUSTOM;
  if (!accepted.includes(type) || type === APPLY_TYPE) throw newUnsupportedMediaType(accepted);
  const sent = readPatch(request);
  observer?.onPatch(sent);
  const patch = preparePatch(type as PatchType, sent, kind.gvk);
  return { apply: (current, validation) => decodePatched(patch(current), kind, validation) };
}

function decodePatched(patched: unknown, kind: PatchedKind, validation: FieldValidation) {
  const refuse = (why: string): StatusError =>
    newInvalidPatchResult([invalid('patch', JSON.stringify(patched), why)]);
  if (!isJsonObject(patched))
    throw refuse(`json: cannot unmarshal into Go value of type v1.${kind.gvk.kind}`);
  try {
    const { object, strictErrors } = decodeObject(kind, patched);
    if (validation === 'Strict' && strictErrors.length > 0) {
      throw refuse(`strict decoding error: ${strictErrors.join(', ')}`);
    }
    return { object, warnings: validation === 'Warn' ? strictErrors : [] };
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message);
    throw error;
  }
}

/** PATCH of an object or of its status. @throws StatusError */
export async function handlePatch(request: ApiRequest, resource: ServedResource): Promise<void> {
  const { info, exchange, trail } = request;
  negotiate(exchange.request.headers['accept'], { transforms: true, yaml: true });
  if (isApply(exchange.request)) return handleApply(request, resource);
  const patch = parsePatch(exchange, resource.strategy);
  const options = parseWriteOptions(info.query, 'PatchOptions', exchange.request.headers['user-agent']);
  const write = writeContextOf(request, options);
  const update = (current: KubeObject | undefined): KubeObject => {
    const result = patch.apply(current as KubeObject, options.fieldValidation);
    checkNameOnUrl(result.object, info.name, info.namespaceOfObject);
    for (const warning of result.warnings)
      if (!write.warnings.includes(warning)) write.warnings.push(warning);
    return result.object;
  };
  const { object } = await resource.writer.update(
    {
      namespace: info.namespaceOfObject,
      name: info.name,
      subresource: info.subresource,
      update,
      create: 'never',
    },
    write,
  );
  trail.etcd = options.dryRun ? 'dry run' : 'update';
  answerWithObject(request, resource, 200, object, write.warnings);
}

/** PATCH as server-side apply, of an object or of its status. @throws StatusError */
async function handleApply(request: ApiRequest, resource: ServedResource): Promise<void> {
  const { info, exchange, trail } = request;
  checkBodySize(exchange.request);
  const userAgent = exchange.request.headers['user-agent'];
  const options = parseWriteOptions(info.query, 'PatchOptions', userAgent, true);
  const write = writeContextOf(request, options);
  const owners = resource.store.fieldManager(info.subresource);
  const update = (current: KubeObject | undefined): KubeObject => {
    const { config, strictError } = parseApplyConfig(exchange.request, options.fieldValidation);
    exchange.observer?.onPatch(config);
    const time = formatTime(resource.store.context.clock.now());
    const applied = owners.apply(current, config, options.fieldManager, options.force, time);
    if (strictError !== undefined) noteStrictError(strictError, options.fieldValidation, write.warnings);
    const object = decodeApplied(applied, config, resource.strategy);
    const uid = object.metadata?.uid ?? '';
    if (current === undefined && uid !== '') {
      const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
      throw newConflict(resource.store.resource, info.name, why);
    }
    checkNameOnUrl(object, info.name, info.namespaceOfObject);
    return object;
  };
  const { object, created } = await resource.writer.update(
    {
      namespace: info.namespaceOfObject,
      name: info.name,
      subresource: info.subresource,
      update,
      create: info.subresource === '' ? 'always' : 'never',
      owned: true,
    },
    write,
  );
  trail.etcd = options.dryRun ? 'dry run' : created ? 'create' : 'update';
  answerWithObject(request, resource, created ? 201 : 200, object, write.warnings);
}

/** @throws StatusError 400 when duplicates are refused */
function noteStrictError(text: string, validation: FieldValidation, warnings: string[]): void {
  if (validation === 'Strict') throw newBadRequest(`error strict decoding YAML: ${text}`);
  if (!warnings.includes(text)) warnings.push(text);
}
