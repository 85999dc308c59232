import type { InformerFactory } from '../client/informer-factory.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { ClusterObjects } from './framework/cluster-objects.ts';

/**
 * What plugins look up, from informers. StatefulSets are not asked for, and neither are disruption budgets: nobody
 * fills in yet how many disruptions they allow.
 */
export function informerObjects(factory: InformerFactory): ClusterObjects {
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
