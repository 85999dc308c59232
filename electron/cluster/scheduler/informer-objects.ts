import type { InformerFactory } from '../client/informer-factory.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { ClusterObjects } from './framework/cluster-objects.ts';

/**
 * What plugins look up, from informers. StatefulSets, disruption budgets and volume claims are not served by the API
 * server, so that none can exist.
 */
export function informerObjects(factory: InformerFactory): ClusterObjects {
  const namespaces = factory.informer(resourceTypes.namespaces).lister;
  const services = factory.informer(resourceTypes.services).lister;
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
    hasPersistentVolumeClaim: () => false,
    disruptionBudgets: () => [],
  };
}
