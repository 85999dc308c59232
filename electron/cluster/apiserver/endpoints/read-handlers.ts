import type { KubeList, KubeObject } from '../../api/types.ts';
import type { IncludeObject } from '../../apimachinery/table.ts';
import { partialObjectMetadata, toTable } from '../../apimachinery/table.ts';
import { newBadRequest } from '../../apimachinery/status.ts';
import type { ApiRequest } from './api-request.ts';
import { negotiate } from './negotiation.ts';
import type { Negotiated } from './negotiation.ts';
import { buildPredicate } from './predicate.ts';
import { parseListRequest } from './request-options.ts';
import { respondObject } from './responder.ts';
import type { ServedResource } from './served-resource.ts';

/** @throws StatusError 400 for anything but upstream's three values */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject') ?? '';
  if (asked === '' || asked === 'Metadata') return 'Metadata';
  if (asked === 'Object' || asked === 'None') return asked;
  throw newBadRequest(`unrecognized includeObject value: ${JSON.stringify(asked)}`);
}

/** An object, or a list, in the form that was negotiated. */
export function transformAnswer(
  value: KubeObject | KubeList,
  transform: Negotiated['transform'],
  resource: ServedResource,
  request: ApiRequest,
): unknown {
  if (transform === 'none') return value;
  const isList = 'items' in value;
  const objects = isList ? value.items : [value];
  if (transform === 'Table') {
    const { metadata } = value;
    const now = resource.store.context.clock.now();
    const listMetadata = isList
      ? { ...(value.metadata ?? {}) }
      : { resourceVersion: metadata?.resourceVersion ?? '' };
    return toTable(resource.strategy, objects, now, listMetadata, includeObjectOf(request.info.query));
  }
  const metadataOnly = objects.map((object) => partialObjectMetadata(object.metadata ?? {}));
  if (!isList) return metadataOnly[0];
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: value.metadata ?? {},
    items: metadataOnly,
  };
}

/** GET of one object. @throws StatusError */
export async function handleGet(request: ApiRequest, resource: ServedResource): Promise<void> {
  const { info, exchange, trail } = request;
  const { mediaType, transform } = negotiate(exchange.request.headers['accept'], {
    transforms: true,
    yaml: true,
  });
  const object = await resource.store.get(
    info.namespaceOfObject,
    info.name,
    info.query.get('resourceVersion') ?? '',
  );
  respondObject(exchange, info.query, trail, {
    status: 200,
    value: transformAnswer(object, transform, resource, request),
    mediaType,
  });
}

/** GET of a collection. @throws StatusError */
export async function handleList(request: ApiRequest, resource: ServedResource): Promise<void> {
  const { info, exchange, trail } = request;
  const { mediaType, transform } = negotiate(exchange.request.headers['accept'], {
    transforms: true,
    yaml: true,
  });
  const { query } = info;
  const predicate = buildPredicate(
    resource.strategy,
    info.namespaceOfObject,
    query.get('labelSelector') ?? '',
    query.get('fieldSelector') ?? '',
  );
  const list = await resource.store.list(predicate, parseListRequest(query));
  respondObject(exchange, query, trail, {
    status: 200,
    value: transformAnswer(list, transform, resource, request),
    mediaType,
  });
}
