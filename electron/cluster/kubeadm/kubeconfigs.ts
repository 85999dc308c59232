import { formatKubeConfig } from '../client/kubeconfig.ts';
import type { FileSystem } from '../machine/interface.ts';
import { OCI_CONTROLLER_CONFIG, OCI_CONTROLLER_USER } from '../csi/oci-driver.ts';
import type { TopologyMachine } from '../topology/interface.ts';

/** Name of the authority that signs client certificates. */
export const CLUSTER_CA = 'kubernetes';
const YEAR = 365 * 24 * 3_600_000;

function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Writes one kubeconfig whose certificate is good for a year from `now`, as kubeadm's are. */
function write(
  files: FileSystem,
  path: string,
  server: string,
  now: number,
  commonName: string,
  organizations: readonly string[],
): void {
  const user = {
    commonName,
    organizations,
    issuer: CLUSTER_CA,
    notBefore: rfc3339(now),
    notAfter: rfc3339(now + YEAR),
  };
  files.write(path, formatKubeConfig({ server, user }));
}

/**
 * The files below `/etc/kubernetes` with which a machine's components reach `server`. As kubeadm has it, controllers and
 * scheduler talk to the API server beside them, not to the endpoint in front of all.
 */
export function writeKubeConfigs(
  machine: TopologyMachine,
  files: FileSystem,
  server: string,
  now: number,
): void {
  if (machine.isNode) {
    write(files, '/etc/kubernetes/kubelet.conf', server, now, `system:node:${machine.name}`, [
      'system:nodes',
    ]);
  }
  if (machine.controlPlane === undefined) return;
  write(files, '/etc/kubernetes/admin.conf', server, now, 'kubernetes-admin', ['kubeadm:cluster-admins']);
  write(files, '/etc/kubernetes/super-admin.conf', server, now, 'kubernetes-super-admin', ['system:masters']);
  const local = `https://${machine.ip}:6443`;
  write(files, '/etc/kubernetes/controller-manager.conf', local, now, 'system:kube-controller-manager', []);
  write(files, '/etc/kubernetes/scheduler.conf', local, now, 'system:kube-scheduler', []);
  if (machine.controlPlane.storageDriver === 'oci')
    write(files, OCI_CONTROLLER_CONFIG, local, now, OCI_CONTROLLER_USER, []);
}
