import type { KubeObject } from '../api/types.ts';
import type { ApiClient, GroupVersionResource, ResourceClient } from './interface.ts';

/** A resource with its kind and Go-side type; `T` is carried for the compiler only. */
export interface ResourceType<T extends KubeObject = KubeObject> extends GroupVersionResource {
  readonly kind: string;
  /** e.g. `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly namespaced: boolean;
  readonly object?: T;
}

/** Describes a resource of the API. */
export function resourceType<T extends KubeObject>(
  group: string,
  version: string,
  resource: string,
  kind: string,
  namespaced = true,
): ResourceType<T> {
  return {
    group,
    version,
    resource,
    kind,
    namespaced,
    apiVersion: group === '' ? version : `${group}/${version}`,
  };
}

/** The typed client of a resource. */
export function resourceClient<T extends KubeObject>(
  client: ApiClient,
  type: ResourceType<T>,
  namespace?: string,
): ResourceClient<T> {
  return client.resource<T>(type, namespace);
}

/** `pods`, `deployments.apps`. */
export function groupResource(type: GroupVersionResource): string {
  return type.group === '' ? type.resource : `${type.resource}.${type.group}`;
}
