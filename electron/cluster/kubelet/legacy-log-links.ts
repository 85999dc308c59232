import type { Container as RuntimeContainer } from '../cri/interface.ts';
import type { FileSystem } from '../machine/interface.ts';

/** Where collectors of logs look. Models legacyContainerLogsDir of pkg/kubelet/kuberuntime (v1.34). */
const FOLDER = '/var/log/containers';
/** What a file's name may have, without `.log`. */
const LONGEST = 251;

export interface LoggedPod {
  readonly namespace: string;
  readonly name: string;
}

/** `/var/log/containers/<pod>_<namespace>_<container>-<id>.log` leads to the file the runtime writes. */
export function linkLog(
  files: Pick<FileSystem, 'exists' | 'lstat' | 'link'>,
  { namespace, name }: LoggedPod,
  { id, logPath, config }: RuntimeContainer,
): void {
  // Nothing to lead to: a runtime may keep its logs elsewhere.
  if (!files.exists(logPath)) return;
  const link = `${FOLDER}/${`${name}_${namespace}_${config.metadata.name}-${id}`.slice(0, LONGEST)}.log`;
  if (files.lstat(link) === undefined) files.link(link, logPath);
}

/** Takes away a Pod's links that lead nowhere any more. */
export function pruneLogLinks(
  files: Pick<FileSystem, 'list' | 'stat' | 'remove'>,
  { namespace, name }: LoggedPod,
): void {
  for (const entry of files.list(FOLDER))
    if (entry.startsWith(`${name}_${namespace}_`) && files.stat(`${FOLDER}/${entry}`) === undefined)
      files.remove(`${FOLDER}/${entry}`);
}
