/** Where upstream's names in etcd differ from the resource's. Models pkg/kubeapiserver/default_storage_factory_builder (v1.34). */
const SPECIAL: Readonly<Record<string, string>> = {
  '/replicationcontrollers': 'controllers',
  '/endpoints': 'services/endpoints',
  '/nodes': 'minions',
  '/services': 'services/specs',
  'networking.k8s.io/ingresses': 'ingress',
  'apiextensions.k8s.io/customresourcedefinitions': 'apiextensions.k8s.io/customresourcedefinitions',
  'apiregistration.k8s.io/apiservices': 'apiregistration.k8s.io/apiservices',
};

/** Prefix of all objects of a resource, e.g. `/registry/pods/`, `/registry/services/specs/`. Ends in a slash. */
export function storagePrefix(group: string, resource: string): string {
  return `/registry/${SPECIAL[`${group}/${resource}`] ?? resource}/`;
}

/** The key of one object: `/registry/pods/default/web-1`, `/registry/minions/worker-1`. */
export function storageKey(prefix: string, namespace: string, name: string): string {
  return namespace === '' ? `${prefix}${name}` : `${prefix}${namespace}/${name}`;
}
