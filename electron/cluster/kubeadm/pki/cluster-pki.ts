/**
 * What a cluster is installed with, as PEM texts: made once by whoever owns the cluster, like the files that one may give
 * to `kubeadm init` below `--cert-dir`. The same on every control plane machine.
 */
export interface ClusterPki {
  /** The cluster's authority: `ca.crt` and `ca.key`. */
  readonly ca: { readonly certificate: string; readonly key: string };
  /** Key pair of service account tokens: `sa.key` and `sa.pub`. */
  readonly serviceAccount: { readonly privateKey: string; readonly publicKey: string };
}
