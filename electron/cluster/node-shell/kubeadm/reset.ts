import { readClientConfig } from '../../client/kubeconfig.ts';
import { klogHeader } from '../../client/command-failed.ts';
import { NetworkApiClient } from '../../client/network-api-client.ts';
import { SocketCriClient } from '../../cri/cri-client.ts';
import { CriError } from '../../cri/interface.ts';
import { ETCD_DATA, MANIFESTS } from '../../kubeadm/control-plane.ts';
import { PKI } from '../../kubeadm/pki/certificate-list.ts';
import { parseOptions } from '../commands/options.ts';
import type { CommandContext } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { detectCriSocket, socketPathOf } from './cri-socket.ts';
import { kubeadmError } from './kubeadm-error.ts';
import { readStoredConfiguration, tellOfReading } from './stored-configuration.ts';

const ADMIN = '/etc/kubernetes/admin.conf';
const KUBELET_FOLDER = '/var/lib/kubelet';
const FILES = ['admin', 'super-admin', 'kubelet', 'bootstrap-kubelet', 'controller-manager', 'scheduler'].map(
  (name) => `/etc/kubernetes/${name}.conf`,
);
const LEFT = `
The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/

`;

/** `kubeadm reset`. Models cmd/kubeadm/app/cmd/reset.go and its phases (v1.34); a member of etcd is not removed from its cluster. */
export async function kubeadmReset(args: readonly string[], context: CommandContext): Promise<number> {
  const { flags, values, rest } = parseOptions('kubeadm', args, {
    flags: { '-f': 'force', '--force': 'force', '--cleanup-tmp-dir': 'tmp', '--dry-run': 'dry-run' },
    values: {
      '--cri-socket': 'cri-socket',
      '--ignore-preflight-errors': 'ignore',
      '--kubeconfig': 'kubeconfig',
      '-v': 'verbosity',
      '--v': 'verbosity',
    },
  });
  const { machine, out } = context;
  if (flags.has('dry-run')) throw new CommandError('leme: "kubeadm reset --dry-run" is not modelled here\n');
  if (rest.length > 0) throw kubeadmError(`unknown command ${JSON.stringify(rest[0])} for "kubeadm reset"`);
  const known = await isConfigurationKnown(values.get('kubeconfig') ?? ADMIN, context);
  const endpoint = values.get('cri-socket') ?? detectCriSocket(machine.files);
  if (!flags.has('force')) await confirm(context);
  out('[preflight] Running pre-flight checks\n');
  if (!known)
    warn('removeetcdmember.go:105', 'No kubeadm config, using etcd pod spec to get data directory', context);
  // The others of a cluster of several would be told; that is not modelled, and said.
  if (machine.files.exists(`${MANIFESTS}/etcd.yaml`) && known)
    warn(
      'removeetcdmember.go:88',
      'Failed to remove etcd member: not modelled here, please manually remove this etcd member using etcdctl',
      context,
    );
  empty(ETCD_DATA, context);
  out(`[reset] Deleted contents of the etcd data directory: ${ETCD_DATA}\n`);
  await cleanUp(endpoint, context);
  out(LEFT);
  return 0;
}

/** Whether the cluster says how it was set up, which only an administrator's machine can ask. */
async function isConfigurationKnown(kubeconfig: string, context: CommandContext): Promise<boolean> {
  const { machine, process, out } = context;
  if (!machine.files.exists(kubeconfig)) return false;
  tellOfReading('reset', out);
  try {
    const config = readClientConfig(machine.files, kubeconfig, 'kubeadm');
    await readStoredConfiguration(new NetworkApiClient(process, process.net, config));
    return true;
  } catch (error) {
    if (error instanceof TypeError || !(error instanceof Error)) throw error;
    warn(
      'reset.go:141',
      `Unable to fetch the kubeadm-config ConfigMap from cluster: ${error.message}`,
      context,
    );
    return false;
  }
}

function warn(caller: string, message: string, { process, err }: CommandContext): void {
  err(`${klogHeader('W', process.clock.now(), process.pid)} ${caller}] [reset] ${message}\n`);
}

/** @throws CommandError when the answer is not yes */
async function confirm(context: CommandContext): Promise<void> {
  const { out, stdin, terminal } = context;
  warn(
    'preflight.go:55',
    "WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.",
    context,
  );
  out('[reset] Are you sure you want to proceed? [y/N]: ');
  const answer = terminal === undefined ? stdin.split('\n')[0] : await terminal.line();
  if (!['y', 'yes'].includes((answer ?? '').trim().toLowerCase()))
    throw kubeadmError('error execution phase preflight: aborted reset operation');
}

/** Phase cleanup-node. */
async function cleanUp(endpoint: string, context: CommandContext): Promise<void> {
  const { machine, out } = context;
  const { files, units } = machine;
  out('[reset] Stopping the kubelet service\n');
  const kubelet = units.get('kubelet');
  if (kubelet !== undefined) {
    units.stop('kubelet');
    await ended(kubelet.process);
  }
  const folders = [MANIFESTS];
  if (files.isFolder(KUBELET_FOLDER)) {
    out(`[reset] Unmounting mounted directories in "${KUBELET_FOLDER}"\n`);
    for (const { folder } of files.mounts())
      if (folder.startsWith(`${KUBELET_FOLDER}/`)) files.unmount(folder);
    folders.push(KUBELET_FOLDER);
  } else
    warn(
      'cleanupnode.go:86',
      `Skipping unmount of directories in "${KUBELET_FOLDER}": lstat ${KUBELET_FOLDER}: no such file or directory`,
      context,
    );
  const problem = await removeSandboxes(endpoint, context);
  if (problem !== undefined) warn('cleanupnode.go:104', `Failed to remove containers: ${problem}`, context);
  folders.push(PKI);
  out(`[reset] Deleting contents of directories: [${folders.join(' ')}]\n`);
  for (const folder of folders) empty(folder, context);
  out(`[reset] Deleting files: [${FILES.join(' ')}]\n`);
  for (const file of FILES) if (files.lstat(file) !== undefined) files.remove(file);
}

function ended(process: { readonly exit: unknown; onDidExit(listener: () => void): unknown } | undefined) {
  return new Promise<void>((resolve) => {
    if (process === undefined || process.exit !== undefined) resolve();
    else process.onDidExit(() => resolve());
  });
}

/** Removes what is in a folder, and keeps the folder. */
function empty(folder: string, { machine: { files } }: CommandContext): void {
  if (!files.isFolder(folder)) return;
  for (const name of files.list(folder)) files.remove(`${folder}/${name.replace(/\/$/, '')}`);
  files.makeFolder(folder);
}

/** Stops and removes all Pods of the runtime. Answers what went wrong. */
async function removeSandboxes(
  endpoint: string,
  { process, machine }: CommandContext,
): Promise<string | undefined> {
  const cri = new SocketCriClient(process.net, machine.spec.name, socketPathOf(endpoint), machine.files);
  const problems: string[] = [];
  try {
    const { items } = await cri.call('ListPodSandbox', {});
    for (const { id: podSandboxId } of items)
      try {
        await cri.call('StopPodSandbox', { podSandboxId });
        await cri.call('RemovePodSandbox', { podSandboxId });
      } catch (error) {
        if (!(error instanceof CriError)) throw error;
        problems.push(error.message);
      }
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    return `failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}": ${error.message}`;
  } finally {
    cri.close();
  }
  if (problems.length === 0) return undefined;
  return problems.length === 1 ? problems.join('') : `[${problems.join(', ')}]`;
}
