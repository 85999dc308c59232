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

const LINE = /^(\S+) (?:stdout|stderr) ([FP]) ([^]*)$/;
/** What the kubelet appends to the name of a log that it moves away. */
const ROTATED = /\.\d{8}-\d{6}$/;

/**
 * Reads a container's log file in the CRI format and, if asked, what is written to it later, also once it has been moved away. Models
 * ReadLogs (cri-client/pkg/logs, v0.34).
 */
export class LogReader {
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #options: LogOptions;
  #left: number;
  /** How much of the file has been seen, in characters. */
  #position = 0;
  /** The last part was not the end of its line. */
  #isWithinLine = false;

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
    const { lines, end } = this.#read(this.#path, 0);
    this.#position = end;
    return this.#text(tailLines === undefined ? lines : lastLines(lines, tailLines));
  }

  /** What has come since. */
  more(): string {
    let before = '';
    const size = this.#read(this.#path, 0).end;
    if (size < this.#position) {
      before = this.#text(this.#read(this.#movedTo(), this.#position).lines);
      this.#position = 0;
    }
    const { lines, end } = this.#read(this.#path, this.#position);
    this.#position = end;
    return before + this.#text(lines);
  }

  /** Lines from a place on; where the file ends. */
  #read(path: string, from: number): { readonly lines: readonly string[]; readonly end: number } {
    if (!this.#files.exists(path)) return { lines: [], end: 0 };
    const text = this.#files.read(path);
    const elided = this.#files.stat(path)?.elided ?? 0;
    const lines = text
      .slice(Math.max(0, from - elided))
      .split('\n')
      .filter((line) => line !== '');
    return { lines, end: elided + text.length };
  }

  #movedTo(): string {
    const slash = this.#path.lastIndexOf('/');
    const prefix = `${this.#path.slice(slash + 1)}.`;
    const moved = this.#files
      .list(this.#path.slice(0, slash))
      .filter((name) => name.startsWith(prefix) && ROTATED.test(name));
    return `${this.#path.slice(0, slash)}/${moved.at(-1) ?? ''}`;
  }

  #text(lines: readonly string[]): string {
    const { timestamps, since } = this.#options;
    let text = '';
    for (const line of lines) {
      const [, time = '', tag = 'F', message = line] = LINE.exec(line) ?? [];
      if (since !== undefined && Date.parse(time) < since) continue;
      const stamp = timestamps && !this.#isWithinLine ? `${time} ` : '';
      this.#isWithinLine = tag === 'P';
      const shown = `${stamp}${message}${tag === 'P' ? '' : '\n'}`;
      text += shown.slice(0, this.#left);
      this.#left -= Math.min(shown.length, this.#left);
    }
    return text;
  }
}

/** The last so many lines; one may be in several parts. */
function lastLines(lines: readonly string[], count: number): readonly string[] {
  if (count === 0) return [];
  let left = count;
  let from = lines.length;
  while (from > 0 && (left > 0 || LINE.exec(lines[from - 1] ?? '')?.[2] === 'P')) {
    from -= 1;
    if (LINE.exec(lines[from] ?? '')?.[2] !== 'P') left -= 1;
  }
  return lines.slice(from);
}
