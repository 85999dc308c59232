import { newBadRequest } from '../../apimachinery/status.ts';
import type { DeleteRequestOptions } from '../registry/request-options.ts';
import type { ApiRequest } from './api-request.ts';
import { decodeRequestOptions } from './body-decoder.ts';
import { negotiate } from './negotiation.ts';
import { buildPredicate } from './predicate.ts';
import { parseDryRun, parseListRequest } from './request-options.ts';
import { respondObject } from './responder.ts';
import type { ServedResource } from './served-resource.ts';
import { answerWithObject, writeContextOf } from './write-handlers.ts';
import type { JsonObject } from './wire-order.ts';
import { isJsonObject } from './wire-order.ts';

const POLICIES = new Set(['Orphan', 'Background', 'Foreground']);

function optionalInteger(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    throw newBadRequest(
      `DeleteOptions in version "v1" cannot be handled as a DeleteOptions: json: cannot unmarshal into Go struct field DeleteOptions.${field} of type int64`,
    );
  }
  return number;
}

/** DeleteOptions of the body, or of the query where there is no body. @throws StatusError 400, 422 */
export function parseDeleteOptions(request: ApiRequest): DeleteRequestOptions & { readonly dryRun: boolean } {
  const { query } = request.info;
  const body: JsonObject = decodeRequestOptions(request.exchange.request, 'DeleteOptions') ?? {};
  const dryRuns = Array.isArray(body['dryRun']) ? body['dryRun'].map(String) : query.getAll('dryRun');
  const propagationPolicy = body['propagationPolicy'] ?? query.get('propagationPolicy') ?? undefined;
  const orphan =
    body['orphanDependents'] ??
    (query.has('orphanDependents') ? query.get('orphanDependents') === 'true' : undefined);
  const grace = optionalInteger(
    body['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds'),
    'gracePeriodSeconds',
  );
  if (
    propagationPolicy !== undefined &&
    (typeof propagationPolicy !== 'string' || !POLICIES.has(propagationPolicy))
  ) {
    throw newBadRequest(
      `invalid propagation policy ${JSON.stringify(propagationPolicy)}: valid values are "Foreground", "Background", "Orphan"`,
    );
  }
  const preconditions = isJsonObject(body['preconditions']) ? body['preconditions'] : {};
  const { uid, resourceVersion } = preconditions;
  return {
    dryRun: parseDryRun(dryRuns.filter((value) => value !== '')),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(propagationPolicy === undefined
      ? {}
      : { propagationPolicy: propagationPolicy as 'Orphan' | 'Background' | 'Foreground' }),
    ...(typeof orphan === 'boolean' ? { orphanDependents: orphan } : {}),
    preconditions: {
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    },
  };
}

/** DELETE of one object. @throws StatusError */
export async function handleDelete(request: ApiRequest, resource: ServedResource): Promise<void> {
  const { info, exchange, trail } = request;
  negotiate(exchange.request.headers['accept'], { transforms: true, yaml: true });
  const { dryRun, ...options } = parseDeleteOptions(request);
  const write = writeContextOf(request, { dryRun, fieldManager: '' });
  const answer = await resource.deleter.delete(info.namespaceOfObject, info.name, options, write);
  trail.etcd = dryRun ? 'dry run' : 'delete';
  if (answer.kind === 'Status') {
    const { mediaType } = negotiate(exchange.request.headers['accept'], { transforms: true, yaml: true });
    respondObject(exchange, info.query, trail, {
      status: 200,
      value: answer,
      mediaType,
      warnings: write.warnings,
    });
    return;
  }
  answerWithObject(request, resource, 200, answer as never, write.warnings);
}

/** DELETE of a collection. @throws StatusError */
export async function handleDeleteCollection(request: ApiRequest, resource: ServedResource): Promise<void> {
  const { info, exchange, trail } = request;
  const { query } = info;
  const { mediaType } = negotiate(exchange.request.headers['accept'], { transforms: true, yaml: true });
  const { dryRun, ...options } = parseDeleteOptions(request);
  const predicate = buildPredicate(
    resource.strategy,
    info.namespaceOfObject,
    query.get('labelSelector') ?? '',
    query.get('fieldSelector') ?? '',
  );
  const write = writeContextOf(request, { dryRun, fieldManager: '' });
  const list = await resource.deleter.deleteCollection(predicate, parseListRequest(query), options, write);
  trail.etcd = dryRun ? 'dry run' : `delete of ${list.items.length}`;
  respondObject(exchange, query, trail, { status: 200, value: list, mediaType, warnings: write.warnings });
}
