import { ETCD_DATA, MANIFESTS } from '../../kubeadm/control-plane.ts';
import { parseOptions } from '../commands/options.ts';
import type { CommandContext } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { detectCriSocket } from './cri-socket.ts';
import { kubeadmVersion } from './kubeadm-version.ts';
import {
  commonChecks,
  fewerCores,
  fileAvailable,
  folderAvailable,
  ignoredErrors,
  portOpen,
  runChecks,
} from './preflight.ts';

const PROGRAMS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'];

/** `kubeadm init`, as far as its preflight checks: on a machine that passes them it says that it goes no further. Models cmd/kubeadm/app/cmd/init.go (v1.34). */
export async function kubeadmInit(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, rest } = parseOptions('kubeadm', args, {
    flags: { '--upload-certs': 'upload-certs' },
    values: {
      '--ignore-preflight-errors': 'ignore',
      '--cri-socket': 'cri-socket',
      '--pod-network-cidr': 'pods',
      '--service-cidr': 'services',
      '--apiserver-advertise-address': 'advertise',
      '--control-plane-endpoint': 'endpoint',
      '--kubernetes-version': 'version',
      '-v': 'v',
      '--v': 'v',
    },
  });
  if (rest.length > 0)
    throw new CommandError(
      `leme: "kubeadm init ${rest[0] ?? ''}" is not modelled here; "kubeadm certs renew" is\n`,
    );
  const { out, machine } = context;
  out(`[init] Using Kubernetes version: ${values.get('version') ?? kubeadmVersion(context)}\n`);
  out('[preflight] Running pre-flight checks\n');
  await runChecks(
    [
      fewerCores(2),
      portOpen(6443),
      portOpen(10_259),
      portOpen(10_257),
      ...PROGRAMS.map((name) => fileAvailable(`${MANIFESTS}/${name}.yaml`)),
      ...commonChecks(values.get('cri-socket') ?? detectCriSocket(machine.files)),
      portOpen(2379),
      portOpen(2380),
      folderAvailable(ETCD_DATA),
    ],
    ignoredErrors(values.get('ignore')),
    context,
  );
  throw new CommandError(
    'leme: "kubeadm init" is not modelled here beyond its preflight checks: a workspace has one cluster, and its topology sets it up; this machine can "kubeadm join" it\n',
  );
}
