import { PackageDatabase } from '../../machine/packages.ts';
import type { MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';

/** `kubelet --version`: the version that is installed, which may be newer than the one that runs. */
export const kubelet: MachineCommand = (args, { machine, out }) => {
  const installed = new PackageDatabase(machine.files).get('kubelet');
  if (installed === undefined) throw new CommandError('bash: kubelet: command not found\n', 127);
  if (args[0] !== '--version')
    throw new CommandError(
      'leme: the kubelet is run by its unit; only "kubelet --version" is modelled here\n',
    );
  out(`Kubernetes v${installed.version.replace(/-.*$/, '')}\n`);
  return 0;
};
