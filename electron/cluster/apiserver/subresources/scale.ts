import type { KindStrategy, ScaleStrategy } from '../../api/strategy.ts';
import type { KubeObject, Scale } from '../../api/types.ts';
import { newBadRequest, newConflict, newPathNotFound } from '../../apimachinery/status.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import { decodeRequestObject } from '../endpoints/body-decoder.ts';
import { negotiate } from '../endpoints/negotiation.ts';
import { parsePatch } from '../endpoints/patch-handler.ts';
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
    const patch = parsePatch(exchange, { gvk: SCALE });
    await updateScale(
      request,
      resource,
      'PatchOptions',
      (scale) => patch.apply(scale as KubeObject, 'Ignore').object as Scale,
    );
  },
};
