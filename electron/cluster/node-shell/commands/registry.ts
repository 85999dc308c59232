import type { MachineCommand } from '../interface.ts';
import { aptCache, aptGet, aptMark, dpkg } from '../packages/apt-get.ts';
import { kubelet } from '../packages/kubelet-binary.ts';
import { crictl } from './crictl/crictl.ts';
import { ctr, nerdctl } from './engines/containerd-tools.ts';
import { docker } from './engines/docker.ts';
import { fileCommands } from './files.ts';
import { journalctl } from './journalctl.ts';
import { openssl } from '../openssl/openssl.ts';
import { kubeadm } from '../kubeadm/kubeadm.ts';
import { powerCommands } from './power.ts';
import { processCommands } from './processes.ts';
import { systemCommands } from './system.ts';
import { systemctl } from './systemctl.ts';

/** Programs of a machine by name; the names are in `shared/machines/machine-commands.ts` for the lab shell. */
export const commands: ReadonlyMap<string, MachineCommand> = new Map<string, MachineCommand>([
  ...Object.entries(fileCommands),
  ...Object.entries(systemCommands),
  ...Object.entries(processCommands),
  ...Object.entries(powerCommands),
  ['systemctl', systemctl],
  ['journalctl', journalctl],
  ['crictl', crictl],
  ['ctr', ctr],
  ['docker', docker],
  ['nerdctl', nerdctl],
  ['kubeadm', kubeadm],
  ['openssl', openssl],
  ['kubelet', kubelet],
  ['apt', aptGet],
  ['apt-get', aptGet],
  ['apt-mark', aptMark],
  ['apt-cache', aptCache],
  ['dpkg', dpkg],
]);
