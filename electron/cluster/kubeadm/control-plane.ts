import { writeOwnYaml } from '../apimachinery/own-yaml.ts';
import type { ControlPlaneProgram, TopologyMachine, TopologySpec } from '../topology/interface.ts';

/** etcd's `--data-dir`. */
export const ETCD_DATA = '/var/lib/etcd';
/** What service account tokens are signed and checked with. */
export const SERVICE_ACCOUNT_KEYS = {
  privateKey: '/etc/kubernetes/pki/sa.key',
  publicKey: '/etc/kubernetes/pki/sa.pub',
} as const;
/** The cluster's authority. */
export const CLUSTER_CA_CERTIFICATE = '/etc/kubernetes/pki/ca.crt';
export const CLUSTER_CA_KEY = '/etc/kubernetes/pki/ca.key';
export const MANIFESTS = '/etc/kubernetes/manifests';
/** Where "stop this component" puts a manifest. */
export const STOPPED_MANIFESTS = '/etc/kubernetes/stopped';
const ETCD_VERSION = '3.6.4-0';

/**
 * Command lines of the control plane, as kubeadm v1.34 writes them, less the API server's flags for certificate files and
 * etcd's `--watch-progress-notify-interval=5s`, which would be the greater part of all messages.
 */
export function controlPlaneCommand(
  program: ControlPlaneProgram,
  machine: TopologyMachine,
  topology: TopologySpec,
): readonly string[] {
  const { ip, name } = machine;
  switch (program) {
    case 'etcd':
      return [
        'etcd',
        `--advertise-client-urls=https://${ip}:2379`,
        '--cert-file=/etc/kubernetes/pki/etcd/server.crt',
        '--client-cert-auth=true',
        `--data-dir=${ETCD_DATA}`,
        '--feature-gates=InitialCorruptCheck=true',
        `--initial-advertise-peer-urls=https://${ip}:2380`,
        ...initialCluster(machine, topology),
        '--key-file=/etc/kubernetes/pki/etcd/server.key',
        `--listen-client-urls=https://127.0.0.1:2379,https://${ip}:2379`,
        '--listen-metrics-urls=http://127.0.0.1:2381',
        `--listen-peer-urls=https://${ip}:2380`,
        `--name=${name}`,
        '--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt',
        '--peer-client-cert-auth=true',
        '--peer-key-file=/etc/kubernetes/pki/etcd/peer.key',
        '--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
        '--snapshot-count=10000',
        '--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
      ];
    case 'kube-apiserver':
      return [
        'kube-apiserver',
        `--advertise-address=${ip}`,
        '--allow-privileged=true',
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
        '--enable-bootstrap-token-auth=true',
        '--etcd-servers=https://127.0.0.1:2379',
        '--secure-port=6443',
        '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
        `--service-account-key-file=${SERVICE_ACCOUNT_KEYS.publicKey}`,
        `--service-account-signing-key-file=${SERVICE_ACCOUNT_KEYS.privateKey}`,
        `--service-cluster-ip-range=${topology.serviceCIDR}`,
        '--storage-media-type=application/json',
      ];
    case 'kube-controller-manager':
      return [
        'kube-controller-manager',
        '--bind-address=127.0.0.1',
        `--cluster-cidr=${topology.podCIDR}`,
        `--cluster-name=${topology.clusterName}`,
        `--cluster-signing-cert-file=${CLUSTER_CA_CERTIFICATE}`,
        `--cluster-signing-key-file=${CLUSTER_CA_KEY}`,
        '--controllers=*,bootstrapsigner,tokencleaner',
        '--kubeconfig=/etc/kubernetes/controller-manager.conf',
        '--leader-elect=true',
        `--root-ca-file=${CLUSTER_CA_CERTIFICATE}`,
        `--service-account-private-key-file=${SERVICE_ACCOUNT_KEYS.privateKey}`,
        `--service-cluster-ip-range=${topology.serviceCIDR}`,
        '--use-service-account-credentials=true',
      ];
    case 'kube-scheduler':
      return [
        'kube-scheduler',
        '--bind-address=127.0.0.1',
        '--kubeconfig=/etc/kubernetes/scheduler.conf',
        '--leader-elect=true',
      ];
  }
}

/**
 * The first member begins alone. `kubeadm join` announces each of the others and writes whom it then finds: those before it,
 * and itself.
 */
function initialCluster({ name }: TopologyMachine, { machines }: TopologySpec): readonly string[] {
  const members = machines.filter(({ controlPlane }) => controlPlane?.programs.includes('etcd') === true);
  const own = members.findIndex((member) => member.name === name);
  const urls = members.slice(0, own + 1).map((member) => `${member.name}=https://${member.ip}:2380`);
  return [`--initial-cluster=${urls.join(',')}`, ...(own > 0 ? ['--initial-cluster-state=existing'] : [])];
}

export function controlPlaneImage(program: ControlPlaneProgram, version: string): string {
  return `registry.k8s.io/${program}:${program === 'etcd' ? ETCD_VERSION : version}`;
}

const REQUESTS: Readonly<Record<ControlPlaneProgram, Readonly<Record<string, string>>>> = {
  etcd: { cpu: '100m', memory: '100Mi' },
  'kube-apiserver': { cpu: '250m' },
  'kube-controller-manager': { cpu: '200m' },
  'kube-scheduler': { cpu: '100m' },
};

/** The static Pod manifest of a control plane program. */
export function controlPlaneManifest(
  program: ControlPlaneProgram,
  machine: TopologyMachine,
  topology: TopologySpec,
  version: string,
): string {
  return writeOwnYaml(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: program,
        namespace: 'kube-system',
        labels: { component: program, tier: 'control-plane' },
      },
      spec: {
        containers: [
          {
            name: program,
            image: controlPlaneImage(program, version),
            imagePullPolicy: 'IfNotPresent',
            command: [...controlPlaneCommand(program, machine, topology)],
            resources: { requests: REQUESTS[program] },
          },
        ],
        hostNetwork: true,
        priority: 2_000_001_000,
        priorityClassName: 'system-node-critical',
        securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      },
    },
    0,
  );
}
