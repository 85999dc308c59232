import { PackageDatabase } from '../../machine/packages.ts';
import type { CommandContext } from '../interface.ts';

/** The reference version: of machines that were set up before packages were kept. */
const REFERENCE = 'v1.34.9';

/** The version of the kubeadm that is installed, e.g. `v1.34.9`. */
export function kubeadmVersion({ machine }: Pick<CommandContext, 'machine'>): string {
  const installed = new PackageDatabase(machine.files).get('kubeadm');
  return installed === undefined ? REFERENCE : `v${installed.version.replace(/-.*$/, '')}`;
}
