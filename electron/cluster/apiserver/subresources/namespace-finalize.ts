import type { KubeObject, Namespace } from '../../api/types.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import { decodeRequestObject } from '../endpoints/body-decoder.ts';
import { parseWriteOptions } from '../endpoints/request-options.ts';
import type { ServedResource, SubresourceHandler } from '../endpoints/served-resource.ts';
import { answerWithObject, checkNameOnUrl, writeContextOf } from '../endpoints/write-handlers.ts';

/** PUT namespaces/x/finalize: the only way to change `spec.finalizers`. Models namespace storage FinalizeREST (v1.34). */
export const NAMESPACE_FINALIZE: SubresourceHandler = {
  verbs: ['update'],
  async handle(request: ApiRequest, resource: ServedResource): Promise<void> {
    const { info, exchange, trail } = request;
    const options = parseWriteOptions(info.query, 'UpdateOptions', exchange.request.headers['user-agent']);
    const decoded = decodeRequestObject(exchange, resource.strategy.gvk, options.fieldValidation);
    checkNameOnUrl(decoded.object, info.name, '');
    const asked = decoded.object as Namespace;
    const write = writeContextOf(request, options);
    const { store, writer } = resource;
    const key = store.key('', info.name);
    const result = await writer.updateRaw(
      key,
      info.name,
      (current) => {
        const namespace = current as Namespace;
        const resourceVersion = asked.metadata?.resourceVersion ?? '';
        writer.assertVersion(resourceVersion, current, info.name);
        return {
          ...namespace,
          spec: { ...namespace.spec, finalizers: asked.spec?.finalizers ?? [] },
        } as KubeObject;
      },
      write,
    );
    trail.etcd = options.dryRun ? 'dry run' : 'update';
    answerWithObject(request, resource, 200, result, write.warnings);
  },
};
