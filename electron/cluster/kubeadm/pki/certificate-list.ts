/** A certificate that kubeadm keeps on a control plane. */
export interface PkiCertificate {
  /** What `kubeadm certs renew` calls it. */
  readonly name: string;
  /** What it is for, as kubeadm says it. */
  readonly purpose: string;
  readonly authority: PkiAuthority['name'];
  /** A kubeconfig that holds it, or the path of its files without `.crt` and `.key`. */
  readonly place: { readonly kubeconfig: string } | { readonly files: string };
}

export interface PkiAuthority {
  readonly name: 'ca' | 'etcd-ca' | 'front-proxy-ca';
  /** Path without `.crt` and `.key`. */
  readonly files: string;
}

export const KUBERNETES = '/etc/kubernetes';
export const PKI = `${KUBERNETES}/pki`;

export const AUTHORITIES: readonly PkiAuthority[] = [
  { name: 'ca', files: `${PKI}/ca` },
  { name: 'etcd-ca', files: `${PKI}/etcd/ca` },
  { name: 'front-proxy-ca', files: `${PKI}/front-proxy-ca` },
];

const inFiles = (
  name: string,
  authority: PkiCertificate['authority'],
  files: string,
  purpose: string,
): PkiCertificate => ({ name, authority, purpose, place: { files: `${PKI}/${files}` } });

const inKubeConfig = (name: string, who: string): PkiCertificate => ({
  name,
  authority: 'ca',
  purpose: `certificate embedded in the kubeconfig file for the ${who}`,
  place: { kubeconfig: `${KUBERNETES}/${name}` },
});

/** By name. Models kubeadm's phases/certs/renewal/manager.go (v1.34). */
export const CERTIFICATES: readonly PkiCertificate[] = [
  inKubeConfig('admin.conf', 'admin to use and for kubeadm itself'),
  inFiles('apiserver', 'ca', 'apiserver', 'certificate for serving the Kubernetes API'),
  inFiles(
    'apiserver-etcd-client',
    'etcd-ca',
    'apiserver-etcd-client',
    'certificate the apiserver uses to access etcd',
  ),
  inFiles(
    'apiserver-kubelet-client',
    'ca',
    'apiserver-kubelet-client',
    'certificate for the API server to connect to kubelet',
  ),
  inKubeConfig('controller-manager.conf', 'controller manager to use'),
  inFiles(
    'etcd-healthcheck-client',
    'etcd-ca',
    'etcd/healthcheck-client',
    'certificate for liveness probes to healthcheck etcd',
  ),
  inFiles('etcd-peer', 'etcd-ca', 'etcd/peer', 'certificate for etcd nodes to communicate with each other'),
  inFiles('etcd-server', 'etcd-ca', 'etcd/server', 'certificate for serving etcd'),
  inFiles(
    'front-proxy-client',
    'front-proxy-ca',
    'front-proxy-client',
    'certificate for the front proxy client',
  ),
  inKubeConfig('scheduler.conf', 'scheduler manager to use'),
  inKubeConfig('super-admin.conf', 'super-admin'),
];
