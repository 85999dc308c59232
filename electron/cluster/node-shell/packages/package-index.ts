/** What an offline mirror of the packages has. */
export interface AvailablePackage {
  /** Newest last. */
  readonly versions: readonly string[];
  readonly depends?: readonly string[];
  /** Units that are started once it is set up. */
  readonly units?: readonly string[];
  /** Files it brings where there are none. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Last patch of each minor version from 1.19 on; of the newest the one that this cluster has. */
const KUBERNETES = [
  '1.19.16', '1.20.15', '1.21.14', '1.22.17', '1.23.17', '1.24.17', '1.25.16', '1.26.15', '1.27.16', '1.28.15', '1.29.15',
  '1.30.14', '1.31.13', '1.32.9', '1.33.5', '1.34.9',
].map((version) => `${version}-1.1`); // prettier-ignore

const CRIO = '[crio.runtime]\ncgroup_manager = "systemd"\ndefault_runtime = "crun"\n';

/** Kubernetes and container runtimes, in one list where in reality there is a repository for each minor version. */
export const packageIndex: ReadonlyMap<string, AvailablePackage> = new Map<string, AvailablePackage>([
  ['kubeadm', { versions: KUBERNETES }],
  ['kubectl', { versions: KUBERNETES }],
  ['kubelet', { versions: KUBERNETES }],
  [
    'containerd.io',
    {
      versions: ['1.7.28-1~ubuntu.24.04~noble', '2.1.4-1~ubuntu.24.04~noble'],
      units: ['containerd'],
      files: { '/etc/containerd/config.toml': 'disabled_plugins = ["cri"]\n' },
    },
  ],
  [
    'docker-ce',
    { versions: ['5:28.4.0-1~ubuntu.24.04~noble'], depends: ['containerd.io'], units: ['docker'] },
  ],
  ['cri-dockerd', { versions: ['0.3.20~3-0~ubuntu-noble'], depends: ['docker-ce'], units: ['cri-docker'] }],
  [
    'cri-o',
    {
      versions: ['1.34.0-1.1'],
      units: ['crio'],
      files: {
        '/etc/crio/crio.conf.d/10-crio.conf': CRIO,
        '/etc/containers/registries.conf': 'unqualified-search-registries = ["docker.io"]\n',
      },
    },
  ],
]);
