import { parse } from 'yaml';
import type { ConfigMap } from '../../api/types.ts';
import { isNotFound } from '../../client/api-errors.ts';
import type { ApiClient } from '../../client/interface.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { KUBEADM_CONFIG, KUBELET_CONFIG_MAP } from '../../kubeadm/upload-config.ts';

/** What kubeadm reads of a cluster in it. */
export interface StoredConfiguration {
  /** `ClusterConfiguration`: as it was written, and read. */
  readonly text: string;
  readonly cluster: { readonly kubernetesVersion?: string; readonly controlPlaneEndpoint?: string };
  /** `KubeletConfiguration` */
  readonly kubelet: Readonly<Record<string, unknown>>;
}

/** Says where it reads. */
export function tellOfReading(prefix: string, out: (text: string) => void): void {
  out(
    `[${prefix}] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n`,
  );
  out(
    `[${prefix}] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n`,
  );
}

/** Models util/config FetchInitConfigurationFromCluster (v1.34). @throws Error with kubeadm's text */
export async function readStoredConfiguration(client: ApiClient): Promise<StoredConfiguration> {
  const configMaps = client.resource<ConfigMap>(resourceTypes.configMaps, 'kube-system');
  const read = async (name: string, what: string): Promise<ConfigMap> => {
    try {
      return await configMaps.get(name);
    } catch (error) {
      if (error instanceof TypeError || !(error instanceof Error)) throw error;
      const absent = isNotFound(error) ? 'not found: ' : '';
      throw new Error(`${what}: ${absent}${error.message}`, { cause: error });
    }
  };
  const { data = {} } = await read(KUBEADM_CONFIG, 'failed to get config map');
  const text = data['ClusterConfiguration'];
  if (text === undefined)
    throw new Error(
      'unexpected error when reading kubeadm-config ConfigMap: ClusterConfiguration key value pair missing',
    );
  const cluster = recordOf(text, 'ClusterConfiguration');
  const kubelet = await read(
    KUBELET_CONFIG_MAP,
    'could not download the kubelet configuration from ConfigMap "kubelet-config"',
  );
  return { text, cluster, kubelet: recordOf(kubelet.data?.['kubelet'] ?? '', 'KubeletConfiguration') };
}

function recordOf(text: string, what: string): Readonly<Record<string, unknown>> {
  const value: unknown = parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new Error(`couldn't parse ${what}: not a mapping`);
}
