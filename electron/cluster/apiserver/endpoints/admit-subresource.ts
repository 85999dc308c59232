import type { KubeObject } from '../../api/types.ts';
import type { GroupVersionKind } from '../../apimachinery/gvk.ts';
import type { WriteContext } from '../registry/request-options.ts';
import type { ApiRequest } from './api-request.ts';
import type { ServedResource } from './served-resource.ts';

/** The object of a POST to a subresource after all of admission. Models createHandler (apiserver/pkg/endpoints, v1.34). @throws StatusError */
export async function admitSubresource(
  { info }: ApiRequest,
  { store }: ServedResource,
  kind: GroupVersionKind,
  object: KubeObject,
  write: WriteContext,
): Promise<KubeObject> {
  const attributes = {
    operation: 'CREATE',
    kind,
    resource: store.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    oldObject: undefined,
    user: write.user,
    dryRun: write.dryRun,
    warnings: write.warnings,
    annotations: write.annotations,
  } as const;
  const admitted = await store.admission.admit({ ...attributes, object }, object, write.admission);
  await store.admission.validate({ ...attributes, object: admitted }, write.admission);
  return admitted;
}
