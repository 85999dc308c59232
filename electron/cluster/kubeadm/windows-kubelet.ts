import { filePathOf } from '../../base/windows-path.ts';
import type { FileSystem } from '../machine/interface.ts';
import { KUBEADM_FLAGS } from './kubelet-flags.ts';

/** Run by the kubelet's service. */
export const START_KUBELET = '/k/StartKubelet.ps1';
/** Where the service leaves what the kubelet writes. */
export const KUBELET_LOG = '/var/log/kubelet/kubelet.err.log';

/** `C:\k\StartKubelet.ps1` as PrepareNode.ps1 of kubernetes-sigs/sig-windows-tools leaves it. */
export const startKubeletScript = (
  hostname: string,
): string => `$FileContent = Get-Content -Path "${KUBEADM_FLAGS}"
$global:KubeletArgs = $FileContent.TrimStart('KUBELET_KUBEADM_ARGS=').Trim('"')

$cmd = "C:\\k\\kubelet.exe $global:KubeletArgs --cert-dir=$env:SYSTEMDRIVE\\var\\lib\\kubelet\\pki --config=/var/lib/kubelet/config.yaml --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --hostname-override=${hostname} --enable-debugging-handlers --cgroups-per-qos=false --enforce-node-allocatable=\`"\`" --resolv-conf=\`"\`""
Invoke-Expression $cmd
`;

/**
 * The words that the script starts the kubelet with: those of its `$cmd`, with kubeadm's flags in them. Anything else that somebody
 * writes into the script is not run. @throws Error with PowerShell's text
 */
export function kubeletCommand(files: FileSystem): readonly string[] {
  if (!files.exists(START_KUBELET))
    throw new Error(
      "The argument 'C:\\k\\StartKubelet.ps1' to the -File parameter does not exist. Provide the path to an existing '.ps1' file as an argument to the -File parameter.",
    );
  const script = files.read(START_KUBELET);
  const line = /^\s*\$cmd\s*=\s*"((?:[^"`]|`.)*)"/m.exec(script)?.[1];
  if (line === undefined) throw new Error("Cannot bind argument to parameter 'Command' because it is null.");
  const flags = files.exists(KUBEADM_FLAGS) ? files.read(KUBEADM_FLAGS).trim() : '';
  const [program = '', ...words] = line
    .replaceAll('$global:KubeletArgs', flags.replace(/^KUBELET_KUBEADM_ARGS=/, '').replace(/^"|"$/g, ''))
    .replace(/\$env:SYSTEMDRIVE/gi, 'C:')
    .replace(/`(.)/g, '$1')
    .replaceAll('"', '')
    .split(/\s+/)
    .filter((word) => word !== '');
  if (filePathOf(program) !== '/k/kubelet.exe' || !files.exists('/k/kubelet.exe'))
    throw new Error(
      `The term '${program}' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.`,
    );
  // A flag without a value is true.
  return ['kubelet', ...words.map((word) => (/^--[a-z-]+$/.test(word) ? `${word}=true` : word))];
}
