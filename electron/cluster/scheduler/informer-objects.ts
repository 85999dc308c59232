import type { KubeObject } from '../api/types.ts';
import type { Lister } from '../client/lister.ts';
import type { ResourceType } from '../client/resource-type.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { ClusterObjects } from './framework/cluster-objects.ts';

/** Where objects are looked up by kind: the informers of a running scheduler, or a cluster as it was. */
export interface Listers {
  informer<T extends KubeObject>(type: ResourceType<T>): { readonly lister: Lister<T> };
}

/** What plugins look up, from informers. */
export function informerObjects(factory: Listers): ClusterObjects {
  const namespaces = factory.informer(resourceTypes.namespaces).lister;
  const services = factory.informer(resourceTypes.services).lister;
  const claims = factory.informer(resourceTypes.persistentVolumeClaims).lister;
  const volumes = factory.informer(resourceTypes.persistentVolumes).lister;
  const classes = factory.informer(resourceTypes.storageClasses).lister;
  const csiNodes = factory.informer(resourceTypes.csiNodes).lister;
  const csiDrivers = factory.informer(resourceTypes.csiDrivers).lister;
  const capacities = factory.informer(resourceTypes.csiStorageCapacities).lister;
  const attachments = factory.informer(resourceTypes.volumeAttachments).lister;
  const budgets = factory.informer(resourceTypes.podDisruptionBudgets).lister;
  const statefulSets = factory.informer(resourceTypes.statefulSets).lister;
  const replicaSets = factory.informer(resourceTypes.replicaSets).lister;
  return {
    namespaceLabels: (name) => namespaces.get(name)?.metadata?.labels ?? {},
    namespaces: () =>
      namespaces
        .list()
        .map(({ metadata }) => ({ name: metadata?.name ?? '', labels: metadata?.labels ?? {} })),
    services: (namespace) => services.namespace(namespace),
    owner: (kind, namespace, name) => {
      const key = `${namespace}/${name}`;
      if (kind === 'StatefulSet') return statefulSets.get(key);
      return kind === 'ReplicaSet' ? replicaSets.get(key) : undefined;
    },
    disruptionBudgets: () => budgets.list(),
    volumes: {
      claim: (namespace, name) => claims.get(`${namespace}/${name}`),
      volume: (name) => volumes.get(name),
      volumes: () => volumes.list(),
      storageClass: (name) => classes.get(name),
      csiNode: (name) => csiNodes.get(name),
      csiDriver: (name) => csiDrivers.get(name),
      csiStorageCapacities: () => capacities.list(),
      attachments: () => attachments.list(),
    },
  };
}
