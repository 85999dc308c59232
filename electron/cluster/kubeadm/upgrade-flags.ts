import type { Machine } from '../machine/interface.ts';
import type { TopologyMachine } from '../topology/interface.ts';
import { KUBEADM_FLAGS, kubeadmFlags } from './kubelet-flags.ts';

const WRITTEN = 'kubeadm/flags';

/** Notes that the machine's kubelet has its flags in a file. */
export function flagsAreWritten({ state }: Pick<Machine, 'state'>): void {
  state.set(WRITTEN, true);
}

/**
 * Gives a machine the flags of its kubelet that was installed when its unit had them: once, so that whoever takes the file away has
 * taken it away. Nothing is done where it is no node. `version`: of the cluster.
 */
export function upgradeKubeletFlags(machine: Machine, spec: TopologyMachine, version: string): void {
  if (!spec.isNode || machine.state.get(WRITTEN) !== undefined) return;
  flagsAreWritten(machine);
  const { files } = machine;
  if (spec.isSpare !== true && !files.exists(KUBEADM_FLAGS))
    files.write(KUBEADM_FLAGS, kubeadmFlags(spec, spec.kubeletVersion ?? version));
}
