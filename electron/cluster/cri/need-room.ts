import type { MachineDisk } from '../machine/interface.ts';
import { CriError } from './interface.ts';

const ROOT = '/var/lib/containerd/io.containerd.grpc.v1.cri';

/**
 * A sandbox or a container has a folder of its own, for which there must be room. In containerd's words; the others say it in
 * theirs. @throws CriError
 */
export function needRoom({ available }: MachineDisk, what: 'sandbox' | 'container', path: string): void {
  if (available > 0) return;
  throw new CriError(
    'Unknown',
    `failed to create ${what} root directory "${ROOT}/${path}": mkdir ${ROOT}/${path}: no space left on device`,
  );
}
