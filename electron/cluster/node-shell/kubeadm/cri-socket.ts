import type { FileSystem } from '../../machine/interface.ts';
import { kubeadmError } from './kubeadm-error.ts';

/** Endpoints that kubeadm looks for, in its order; the first is taken where there is none. */
const KNOWN = [
  'unix:///var/run/containerd/containerd.sock',
  'unix:///var/run/crio/crio.sock',
  'unix:///var/run/cri-dockerd.sock',
] as const;

/** The path of `unix:///var/run/x.sock`; `/var/run` is `/run`. */
export function socketPathOf(endpoint: string): string {
  return endpoint.replace(/^unix:\/\//, '').replace(/^\/var\/run\//, '/run/');
}

/** The endpoint of this machine's runtime. Models util/runtime DetectCRISocket (v1.34). @throws CommandError when there are several */
export function detectCriSocket(files: FileSystem): string {
  const found = KNOWN.filter((endpoint) => files.exists(socketPathOf(endpoint)));
  if (found.length > 1)
    throw kubeadmError(
      `found multiple CRI endpoints on the host. Please define which one do you wish to use by setting the 'criSocket' field in the kubeadm configuration file: ${found.join(', ')}`,
    );
  return found[0] ?? KNOWN[0];
}
