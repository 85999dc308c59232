import type { ApiClient } from './interface.ts';
import type { ResourceType } from './resource-type.ts';
import { resourceType } from './resource-type.ts';

/** A served resource with what can be done to it. */
export interface DiscoveredResource extends ResourceType {
  readonly verbs: readonly string[];
}

interface ApiResourceList {
  readonly groupVersion: string;
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

interface ApiGroupList {
  readonly groups?: readonly {
    readonly name: string;
    readonly preferredVersion?: { readonly version: string };
    readonly versions: readonly { readonly version: string }[];
  }[];
}

/** All resources in their preferred version, without subresources. Models discovery.ServerPreferredResources. @throws StatusError, Error */
export async function discoverResources(client: ApiClient): Promise<readonly DiscoveredResource[]> {
  const { groups = [] } = (await client.request('GET', '/apis')) as ApiGroupList;
  const paths = ['/api/v1'];
  for (const { name, preferredVersion, versions } of groups) {
    const version = preferredVersion?.version ?? versions[0]?.version;
    if (version !== undefined) paths.push(`/apis/${name}/${version}`);
  }
  const found: DiscoveredResource[] = [];
  for (const path of paths) {
    const { groupVersion, resources = [] } = (await client.request('GET', path)) as ApiResourceList;
    const [first = '', second] = groupVersion.split('/');
    const group = second === undefined ? '' : first;
    for (const { name, kind, namespaced, verbs } of resources) {
      if (name.includes('/')) continue;
      found.push({ ...resourceType(group, second ?? first, name, kind, namespaced), verbs });
    }
  }
  return found;
}
