import { parseQuantity } from '../apimachinery/quantity.ts';
import type { Container, CriClient } from '../cri/interface.ts';
import { CriError } from '../cri/interface.ts';
import type { ProcessContext } from '../machine/interface.ts';

const ROTATED = /\.\d{8}-\d{6}$/;

/** `20261127-120507` */
function stamp(time: number): string {
  return new Date(Math.floor(time)).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}

export interface LogRotationOptions {
  readonly process: ProcessContext;
  readonly cri: CriClient;
  readonly maxSize: string;
  readonly maxFiles: number;
  /** Milliseconds. */
  readonly interval: number;
  readonly running: () => readonly Container[];
}

/**
 * Moves a container's log away when it is large, and the oldest out. Models pkg/kubelet/logs/container_log_manager.go (v1.34); rotated files
 * are not compressed.
 */
export class ContainerLogRotation {
  readonly #options: LogRotationOptions;
  readonly #maxSize: number;
  #used = -1;

  constructor(options: LogRotationOptions) {
    this.#options = options;
    this.#maxSize = Number(parseQuantity(options.maxSize).nanos / 1_000_000_000n);
  }

  start(): void {
    const { process, interval } = this.#options;
    if (this.#maxSize < 0) return;
    process.clock.setInterval(() => process.go(() => this.#rotate()), interval);
  }

  async #rotate(): Promise<void> {
    const { process, running } = this.#options;
    // Nothing has been written since the last look.
    if (process.disk.used === this.#used) return;
    this.#used = process.disk.used;
    for (const { id, logPath } of running()) {
      if ((process.files.stat(logPath)?.size ?? 0) < this.#maxSize) continue;
      try {
        await this.#rotateOne(id, logPath);
      } catch (error) {
        if (!(error instanceof CriError)) throw error;
        process.log.error('Failed to rotate log for container', {
          caller: 'container_log_manager.go:307',
          path: logPath,
          containerID: id,
          err: error.message,
        });
      }
    }
  }

  async #rotateOne(containerId: string, path: string): Promise<void> {
    const { process, cri, maxFiles } = this.#options;
    const { files } = process;
    const folder = path.slice(0, path.lastIndexOf('/'));
    const prefix = `${path.slice(folder.length + 1)}.`;
    const rotated = files.list(folder).filter((name) => name.startsWith(prefix) && ROTATED.test(name));
    // The one that is written and the one that is moved away now are files too.
    for (const name of rotated.slice(0, Math.max(0, rotated.length - (maxFiles - 2))))
      files.remove(`${folder}/${name}`);
    files.rename(path, `${path}.${stamp(process.clock.now())}`);
    await cri.call('ReopenContainerLog', { containerId });
  }
}
