import type { ContainerStatus, Pod, PodStatus } from '../../api/types.ts';
import type { FileSystem } from '../../machine/interface.ts';

/** Options of a log request. Models v1.PodLogOptions. */
export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** Virtual milliseconds: only lines that are not older. */
  readonly since: number | undefined;
}

/** The logs cannot be given; the kubelet answers 400 with this text. */
export class LogsUnavailable extends Error {}

function statusOf(status: PodStatus | undefined, name: string): ContainerStatus | undefined {
  return [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ].find((candidate) => candidate.name === name);
}

const idOf = (containerId: string | undefined): string => (containerId ?? '').replace(/^[a-z-]+:\/\//, '');

/**
 * The container whose log is meant. Models validateContainerLogStatus of pkg/kubelet/kubelet_pods.go (v1.34).
 * @throws LogsUnavailable
 */
export function containerForLogs(
  pod: Pod,
  podStatus: PodStatus | undefined,
  name: string,
  previous: boolean,
): string {
  const podName = pod.metadata?.name ?? '';
  const what = `container ${JSON.stringify(name)} in pod ${JSON.stringify(podName)}`;
  const status = statusOf(podStatus, name);
  if (status === undefined) throw new LogsUnavailable(`${what} is not available`);
  const last = idOf(status.lastState?.terminated?.containerID);
  const { waiting, running, terminated } = status.state ?? {};
  if (previous) {
    if (last === '')
      throw new LogsUnavailable(
        `previous terminated container ${JSON.stringify(name)} in pod ${JSON.stringify(podName)} not found`,
      );
    return last;
  }
  if (running !== undefined) return idOf(status.containerID);
  if (terminated !== undefined) {
    const id = idOf(terminated.containerID) || last;
    if (id === '') throw new LogsUnavailable(`${what} is terminated`);
    return id;
  }
  if (status.lastState?.terminated !== undefined) {
    if (last === '') throw new LogsUnavailable(`${what} is terminated`);
    return last;
  }
  if (waiting === undefined) throw new LogsUnavailable(`${what} is waiting to start - no logs yet`);
  const reasons: Readonly<Record<string, string>> = {
    ErrImagePull: "image can't be pulled",
    ImagePullBackOff: 'trying and failing to pull image',
  };
  const reason = waiting.reason ?? '';
  throw new LogsUnavailable(`${what} is waiting to start: ${reasons[reason] ?? reason}`);
}

const LINE = /^(\S+) (?:stdout|stderr) [FP] ([^]*)$/;

function linesOf(files: FileSystem, path: string): string[] {
  return [`${path}.1`, path]
    .filter((candidate) => files.exists(candidate))
    .flatMap((candidate) => files.read(candidate).split('\n'))
    .filter((line) => line !== '');
}

/** Reads a container's log file in the CRI format and, if asked, what is written to it later. */
export class LogReader {
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #options: LogOptions;
  #left: number;
  #last: string | undefined;

  constructor(files: FileSystem, path: string, options: LogOptions) {
    this.#files = files;
    this.#path = path;
    this.#options = options;
    this.#left = options.limitBytes ?? Infinity;
  }

  /** True when the byte limit has been reached. */
  get exhausted(): boolean {
    return this.#left <= 0;
  }

  /** What is there now. */
  present(): string {
    const { tailLines } = this.#options;
    const lines = linesOf(this.#files, this.#path);
    this.#last = lines.at(-1);
    return this.#text(tailLines === undefined ? lines : tailLines === 0 ? [] : lines.slice(-tailLines));
  }

  /** What has come since. */
  more(): string {
    const lines = linesOf(this.#files, this.#path);
    const from = this.#last === undefined ? 0 : lines.lastIndexOf(this.#last) + 1;
    this.#last = lines.at(-1) ?? this.#last;
    return this.#text(lines.slice(from));
  }

  #text(lines: readonly string[]): string {
    const { timestamps, since } = this.#options;
    let text = '';
    for (const line of lines) {
      const [, time = '', message = line] = LINE.exec(line) ?? [];
      if (since !== undefined && Date.parse(time) < since) continue;
      const shown = `${timestamps ? `${time} ` : ''}${message}\n`;
      text += shown.slice(0, this.#left);
      this.#left -= Math.min(shown.length, this.#left);
    }
    return text;
  }
}
