import { resourceTypes } from '../../../cluster/client/resource-types.ts';
import type { ResourceType } from '../../../cluster/client/resource-type.ts';
import type { ObjectLink } from '../../../shared/contract/controllers.ts';

const BY_RESOURCE: ReadonlyMap<string, ResourceType> = new Map(
  Object.values(resourceTypes).map((type) => [type.resource, type as ResourceType]),
);

/** The object of a resource that `key` (`namespace/name`, or a name) names; null for what is none of the known ones. */
export function linkTo(resource: string, key: string): ObjectLink | null {
  const type = BY_RESOURCE.get(resource);
  const slash = key.indexOf('/');
  if (type === undefined || key === '' || type.namespaced !== slash > 0) return null;
  return {
    apiVersion: type.apiVersion,
    kind: type.kind,
    namespace: slash < 0 ? '' : key.slice(0, slash),
    name: key.slice(slash + 1),
  };
}

/** As above, of `pods default/web-1`. */
export function linkToSubject(subject: string): ObjectLink | null {
  const space = subject.indexOf(' ');
  return space < 0 ? null : linkTo(subject.slice(0, space), subject.slice(space + 1));
}
