import { DefinitionDeleter } from './definition-deleter.ts';
import { NamespaceDeleter } from './namespace-deleter.ts';
import { ObjectDeleter } from './object-deleter.ts';
import type { ResourceStore } from './resource-store.ts';

/** Who deletes the objects of a resource. */
export function deleterOf(store: ResourceStore): ObjectDeleter {
  const { group, resource } = store.resource;
  if (group === '' && resource === 'namespaces') return new NamespaceDeleter(store);
  if (group === 'apiextensions.k8s.io') return new DefinitionDeleter(store);
  return new ObjectDeleter(store);
}
