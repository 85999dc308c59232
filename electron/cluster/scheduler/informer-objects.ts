import type { KubeObject } from '../api/types.ts';
import type { Lister } from '../client/lister.ts';
import type { ResourceType } from '../client/resource-type.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { ClusterObjects } from './framework/cluster-objects.ts';

/** Where objects are looked up by kind: the informers of a running scheduler, or a cluster as it was. */
export interface Listers {
  informer<T extends KubeObject>(type: ResourceType<T>): { readonly lister: Lister<T> };
}

/**
 * What plugins look up, from informers. StatefulSets are not asked for, and neither are disruption budgets: nobody
 * fills in yet how many disruptions they allow.
 */
export function informerObjects(factory: Listers): ClusterObjects {
  const namespaces = factory.informer(resourceTypes.namespaces).lister;
  const services = factory.informer(resourceTypes.services).lister;
  const claims = factory.informer(resourceTypes.persistentVolumeClaims).lister;
  const replicaSets = factory.informer(resourceTypes.replicaSets).lister;
  return {
    namespaceLabels: (name) => namespaces.get(name)?.metadata?.labels ?? {},
    namespaces: () =>
      namespaces
        .list()
        .map(({ metadata }) => ({ name: metadata?.name ?? '', labels: metadata?.labels ?? {} })),
    services: (namespace) => services.namespace(namespace),
    owner: (kind, namespace, name) =>
      kind === 'ReplicaSet' ? replicaSets.get(`${namespace}/${name}`) : undefined,
    hasPersistentVolumeClaim: (namespace, name) => claims.get(`${namespace}/${name}`) !== undefined,
    disruptionBudgets: () => [],
  };
}
