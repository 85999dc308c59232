import type { KubeObject, Service } from '../../api/types.ts';
import { StatusError } from '../../apimachinery/status.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { WriteContext } from '../registry/request-options.ts';
import type { ApiServer } from './api-server.ts';

const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
const SERVICE_NAME = 'kubernetes';

/** The API server writing for itself. */
function ownWrite(): WriteContext {
  return {
    user: { name: 'system:apiserver', groups: ['system:masters'] },
    dryRun: false,
    fieldManager: 'kube-apiserver',
    warnings: [],
    admission: [],
  };
}

async function createUnlessThere(
  server: ApiServer,
  resource: string,
  namespace: string,
  object: KubeObject,
): Promise<void> {
  const served = server.resources.find('', 'v1', resource);
  if (served === undefined) return;
  const name = object.metadata?.name ?? '';
  try {
    await server.store.get(served.store.key(namespace, name));
    return;
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'key-not-found') throw error;
  }
  try {
    await served.writer.create(namespace, object, ownWrite());
  } catch (error) {
    // Another API server was faster.
    if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
  }
}

/**
 * Makes what every cluster has: the system namespaces and the Service `kubernetes`; and gives back cluster IPs
 * that no Service has. Models pkg/controlplane systemnamespaces and kubernetesservice controllers (v1.34).
 * @throws StatusError, StorageError when etcd is out of reach
 */
export async function bootstrap(server: ApiServer, securePort: number): Promise<void> {
  // At once: components are starting too, and whatever they write needs one of these.
  await Promise.all(
    SYSTEM_NAMESPACES.map((name) =>
      createUnlessThere(server, 'namespaces', '', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      }),
    ),
  );
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
  await createUnlessThere(server, 'services', 'default', service as KubeObject);
}
