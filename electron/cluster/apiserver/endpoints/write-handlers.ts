import type { KubeObject } from '../../api/types.ts';
import { newBadRequest } from '../../apimachinery/status.ts';
import type { WriteContext } from '../registry/request-options.ts';
import type { ApiRequest } from './api-request.ts';
import { decodeRequestObject } from './body-decoder.ts';
import { negotiate } from './negotiation.ts';
import { transformAnswer } from './read-handlers.ts';
import { parseWriteOptions } from './request-options.ts';
import type { WriteOptions } from './request-options.ts';
import { respondObject } from './responder.ts';
import type { ServedResource } from './served-resource.ts';

/** What the registry needs to know of a request that writes. */
export function writeContextOf(
  request: ApiRequest,
  options: Pick<WriteOptions, 'dryRun' | 'fieldManager'>,
): WriteContext {
  const admission: string[] = [];
  const warnings: string[] = [];
  const annotations = new Map<string, string>();
  Object.assign(request.trail, { admission, warnings, annotations });
  request.exchange.annotations = annotations;
  return {
    user: request.user,
    dryRun: options.dryRun,
    fieldManager: options.fieldManager,
    warnings,
    admission,
    annotations,
  };
}

/** @throws StatusError 400 when an object does not belong to the path it was sent to */
export function checkNameOnUrl(object: KubeObject, name: string, namespace: string): void {
  const { name: given = '', namespace: givenNamespace = '' } = object.metadata ?? {};
  if (given === '') {
    throw newBadRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (given !== name) {
    throw newBadRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
  if (givenNamespace !== '' && namespace !== '' && givenNamespace !== namespace) {
    throw newBadRequest(
      `the namespace of the object (${givenNamespace}) does not match the namespace on the request (${namespace})`,
    );
  }
}

export function answerWithObject(
  request: ApiRequest,
  resource: ServedResource,
  status: number,
  object: KubeObject,
  warnings: readonly string[],
): void {
  const { info, exchange, trail } = request;
  const { mediaType, transform } = negotiate(exchange.request.headers['accept'], {
    transforms: true,
    yaml: true,
  });
  respondObject(exchange, info.query, trail, {
    status,
    value: transformAnswer(object, transform, resource, request),
    mediaType,
    warnings,
  });
}

/** POST to a collection. @throws StatusError */
export async function handleCreate(request: ApiRequest, resource: ServedResource): Promise<void> {
  const { info, exchange, trail } = request;
  negotiate(exchange.request.headers['accept'], { transforms: true, yaml: true });
  const options = parseWriteOptions(info.query, 'CreateOptions', exchange.request.headers['user-agent']);
  const { gvk, custom } = resource.strategy;
  const decoded = decodeRequestObject(exchange, gvk, options.fieldValidation, custom);
  const write = writeContextOf(request, options);
  write.warnings.push(...decoded.warnings);
  const object = await resource.writer.create(info.namespaceOfObject, decoded.object, write);
  trail.etcd = options.dryRun ? 'dry run' : 'create';
  answerWithObject(request, resource, 201, object, write.warnings);
}

/** PUT of an object or of its status. @throws StatusError */
export async function handleUpdate(request: ApiRequest, resource: ServedResource): Promise<void> {
  const { info, exchange, trail } = request;
  negotiate(exchange.request.headers['accept'], { transforms: true, yaml: true });
  const options = parseWriteOptions(info.query, 'UpdateOptions', exchange.request.headers['user-agent']);
  const { gvk, custom } = resource.strategy;
  const decoded = decodeRequestObject(exchange, gvk, options.fieldValidation, custom);
  checkNameOnUrl(decoded.object, info.name, info.namespaceOfObject);
  const write = writeContextOf(request, options);
  write.warnings.push(...decoded.warnings);
  const result = await resource.writer.update(
    {
      namespace: info.namespaceOfObject,
      name: info.name,
      subresource: info.subresource,
      update: () => decoded.object,
      create: info.subresource === '' ? 'if-kind-allows' : 'never',
    },
    write,
  );
  trail.etcd = options.dryRun ? 'dry run' : result.created ? 'create' : 'update';
  answerWithObject(request, resource, result.created ? 201 : 200, result.object, write.warnings);
}
