import { containerdProgram } from './cri/containerd.ts';
import { cniAgentProgram, kubeProxyProgram } from './kubeadm/placeholders.ts';
import { KUBELET_LOG, kubeletCommand } from './kubeadm/windows-kubelet.ts';
import { kubeletProgram } from './kubelet/kubelet-program.ts';
import type { FileStat, JournalEntry, Machine, MountedFolder } from './machine/interface.ts';
import type { Place } from './place.ts';

/** The log that nssm keeps of the kubelet, as a folder with one file. */
function kubeletLog({ units, bootedAt }: Machine): MountedFolder {
  const name = KUBELET_LOG.slice(KUBELET_LOG.lastIndexOf('/') + 1);
  const entries = (): readonly JournalEntry[] =>
    units.journal('kubelet').filter(({ identifier }) => identifier === 'kubelet');
  const read = (): string =>
    entries()
      .map(({ message }) => `${message}\n`)
      .join('');
  const stat = (path: string): FileStat | undefined => {
    if (path !== '' && path !== name) return undefined;
    return {
      kind: path === '' ? 'folder' : 'file',
      size: path === '' ? 0 : read().length,
      mode: 0o644,
      owner: 'Administrators',
      group: 'Administrators',
      modifiedAt: entries().at(-1)?.time ?? bootedAt,
    };
  };
  return { stat, list: (path) => (path === '' ? [name] : []), read };
}

/**
 * The services of a Windows worker: containerd as it registers itself (one that ended stays stopped), the kubelet under nssm (which
 * starts it again). kube-proxy and the CNI agent, in truth HostProcess DaemonSets, are placeholders as on Linux.
 */
export function defineWindowsServices({ machine, spec, runtimes }: Place, version: string): void {
  if (runtimes === undefined) return;
  const { units } = machine;
  const kubeletVersion = spec.kubeletVersion ?? version;
  units.define({
    name: 'containerd',
    description: 'containerd',
    program: containerdProgram(runtimes.of('containerd')),
    argv: ['C:\\Program Files\\containerd\\containerd.exe', '--run-service'],
    restart: 'no',
    restartSeconds: 0,
  });
  units.define({
    name: 'kubelet',
    description: 'kubelet',
    program: kubeletProgram(
      () => kubeletVersion,
      ({ files }) => kubeletCommand(files),
    ),
    argv: ['C:\\Program Files\\nssm\\nssm.exe'],
    restart: 'always',
    restartSeconds: 1.5,
    dependsOn: ['containerd'],
  });
  machine.mount(KUBELET_LOG.slice(0, KUBELET_LOG.lastIndexOf('/')), kubeletLog(machine));
  const placeholder = { restart: 'always', restartSeconds: 5 } as const;
  units.define({
    ...placeholder,
    name: 'cni-agent',
    description: 'CNI agent (placeholder)',
    program: cniAgentProgram,
    argv: ['cni-agent', `--pod-cidr=${spec.podCIDR}`],
  });
  units.define({
    ...placeholder,
    name: 'kube-proxy',
    description: 'Kubernetes network proxy (placeholder)',
    program: kubeProxyProgram,
    argv: ['kube-proxy'],
  });
}
