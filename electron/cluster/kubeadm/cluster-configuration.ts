import { writeOwnYaml } from '../apimachinery/own-yaml.ts';
import type { TopologySpec } from '../topology/interface.ts';
import { ETCD_DATA } from './control-plane.ts';

/** What `kubeadm` (kubeadm.k8s.io/v1beta4) keeps of a cluster. */
export interface ClusterConfiguration {
  readonly clusterName: string;
  /** `HOST:PORT` of what stands before the API servers. */
  readonly controlPlaneEndpoint?: string;
  /** e.g. `v1.34.9` */
  readonly kubernetesVersion: string;
  readonly networking: { readonly podSubnet?: string; readonly serviceSubnet: string };
}

/** The configuration that a topology was set up with. */
export function clusterConfigurationOf(topology: TopologySpec, version: string): ClusterConfiguration {
  const balancer = topology.machines.find(({ loadBalancer }) => loadBalancer !== undefined);
  return {
    clusterName: topology.clusterName,
    ...(balancer?.loadBalancer === undefined
      ? {}
      : { controlPlaneEndpoint: `${balancer.ip}:${balancer.loadBalancer.port}` }),
    kubernetesVersion: version,
    networking: { podSubnet: topology.podCIDR, serviceSubnet: topology.serviceCIDR },
  };
}

/** YAML with its fields in kubeadm's order: that of their names. */
export function clusterConfigurationText(configuration: ClusterConfiguration): string {
  const { clusterName, controlPlaneEndpoint, kubernetesVersion, networking } = configuration;
  return writeOwnYaml({
    apiServer: {},
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    caCertificateValidityPeriod: '87600h0m0s',
    certificateValidityPeriod: '8760h0m0s',
    certificatesDir: '/etc/kubernetes/pki',
    clusterName,
    ...(controlPlaneEndpoint === undefined ? {} : { controlPlaneEndpoint }),
    controllerManager: {},
    dns: {},
    encryptionAlgorithm: 'ECDSA-P256',
    etcd: { local: { dataDir: ETCD_DATA } },
    imageRepository: 'registry.k8s.io',
    kind: 'ClusterConfiguration',
    kubernetesVersion,
    networking: {
      dnsDomain: 'cluster.local',
      ...(networking.podSubnet === undefined ? {} : { podSubnet: networking.podSubnet }),
      serviceSubnet: networking.serviceSubnet,
    },
    proxy: {},
    scheduler: {},
  });
}
