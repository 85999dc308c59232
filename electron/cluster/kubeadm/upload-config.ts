import { sha256 } from '@noble/hashes/sha2.js';
import type { ConfigMap } from '../api/types.ts';
import { encodeBase64 } from '../apimachinery/base64.ts';
import { writeOwnYaml } from '../apimachinery/own-yaml.ts';
import type { ClusterConfiguration } from './cluster-configuration.ts';
import { clusterConfigurationText } from './cluster-configuration.ts';
import { sharedKubeletConfiguration } from './kubelet-configuration.ts';

/** Where kubeadm keeps how a cluster was set up, what its kubelets have in common, and how a machine that joins finds it. */
export const KUBEADM_CONFIG = 'kubeadm-config';
export const KUBELET_CONFIG_MAP = 'kubelet-config';
export const CLUSTER_INFO = 'cluster-info';

function configMap(
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
  annotations?: Readonly<Record<string, string>>,
): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, ...(annotations === undefined ? {} : { annotations }) },
    data,
  };
}

/** Models componentconfigs.ChecksumForConfigMap (v1.34). */
function checksum(data: Readonly<Record<string, string>>): string {
  const text = Object.keys(data)
    .toSorted()
    .map((key) => key + (data[key] ?? ''))
    .join('');
  return `sha256:${Array.from(sha256(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * The ConfigMaps of `kubeadm init`: phases upload-config and bootstrap-token (v1.34). `server`: e.g. `https://10.0.0.10:6443`;
 * `ca`: PEM text of the cluster's authority.
 */
export function kubeadmConfigMaps(
  configuration: ClusterConfiguration,
  server: string,
  ca: string,
): readonly ConfigMap[] {
  const kubelet = { kubelet: writeOwnYaml(sharedKubeletConfiguration()) };
  const cluster = { 'certificate-authority-data': encodeBase64(ca), server };
  const info = {
    apiVersion: 'v1',
    clusters: [{ cluster, name: '' }],
    contexts: null,
    'current-context': '',
    kind: 'Config',
    users: null,
  };
  return [
    configMap('kube-system', KUBEADM_CONFIG, {
      ClusterConfiguration: clusterConfigurationText(configuration),
    }),
    configMap('kube-system', KUBELET_CONFIG_MAP, kubelet, {
      'kubeadm.kubernetes.io/component-config.hash': checksum(kubelet),
    }),
    configMap('kube-public', CLUSTER_INFO, { kubeconfig: writeOwnYaml(info, 0) }),
  ];
}
