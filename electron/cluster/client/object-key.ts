import type { KubeObject } from '../api/types.ts';

/** `namespace/name`, or `name` for cluster-scoped objects. Models client-go tools/cache MetaNamespaceKeyFunc. */
export function objectKey(object: KubeObject): string {
  const name = object.metadata?.name ?? '';
  const namespace = object.metadata?.namespace ?? '';
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** Takes a key apart again. */
export function splitObjectKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0
    ? { namespace: '', name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
