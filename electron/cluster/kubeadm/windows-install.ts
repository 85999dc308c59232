import { writeOwnYaml } from '../apimachinery/own-yaml.ts';
import type { NodeRuntime } from '../cri/node-runtime.ts';
import { WINDOWS_CONTAINERD_CONFIG } from '../cri/variants/containerd-windows.ts';
import type { Machine } from '../machine/interface.ts';
import type { TopologyMachine } from '../topology/interface.ts';
import { CLUSTER_CA_CERTIFICATE, MANIFESTS } from './control-plane.ts';
import { KUBEADM_FLAGS, kubeadmFlags, minorOf } from './kubelet-flags.ts';
import { writeKubeConfigs } from './kubeconfigs.ts';
import { PAUSE_IMAGE } from './runtime-files.ts';
import { START_KUBELET, startKubeletScript } from './windows-kubelet.ts';

/** `C:\Program Files\containerd\config.toml`, by what Install-Containerd.ps1 of sig-windows-tools changes of the default. */
const CONTAINERD = `version = 3
root = 'C:\\ProgramData\\containerd\\root'
state = 'C:\\ProgramData\\containerd\\state'

[grpc]
  address = '\\\\.\\pipe\\containerd-containerd'

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '${PAUSE_IMAGE}'

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dir = 'C:\\opt\\cni\\bin'
  conf_dir = 'C:\\etc\\cni\\net.d'

[plugins.'io.containerd.cri.v1.runtime'.containerd]
  default_runtime_name = 'runhcs-wcow-process'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runhcs-wcow-process]
  runtime_type = 'io.containerd.runhcs.v1'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runhcs-wcow-hypervisor]
  runtime_type = 'io.containerd.runhcs.v1'
`;
const CRICTL = '/Users/Administrator/.crictl/crictl.yaml';
const ENDPOINT = 'npipe:////./pipe/containerd-containerd';
/** Programs that are there, and their sizes in bytes; nothing can be read from them. */
const PROGRAMS: readonly (readonly [string, number])[] = [
  ['/k/kubelet.exe', 60_000_000],
  ['/k/kubeadm.exe', 70_000_000],
  ['/Program Files/containerd/containerd.exe', 52_000_000],
  ['/Program Files/containerd/ctr.exe', 27_000_000],
  ['/Program Files/containerd/crictl.exe', 38_000_000],
  ['/Program Files/containerd/containerd-shim-runhcs-v1.exe', 20_000_000],
  ['/Program Files/nssm/nssm.exe', 360_000],
];

/** kubeadm on Windows: paths on its drive; what it has no cgroups for is in the flags of StartKubelet.ps1. Models cmd/kubeadm/app/componentconfigs/kubelet_windows.go. */
function kubeletConfiguration(withEndpoint: boolean): string {
  return writeOwnYaml({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    clusterDNS: ['10.96.0.10'],
    clusterDomain: 'cluster.local',
    ...(withEndpoint ? { containerRuntimeEndpoint: ENDPOINT } : {}),
    rotateCertificates: true,
    staticPodPath: `C:${MANIFESTS.replaceAll('/', '\\')}`,
  });
}

export interface WindowsInstallOptions {
  readonly machine: Machine;
  readonly spec: TopologyMachine;
  readonly machines: readonly TopologyMachine[];
  readonly runtime: NodeRuntime | undefined;
  /** `https://…:6443` */
  readonly server: string;
  /** Of the kubelet, e.g. `v1.34.9`. */
  readonly version: string;
  /** The cluster's authority, PEM. */
  readonly certificate: string;
  readonly now: number;
}

/** Leaves on a fresh Windows machine what PrepareNode.ps1, Install-Containerd.ps1 and `kubeadm join` leave. */
export function installWindowsMachine(options: WindowsInstallOptions): void {
  const { machine, spec, machines, runtime, server, version, certificate, now } = options;
  const { files } = machine;
  writeKubeConfigs(spec, files, server, now);
  files.write(
    '/Windows/System32/drivers/etc/hosts',
    `# Copyright (c) 1993-2009 Microsoft Corp.\r\n${machines.map(({ ip, name }) => `${ip} ${name}\r\n`).join('')}`,
  );
  for (const [path, bytes] of PROGRAMS) files.allocate(path, bytes);
  files.write(WINDOWS_CONTAINERD_CONFIG, CONTAINERD);
  files.write(CRICTL, `runtime-endpoint: ${ENDPOINT}\nimage-endpoint: ${ENDPOINT}\ntimeout: 10\n`);
  files.write(START_KUBELET, startKubeletScript(spec.name));
  files.write('/var/lib/kubelet/config.yaml', kubeletConfiguration(minorOf(version) >= 34));
  files.write(KUBEADM_FLAGS, kubeadmFlags(spec, version));
  files.write(CLUSTER_CA_CERTIFICATE, certificate);
  for (const folder of [MANIFESTS, '/opt/cni/bin', '/var/log/pods', '/var/log/containers'])
    files.makeFolder(folder);
  runtime?.preload(PAUSE_IMAGE);
}
