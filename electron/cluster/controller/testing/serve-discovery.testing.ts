import type { ResourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { FakeApiClient } from '../../client/testing/fake-api-client.testing.ts';

/** Answers discovery with the resources that exist here, and more. */
export function serveDiscovery(api: FakeApiClient, more: readonly ResourceType[] = []): void {
  const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
  const lists = Map.groupBy<string, ResourceType>(
    [...Object.values(resourceTypes), ...more],
    (type) => type.apiVersion,
  );
  const groups = [...lists.keys()]
    .filter((version) => version.includes('/'))
    .map((version) => ({ name: version.split('/')[0], versions: [{ version: 'v1' }] }));
  api.onRequest('GET', '/apis', () => ({ groups }));
  for (const [version, types] of lists) {
    const resources = types.map((type) => ({
      name: type.resource,
      kind: type.kind,
      namespaced: type.namespaced,
      verbs,
    }));
    api.onRequest('GET', version === 'v1' ? '/api/v1' : `/apis/${version}`, () => ({
      groupVersion: version,
      resources,
    }));
  }
}
