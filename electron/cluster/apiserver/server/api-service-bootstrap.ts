import type { APIService, KubeObject } from '../../api/types.ts';
import type { ApiServer } from './api-server.ts';
import { createUnlessThere } from './own-writes.ts';

/** `groupPriorityMinimum` of each group. Models apiVersionPriorities of pkg/controlplane/apiserver (v1.34). */
const GROUP_PRIORITIES: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'admissionregistration.k8s.io': 16_700,
  'apiextensions.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
};
const VERSION_PRIORITIES: Readonly<Record<string, number>> = {
  '/v1': 1,
  'events.k8s.io/v1': 5,
  'autoscaling/v2': 30,
  'flowcontrol.apiserver.k8s.io/v1': 21,
};
const USUAL_VERSION_PRIORITY = 15;

/** An APIService for each group and version served here. Models the aggregator's autoregistration (v1.34). */
export async function bootstrapApiServices(server: ApiServer): Promise<void> {
  const served = new Map(
    server.resources.all.map(({ strategy: { gvk } }) => [`${gvk.group}/${gvk.version}`, gvk] as const),
  );
  await Promise.all(
    [...served].map(([key, { group, version }]) => {
      const groupPriorityMinimum = GROUP_PRIORITIES[group];
      // The aggregator does not register its own group.
      if (groupPriorityMinimum === undefined) return undefined;
      const service: APIService = {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: {
          name: `${version}.${group}`,
          labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
        },
        spec: {
          ...(group === '' ? {} : { group }),
          version,
          groupPriorityMinimum,
          versionPriority: VERSION_PRIORITIES[key] ?? USUAL_VERSION_PRIORITY,
        },
      };
      return createUnlessThere(server, 'apiregistration.k8s.io', 'apiservices', service as KubeObject);
    }),
  );
}
