import { SocketCriClient } from '../../cri/cri-client.ts';
import { CriError } from '../../cri/interface.ts';
import { controlPlaneImage } from '../../kubeadm/control-plane.ts';
import { PAUSE_IMAGE } from '../../kubeadm/runtime-files.ts';
import type { ControlPlaneProgram } from '../../topology/interface.ts';
import { parseOptions } from '../commands/options.ts';
import type { CommandContext } from '../interface.ts';
import { detectCriSocket, socketPathOf } from './cri-socket.ts';
import { kubeadmError } from './kubeadm-error.ts';
import { kubeadmVersion } from './kubeadm-version.ts';

const COREDNS = 'registry.k8s.io/coredns/coredns:v1.12.1';
const BEFORE_OTHERS: readonly ControlPlaneProgram[] = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
];

/** In kubeadm's order. Models cmd/kubeadm/app/images/images.go (v1.34). */
function imagesOf(version: string): readonly string[] {
  return [
    ...BEFORE_OTHERS.map((program) => controlPlaneImage(program, version)),
    `registry.k8s.io/kube-proxy:${version}`,
    COREDNS,
    PAUSE_IMAGE,
    controlPlaneImage('etcd', version),
  ];
}

/** `kubeadm config images list|pull [--kubernetes-version v1.34.9]` */
export async function kubeadmImages(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, rest } = parseOptions('kubeadm', args, {
    values: { '--kubernetes-version': 'version', '--cri-socket': 'cri-socket', '-v': 'v', '--v': 'v' },
  });
  const [verb] = rest;
  const given = values.get('version') ?? kubeadmVersion(context);
  const version = given.startsWith('v') ? given : `v${given}`;
  if (!/^v1\.\d+\.\d+$/.test(version))
    throw kubeadmError(
      `version ${JSON.stringify(given)} doesn't match patterns for neither semantic version nor labels (stable, latest, ...)`,
    );
  const images = imagesOf(version);
  if (verb === 'list') {
    context.out(images.map((image) => `${image}\n`).join(''));
    return 0;
  }
  if (verb !== 'pull') throw kubeadmError(`invalid subcommand ${JSON.stringify(verb ?? '')}`);
  const { process, machine } = context;
  const endpoint = values.get('cri-socket') ?? detectCriSocket(machine.files);
  const cri = new SocketCriClient(process.net, machine.spec.name, socketPathOf(endpoint), machine.files);
  try {
    await connect(cri, endpoint);
    for (const image of images) {
      await pull(cri, image);
      context.out(`[config/images] Pulled ${image}\n`);
    }
  } finally {
    cri.close();
  }
  return 0;
}

async function connect(cri: SocketCriClient, endpoint: string): Promise<void> {
  try {
    await cri.call('Version', {});
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    throw kubeadmError(
      `failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}": ${error.message}`,
    );
  }
}

async function pull(cri: SocketCriClient, image: string): Promise<void> {
  try {
    await cri.call('PullImage', { image });
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    throw kubeadmError(`failed to pull image ${image}: failed to pull image ${image}: ${error.message}`);
  }
}
