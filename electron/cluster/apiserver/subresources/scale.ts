import type { KindStrategy, ScaleStrategy } from '../../api/strategy.ts';
import type { KubeObject, Scale } from '../../api/types.ts';
import { decodeObject } from '../../api/decode-body.ts';
import { apiVersionOf } from '../../apimachinery/gvk.ts';
import { DecodeError } from '../../apimachinery/schema/decode.ts';
import { newBadRequest, newConflict, newPathNotFound } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import { decodeApplied, parseApplyConfig } from '../endpoints/apply-config.ts';
import { checkBodySize, decodeRequestObject } from '../endpoints/body-decoder.ts';
import { negotiate } from '../endpoints/negotiation.ts';
import { isApply, parsePatch } from '../endpoints/patch-handler.ts';
import { parseWriteOptions } from '../endpoints/request-options.ts';
import { respondObject } from '../endpoints/responder.ts';
import type { ServedResource, SubresourceHandler } from '../endpoints/served-resource.ts';
import { writeContextOf } from '../endpoints/write-handlers.ts';

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

function scaleOf(strategy: KindStrategy): ScaleStrategy<KubeObject> {
  if (strategy.scale === undefined) throw newPathNotFound();
  return strategy.scale;
}

function respondScale(request: ApiRequest, scale: Scale): void {
  const { info, exchange, trail } = request;
  const { mediaType } = negotiate(exchange.request.headers['accept'], { transforms: true, yaml: true });
  respondObject(exchange, info.query, trail, { status: 200, value: scale, mediaType });
}

/** Writes the scale that `next` makes of the present one. */
async function updateScale(
  request: ApiRequest,
  resource: ServedResource,
  kind: string,
  next: (scale: Scale) => Scale,
): Promise<void> {
  const { info, exchange, trail } = request;
  const options = parseWriteOptions(info.query, kind, exchange.request.headers['user-agent']);
  const { toScale, withScale } = scaleOf(resource.strategy);
  const write = writeContextOf(request, options);
  const update = (current: KubeObject | undefined): KubeObject => {
    const object = current as KubeObject;
    const scale = next(toScale(object));
    const asked = scale.metadata?.resourceVersion ?? '';
    if (asked !== '' && asked !== object.metadata?.resourceVersion)
      throw newConflict(resource.store.resource, info.name);
    return withScale(object, scale);
  };
  const { object } = await resource.writer.update(
    { namespace: info.namespaceOfObject, name: info.name, subresource: 'scale', update, create: 'never' },
    write,
  );
  trail.etcd = options.dryRun ? 'dry run' : 'update';
  respondScale(request, toScale(object));
}

/**
 * Server-side apply of a scale: the workload's own field managers decide, as if its replicas had been applied through
 * this door. Conflicts therefore name the workload's version.
 */
async function applyScale(request: ApiRequest, resource: ServedResource): Promise<void> {
  const { info, exchange, trail } = request;
  checkBodySize(exchange.request);
  const options = parseWriteOptions(info.query, 'PatchOptions', exchange.request.headers['user-agent'], true);
  const { toScale, withScale } = scaleOf(resource.strategy);
  const { store, strategy } = resource;
  const owners = store.fieldManager('scale');
  const update = (current: KubeObject | undefined): KubeObject => {
    const { config } = parseApplyConfig(exchange.request, options.fieldValidation);
    exchange.observer?.onPatch(config);
    const scale = scaleConfig(config);
    const given = scale.metadata?.name ?? '';
    if (given !== info.name)
      throw newBadRequest(
        `the name of the object (${given}) does not match the name on the URL (${info.name})`,
      );
    const { gvk } = strategy;
    const bare: KubeObject = {
      apiVersion: apiVersionOf(gvk),
      kind: gvk.kind,
      metadata: { name: info.name, ...(strategy.namespaced ? { namespace: info.namespace } : {}) },
    };
    const wanted = scale.spec?.replicas === undefined ? bare : withScale(bare, scale);
    const time = formatTime(store.context.clock.now());
    const applied = owners.apply(current, wanted, options.fieldManager, options.force, time);
    return decodeApplied(applied, wanted, strategy);
  };
  const { object } = await resource.writer.update(
    {
      namespace: info.namespaceOfObject,
      name: info.name,
      subresource: 'scale',
      update,
      create: 'never',
      owned: true,
    },
    writeContextOf(request, options),
  );
  trail.etcd = options.dryRun ? 'dry run' : 'update';
  respondScale(request, toScale(object));
}

/** What is applied, if it is a Scale. @throws StatusError 400 */
function scaleConfig(config: KubeObject): Scale {
  const { apiVersion = '', kind = '' } = config;
  if (kind !== SCALE.kind || apiVersion !== apiVersionOf(SCALE))
    throw newBadRequest(`invalid object type: ${apiVersion}, Kind=${kind}`);
  try {
    return decodeObject({ gvk: SCALE }, config as Readonly<Record<string, unknown>>).object as Scale;
  } catch (error) {
    if (error instanceof DecodeError) throw newBadRequest(error.message);
    throw error;
  }
}

/** GET, PUT and PATCH of `scale`: the replicas of a workload as an autoscaling/v1 Scale. Models ScaleREST (v1.34). */
export const SCALE_SUBRESOURCE: SubresourceHandler = {
  verbs: ['get', 'update', 'patch'],
  async handle(request: ApiRequest, resource: ServedResource): Promise<void> {
    const { info, exchange } = request;
    const { toScale } = scaleOf(resource.strategy);
    if (info.verb === 'get') {
      respondScale(request, toScale(await resource.store.get(info.namespaceOfObject, info.name)));
      return;
    }
    if (info.verb === 'update') {
      const asked = decodeRequestObject(exchange, SCALE, 'Ignore').object as Scale;
      const given = asked.metadata?.name ?? '';
      if (given !== '' && given !== info.name) {
        throw newBadRequest(
          `the name of the object (${given}) does not match the name on the URL (${info.name})`,
        );
      }
      await updateScale(request, resource, 'UpdateOptions', () => asked);
      return;
    }
    if (isApply(exchange.request)) {
      await applyScale(request, resource);
      return;
    }
    const patch = parsePatch(exchange, { gvk: SCALE });
    await updateScale(
      request,
      resource,
      'PatchOptions',
      (scale) => patch.apply(scale as KubeObject, 'Ignore').object as Scale,
    );
  },
};
