import { writeOwnYaml } from '../../apimachinery/own-yaml.ts';
import { clusterConfigurationText } from '../../kubeadm/cluster-configuration.ts';
import { minorOf } from '../../kubeadm/kubelet-flags.ts';
import type { CommandContext } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { kubeadmImages } from './images.ts';
import { kubeadmError } from './kubeadm-error.ts';
import { kubeadmVersion } from './kubeadm-version.ts';

const SOCKET = 'unix:///var/run/containerd/containerd.sock';
const TIMEOUTS = {
  controlPlaneComponentHealthCheck: '4m0s',
  discovery: '5m0s',
  etcdAPICall: '2m0s',
  kubeletHealthCheck: '4m0s',
  kubernetesAPICall: '1m0s',
  tlsBootstrap: '5m0s',
  upgradeManifests: '5m0s',
};
const PLACEHOLDER_TOKEN = 'abcdef.0123456789abcdef';

/** `kubeadm config print init-defaults|join-defaults` and `config images`. Models cmd/kubeadm/app/cmd/config.go (v1.34). */
export async function kubeadmConfig(args: readonly string[], context: CommandContext): Promise<number> {
  const [group, what, ...rest] = args;
  switch (group) {
    case 'images':
      return kubeadmImages(args.slice(1), context);
    case 'print':
      if (rest.length > 0)
        throw new CommandError(
          `leme: "kubeadm config print ${what ?? ''} ${rest[0] ?? ''}" is not modelled here\n`,
        );
      if (what === 'init-defaults') return print(initDefaults(context), context);
      if (what === 'join-defaults') return print(joinDefaults(), context);
      throw kubeadmError(`invalid subcommand ${JSON.stringify(what ?? '')}`);
    case 'migrate':
    case 'validate':
      throw new CommandError(
        `leme: "kubeadm config ${group}" is not modelled here; "print" and "images" are\n`,
      );
    default:
      throw kubeadmError(`invalid subcommand ${JSON.stringify(group ?? '')}`);
  }
}

function print(text: string, { out }: CommandContext): number {
  out(text);
  return 0;
}

const REGISTRATION = {
  criSocket: SOCKET,
  imagePullPolicy: 'IfNotPresent',
  imagePullSerial: true,
  name: 'node',
  taints: null,
};

function initDefaults(context: CommandContext): string {
  const init = {
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    bootstrapTokens: [
      {
        groups: ['system:bootstrappers:kubeadm:default-node-token'],
        token: PLACEHOLDER_TOKEN,
        ttl: '24h0m0s',
        usages: ['signing', 'authentication'],
      },
    ],
    kind: 'InitConfiguration',
    localAPIEndpoint: { advertiseAddress: '1.2.3.4', bindPort: 6443 },
    nodeRegistration: REGISTRATION,
    timeouts: TIMEOUTS,
  };
  const configuration = {
    clusterName: 'kubernetes',
    kubernetesVersion: `1.${minorOf(kubeadmVersion(context))}.0`,
    networking: { serviceSubnet: '10.96.0.0/12' },
  };
  const cluster = clusterConfigurationText(configuration).replace('ECDSA-P256', 'RSA-2048');
  return `${writeOwnYaml(init)}---\n${cluster}`;
}

function joinDefaults(): string {
  return writeOwnYaml({
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    caCertPath: '/etc/kubernetes/pki/ca.crt',
    discovery: {
      bootstrapToken: {
        apiServerEndpoint: 'kube-apiserver:6443',
        token: PLACEHOLDER_TOKEN,
        unsafeSkipCAVerification: true,
      },
      tlsBootstrapToken: PLACEHOLDER_TOKEN,
    },
    kind: 'JoinConfiguration',
    nodeRegistration: REGISTRATION,
    timeouts: TIMEOUTS,
  });
}
