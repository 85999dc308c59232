import type { FileSystem } from '../machine/interface.ts';
import type { TopologyMachine, TopologySpec } from '../topology/interface.ts';
import {
  CLUSTER_CA_CERTIFICATE,
  CLUSTER_CA_KEY,
  controlPlaneManifest,
  MANIFESTS,
  SERVICE_ACCOUNT_KEYS,
} from './control-plane.ts';
import type { ClusterPki } from './pki/cluster-pki.ts';

const PEM = '-----BEGIN ';

/**
 * Brings a control plane machine up to date that was installed when `sa.key` held a seed instead of a key: it gets the keys, and
 * the programs that read them get new manifests where theirs have not been taken away. Nothing is done to other machines,
 * nor where somebody took the file away.
 */
export function upgradeServiceAccountKeys(
  files: FileSystem,
  machine: TopologyMachine,
  topology: TopologySpec,
  version: string,
  pki: ClusterPki,
): void {
  const { privateKey, publicKey } = SERVICE_ACCOUNT_KEYS;
  if (machine.controlPlane === undefined || !files.exists(privateKey)) return;
  if (files.read(privateKey).includes(PEM)) return;
  files.write(privateKey, pki.serviceAccount.privateKey);
  files.write(publicKey, pki.serviceAccount.publicKey);
  files.write(CLUSTER_CA_CERTIFICATE, pki.ca.certificate);
  files.write(CLUSTER_CA_KEY, pki.ca.key);
  for (const program of ['kube-apiserver', 'kube-controller-manager'] as const) {
    const manifest = `${MANIFESTS}/${program}.yaml`;
    if (files.exists(manifest))
      files.write(manifest, controlPlaneManifest(program, machine, topology, version));
  }
}
