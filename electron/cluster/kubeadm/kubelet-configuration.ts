import { writeOwnYaml } from '../apimachinery/own-yaml.ts';
import { MANIFESTS } from './control-plane.ts';

/** The kubelet's configuration, and what kubeadm from 1.34 on keeps beside it of this one machine. */
export const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml';
export const KUBELET_INSTANCE_CONFIG = '/var/lib/kubelet/instance-config.yaml';
/** The first minor version whose kubeadm keeps the runtime's endpoint in files instead of flags and an annotation. */
export const FIRST_LOCAL_SOCKET = 34;

/** What kubelets of a cluster have in common: `kubelet-config`, and each machine's file but for its runtime's endpoint. */
export function sharedKubeletConfiguration(): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    cgroupDriver: 'systemd',
    clusterDNS: ['10.96.0.10'],
    clusterDomain: 'cluster.local',
    rotateCertificates: true,
    staticPodPath: MANIFESTS,
  };
}

/** `config` of a machine whose runtime listens on `endpoint` (`unix:///…`); undefined: by a flag. */
export function kubeletConfigurationText(
  config: Readonly<Record<string, unknown>>,
  endpoint: string | undefined,
): string {
  return writeOwnYaml({
    ...config,
    ...(endpoint === undefined ? {} : { containerRuntimeEndpoint: endpoint }),
  });
}

/** `/var/lib/kubelet/instance-config.yaml` */
export function instanceConfigurationText(endpoint: string): string {
  return `containerRuntimeEndpoint: ${JSON.stringify(endpoint)}\n`;
}
