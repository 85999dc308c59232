import type { ProcessContext } from '../machine/interface.ts';
import { ApiTransport } from './api-transport.ts';
import { NetworkApiClient } from './network-api-client.ts';

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * A client for a process in a container: server from the environment, token of its service account from the volume, read for each
 * request since the kubelet renews it. Models client-go rest.InClusterConfig (v1.34).
 * @throws Error when it is in no cluster
 */
export function inClusterConfig(
  process: ProcessContext,
  read: (path: string) => string,
  userAgent: string,
): NetworkApiClient {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (host === undefined || port === undefined)
    throw new Error(
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    );
  const transport = new ApiTransport(process.net, process.clock, {
    server: `https://${host}:${port}`,
    userAgent,
  });
  const tokens = { token: () => Promise.resolve(read(TOKEN)), reset: () => undefined };
  return new NetworkApiClient(process, transport, userAgent, { qps: 20, burst: 40 }, tokens);
}
