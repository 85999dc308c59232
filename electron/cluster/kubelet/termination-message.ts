import type { Container } from '../api/types.ts';
import type { Container as RuntimeContainer, ContainerConfig } from '../cri/interface.ts';
import { readContainerLog } from '../cri/container-log.ts';
import type { FileSystem } from '../machine/interface.ts';

const FILE = 'io.kubernetes.container.terminationMessageFile';
const POLICY = 'io.kubernetes.container.terminationMessagePolicy';
/** Bytes of a message; of what is taken from the log instead, and its lines. */
const MAX = 4_096;
const MAX_FALLBACK = 2_048;
const FALLBACK_LINES = 80;

type Mount = NonNullable<ContainerConfig['mounts']>[number];

/** What containers leave behind when they end. Models terminationMessagePath in pkg/kubelet/kuberuntime (v1.34). */
export class TerminationMessages {
  readonly #files: FileSystem;

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /** The file that a container may write, and how its config tells of it. */
  prepare(
    uid: string,
    spec: Container,
    attempt: number,
  ): { readonly mounts: readonly Mount[]; readonly annotations: Readonly<Record<string, string>> } {
    const { terminationMessagePath: path = '', terminationMessagePolicy = 'File' } = spec;
    if (path === '') return { mounts: [], annotations: {} };
    const hostPath = `/var/lib/kubelet/pods/${uid}/containers/${spec.name}/${attempt}`;
    this.#files.provide(hostPath, () => '');
    return {
      mounts: [{ containerPath: path, hostPath, readonly: false }],
      annotations: { [FILE]: hostPath, [POLICY]: terminationMessagePolicy },
    };
  }

  /** '' for none. */
  of({ config, exitCode, logPath }: RuntimeContainer): string {
    const path = config.annotations[FILE];
    const written = path !== undefined && this.#files.exists(path) ? this.#files.read(path) : '';
    if (written !== '') return written.slice(0, MAX);
    if (config.annotations[POLICY] !== 'FallbackToLogsOnError' || exitCode === 0) return '';
    const lines = readContainerLog(this.#files, logPath).slice(-FALLBACK_LINES);
    return lines
      .map((line) => `${line.split(' ').slice(3).join(' ')}\n`)
      .join('')
      .slice(-MAX_FALLBACK);
  }
}
