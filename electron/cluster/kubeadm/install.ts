import { writeOwnYaml } from '../apimachinery/own-yaml.ts';
import type { NodeRuntime } from '../cri/node-runtime.ts';
import type { Machine } from '../machine/interface.ts';
import type { TopologyMachine, TopologySpec } from '../topology/interface.ts';
import { HAPROXY_CONFIG, haproxyConfig } from '../load-balancer/haproxy-config.ts';
import {
  CLUSTER_CA_CERTIFICATE,
  CLUSTER_CA_KEY,
  MANIFESTS,
  SERVICE_ACCOUNT_KEYS,
  controlPlaneImage,
  controlPlaneManifest,
} from './control-plane.ts';
import { writeKubeConfigs } from './kubeconfigs.ts';
import type { ClusterPki } from './pki/cluster-pki.ts';

export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10.1';

const KUBELET_CONFIGURATION = writeOwnYaml({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  cgroupDriver: 'systemd',
  clusterDNS: ['10.96.0.10'],
  clusterDomain: 'cluster.local',
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  rotateCertificates: true,
  staticPodPath: MANIFESTS,
});

export interface InstallOptions {
  readonly machine: Machine;
  readonly spec: TopologyMachine;
  readonly topology: TopologySpec;
  /** Undefined where no containers run. */
  readonly runtime: NodeRuntime | undefined;
  /** `https://…:6443` */
  readonly server: string;
  /** e.g. `v1.34.9` */
  readonly version: string;
  readonly pki: ClusterPki;
  /** Virtual milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Leaves on a fresh machine what `kubeadm init` or `kubeadm join` leaves: configuration, identities, manifests, images. */
export function installMachine({
  machine,
  spec,
  topology,
  runtime,
  server,
  version,
  pki,
  now,
}: InstallOptions): void {
  const { files } = machine;
  writeKubeConfigs(spec, files, server, now);
  files.write('/etc/hostname', `${spec.name}\n`);
  files.write(
    '/etc/os-release',
    'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n',
  );
  files.write(
    '/etc/hosts',
    `127.0.0.1 localhost\n${topology.machines.map(({ ip, name }) => `${ip} ${name}\n`).join('')}`,
  );
  if (spec.loadBalancer !== undefined) {
    const servers = topology.machines
      .filter(({ controlPlane }) => controlPlane !== undefined)
      .map(({ name, ip }) => ({ name, host: ip, port: 6443 }));
    files.write(HAPROXY_CONFIG, haproxyConfig(servers, spec.loadBalancer.port));
  }
  if (spec.isNode) {
    files.write('/var/lib/kubelet/config.yaml', KUBELET_CONFIGURATION);
    files.write(
      '/etc/containerd/config.toml',
      `version = 3\n\n[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = '${PAUSE_IMAGE}'\n\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]\n  runtime_type = 'io.containerd.runc.v2'\n\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\n  SystemdCgroup = true\n`,
    );
    runtime?.preload(PAUSE_IMAGE);
  }
  if (spec.isNode || spec.controlPlane !== undefined) files.write(CLUSTER_CA_CERTIFICATE, pki.ca.certificate);
  if (spec.controlPlane !== undefined) {
    files.write(CLUSTER_CA_KEY, pki.ca.key);
    files.write(SERVICE_ACCOUNT_KEYS.privateKey, pki.serviceAccount.privateKey);
    files.write(SERVICE_ACCOUNT_KEYS.publicKey, pki.serviceAccount.publicKey);
  }
  if (spec.controlPlane?.startedBy !== 'static-pod') return;
  for (const program of spec.controlPlane.programs) {
    files.write(`${MANIFESTS}/${program}.yaml`, controlPlaneManifest(program, spec, topology, version));
    runtime?.preload(controlPlaneImage(program, version));
  }
}

/** Flags of a machine's kubelet. */
export function kubeletArguments(spec: TopologyMachine): readonly string[] {
  const labels = Object.entries(spec.nodeLabels).map(([key, value]) => `${key}=${value}`);
  const taints = spec.taints.map(
    ({ key, value, effect }) => `${key}${value === undefined ? '' : `=${value}`}:${effect}`,
  );
  return [
    'kubelet',
    '--config=/var/lib/kubelet/config.yaml',
    '--kubeconfig=/etc/kubernetes/kubelet.conf',
    `--node-ip=${spec.ip}`,
    ...(labels.length === 0 ? [] : [`--node-labels=${labels.join(',')}`]),
    ...(taints.length === 0 ? [] : [`--register-with-taints=${taints.join(',')}`]),
  ];
}
