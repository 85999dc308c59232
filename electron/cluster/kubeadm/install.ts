import type { NodeRuntime } from '../cri/node-runtime.ts';
import { runtimeVariants } from '../cri/variants/runtime-variants.ts';
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
import { KUBEADM_FLAGS, kubeadmFlags, minorOf } from './kubelet-flags.ts';
import { writeKubeConfigs } from './kubeconfigs.ts';
import {
  FIRST_LOCAL_SOCKET,
  instanceConfigurationText,
  KUBELET_CONFIG,
  KUBELET_INSTANCE_CONFIG,
  kubeletConfigurationText,
  sharedKubeletConfiguration,
} from './kubelet-configuration.ts';
import { PAUSE_IMAGE, writeRuntimeFiles } from './runtime-files.ts';
import type { ClusterPki } from './pki/cluster-pki.ts';
import { installWindowsMachine } from './windows-install.ts';

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

/**
 * Leaves on a fresh machine what `kubeadm init` or `kubeadm join` leaves: configuration, identities, manifests, images. On a
 * spare one only what the packages bring: it waits to be joined.
 */
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
  if (spec.os === 'windows') {
    installWindowsMachine({
      machine,
      spec,
      machines: topology.machines,
      runtime,
      server,
      version: spec.kubeletVersion ?? version,
      certificate: pki.ca.certificate,
      now,
    });
    return;
  }
  const { files } = machine;
  const joined = spec.isSpare !== true;
  if (joined) writeKubeConfigs(spec, files, server, now);
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
    const kubeletVersion = spec.kubeletVersion ?? version;
    const { socket } = runtimeVariants[spec.runtime ?? 'containerd'];
    if (joined) {
      const inFile = minorOf(kubeletVersion) >= FIRST_LOCAL_SOCKET;
      const endpoint = `unix://${socket}`;
      if (inFile) files.write(KUBELET_INSTANCE_CONFIG, instanceConfigurationText(endpoint));
      files.write(
        KUBELET_CONFIG,
        kubeletConfigurationText(sharedKubeletConfiguration(), inFile ? endpoint : undefined),
      );
      files.write(KUBEADM_FLAGS, kubeadmFlags(spec, kubeletVersion));
    }
    writeRuntimeFiles(files, spec, kubeletVersion, socket);
    // The kubelet's package brings it, also where nothing is in it.
    files.makeFolder(MANIFESTS);
    runtime?.preload(PAUSE_IMAGE);
  }
  if ((spec.isNode && joined) || spec.controlPlane !== undefined)
    files.write(CLUSTER_CA_CERTIFICATE, pki.ca.certificate);
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
