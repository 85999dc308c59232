import type { FileSystem } from '../machine/interface.ts';
import { PackageDatabase } from '../machine/packages.ts';
import type { TopologyMachine } from '../topology/interface.ts';
import { usesDockershim } from './kubelet-flags.ts';

export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10.1';

const CONTAINERD = `version = 3

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '${PAUSE_IMAGE}'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = true
`;
/** As Docker's package of containerd leaves it: Docker needs no CRI. */
const CONTAINERD_FOR_DOCKER = 'disabled_plugins = ["cri"]\n';
const DAEMON = `{
  "exec-opts": ["native.cgroupdriver=systemd"],
  "log-driver": "json-file",
  "log-opts": {
    "max-size": "100m"
  },
  "storage-driver": "overlay2"
}
`;
const CRIO = `[crio.image]
pause_image = "${PAUSE_IMAGE}"

[crio.runtime]
cgroup_manager = "systemd"
conmon_cgroup = "pod"
default_runtime = "crun"
`;
const REGISTRIES = 'unqualified-search-registries = ["docker.io"]\n';
const CRICTL = '/etc/crictl.yaml';

/** Versions of the packages that a fresh machine has; those of Kubernetes follow its kubelet. */
const VERSIONS: Readonly<Record<string, string>> = {
  'containerd.io': '2.1.4-1~ubuntu.24.04~noble',
  'docker-ce': '5:28.4.0-1~ubuntu.24.04~noble',
  'docker-ee': '5:25.0.13-1~ubuntu-noble',
  'cri-dockerd': '0.3.20~3-0~ubuntu-noble',
  'cri-o': '1.34.0-1.1',
};

function packagesOf(spec: TopologyMachine, kubeletVersion: string): readonly string[] {
  switch (spec.runtime ?? 'containerd') {
    case 'containerd':
      return ['containerd.io'];
    case 'cri-o':
      return ['cri-o'];
    case 'docker':
    case 'mirantis': {
      const engine = spec.runtime === 'docker' ? 'docker-ce' : 'docker-ee';
      return ['containerd.io', engine, ...(usesDockershim(spec, kubeletVersion) ? [] : ['cri-dockerd'])];
    }
  }
}

/** Leaves the runtime's configuration files and the packages that a machine was set up with. */
export function writeRuntimeFiles(
  files: FileSystem,
  spec: TopologyMachine,
  kubeletVersion: string,
  socket: string,
): void {
  switch (spec.runtime ?? 'containerd') {
    case 'containerd':
      files.write('/etc/containerd/config.toml', CONTAINERD);
      break;
    case 'cri-o':
      files.write('/etc/crio/crio.conf.d/10-crio.conf', CRIO);
      files.write('/etc/containers/registries.conf', REGISTRIES);
      break;
    case 'docker':
    case 'mirantis':
      files.write('/etc/containerd/config.toml', CONTAINERD_FOR_DOCKER);
      files.write('/etc/docker/daemon.json', DAEMON);
      break;
  }
  if (!usesDockershim(spec, kubeletVersion))
    files.write(
      CRICTL,
      `runtime-endpoint: unix://${socket}\nimage-endpoint: unix://${socket}\ntimeout: 10\n`,
    );
  const packages = new PackageDatabase(files);
  for (const name of packagesOf(spec, kubeletVersion))
    packages.put({ name, version: VERSIONS[name] ?? '', hold: false });
  const version = `${kubeletVersion.replace(/^v/, '')}-1.1`;
  for (const name of ['kubeadm', 'kubectl', 'kubelet']) packages.put({ name, version, hold: true });
}
