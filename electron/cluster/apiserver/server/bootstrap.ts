import { SYSTEM_PRIORITY_CLASSES } from '../../api/scheduling/v1/priority-class/system-classes.ts';
import type { KubeObject, PriorityClass, Service, ServiceCIDR } from '../../api/types.ts';
import { parseApiVersion } from '../../apimachinery/gvk.ts';
import type { ApiServer } from './api-server.ts';
import { bootstrapApiServices } from './api-service-bootstrap.ts';
import { bootstrapFlowControl } from './flow-control-bootstrap.ts';
import { createUnlessThere } from './own-writes.ts';
import { bootstrapRbac } from './rbac-bootstrap.ts';

const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
const SERVICE_NAME = 'kubernetes';

/** The range Service addresses come from. Models the defaultservicecidr controller (v1.34), but for its condition. */
async function createServiceRange(server: ApiServer, range: string): Promise<void> {
  const serviceRange: ServiceCIDR = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: SERVICE_NAME },
    spec: { cidrs: [range] },
  };
  await createUnlessThere(server, 'networking.k8s.io', 'servicecidrs', serviceRange as KubeObject);
}

/** Says since when the use of tokens from Secrets is written down. Models the legacytokentracking controller (v1.34). */
async function trackLegacyTokens(server: ApiServer): Promise<void> {
  const configMaps = server.resources.find('', 'v1', 'configmaps');
  if (configMaps === undefined) return;
  const since = new Date(configMaps.store.context.clock.now()).toISOString().slice(0, 10);
  const metadata = { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' };
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { since } };
  await createUnlessThere(server, '', 'configmaps', configMap);
}

/**
 * Makes what every cluster has: the system namespaces and priority classes, the default roles,
 * the range of Service addresses and the Service `kubernetes`; and gives back cluster IPs
 * that no Service has. Models pkg/controlplane systemnamespaces and kubernetesservice controllers (v1.34).
 * @throws StatusError, StorageError when etcd is out of reach
 */
export async function bootstrap(
  server: ApiServer,
  securePort: number,
  serviceRange: string,
  objects: readonly KubeObject[],
): Promise<void> {
  // At once: components are starting too, and whatever they write needs one of these.
  await Promise.all([
    ...SYSTEM_NAMESPACES.map((name) =>
      createUnlessThere(server, '', 'namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      }),
    ),
    ...SYSTEM_PRIORITY_CLASSES.map(({ name, value, description }) => {
      const priorityClass: PriorityClass = {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        value,
        description,
      };
      return createUnlessThere(server, 'scheduling.k8s.io', 'priorityclasses', priorityClass as KubeObject);
    }),
    createServiceRange(server, serviceRange),
    bootstrapFlowControl(server),
    bootstrapApiServices(server),
  ]);
  await bootstrapRbac(server);
  await trackLegacyTokens(server);
  for (const object of objects) {
    const { group } = parseApiVersion(object.apiVersion ?? '') ?? { group: '' };
    const kind = server.resources.all.find(
      ({ strategy: { gvk } }) => gvk.group === group && gvk.kind === object.kind,
    );
    if (kind !== undefined) await createUnlessThere(server, group, kind.strategy.resource, object);
  }
  const services = server.resources.find('', 'v1', 'services');
  if (services === undefined) return;
  const { items } = await server.store.list(services.store.prefix, {});
  await server.addresses.repair(new Set(items.map((item) => (item as Service).spec?.clusterIP ?? '')));
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: SERVICE_NAME,
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: server.addresses.first,
      clusterIPs: [server.addresses.first],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: securePort }],
    },
  };
  await createUnlessThere(server, '', 'services', service as KubeObject);
}
