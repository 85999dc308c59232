import type { APIService, CustomResourceDefinition, KubeObject } from '../../api/types.ts';
import { StatusError } from '../../apimachinery/status.ts';
import type { ApiServer } from '../server/api-server.ts';
import { createUnlessThere, ownWrite } from '../server/own-writes.ts';
import { buildPredicate } from '../endpoints/predicate.ts';

const AUTO_MANAGED = 'kube-aggregator.kubernetes.io/automanaged';

/**
 * One APIService for each version that the definitions of a group serve, and none for others.
 * Models crdregistration of the aggregator (v1.34).
 */
export async function registerApiServices(
  server: ApiServer,
  group: string,
  definitions: readonly CustomResourceDefinition[],
): Promise<void> {
  const served = server.resources.find('apiregistration.k8s.io', 'v1', 'apiservices');
  if (served === undefined) return;
  const wanted = new Set(
    definitions
      .filter(({ spec }) => spec.group === group)
      .flatMap(({ spec }) => spec.versions.filter((version) => version.served).map(({ name }) => name)),
  );
  for (const version of wanted) {
    const service: APIService = {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `${version}.${group}`, labels: { [AUTO_MANAGED]: 'true' } },
      spec: { group, version, groupPriorityMinimum: 1000, versionPriority: 100 },
    };
    await createUnlessThere(server, 'apiregistration.k8s.io', 'apiservices', service as KubeObject);
  }
  await served.store.cache.start();
  const present = served.store.cache.list(buildPredicate(served.strategy, '', '', '')) as APIService[];
  for (const { metadata, spec } of present) {
    const isOurs = metadata?.labels?.[AUTO_MANAGED] === 'true' && spec?.group === group;
    if (!isOurs || wanted.has(spec.version ?? '')) continue;
    try {
      await served.deleter.delete('', metadata.name ?? '', {}, ownWrite());
    } catch (error) {
      // Another API server was faster.
      if (!(error instanceof StatusError) || error.code !== 404) throw error;
    }
  }
}
