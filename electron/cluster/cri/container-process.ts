import { filePathOf } from '../../base/windows-path.ts';
import type { ImageRoot } from '../images/interface.ts';
import type { Container, ContainerConfig, PodSandbox } from './interface.ts';

/** What the diagram calls the process: the container of a static Pod is known by its own name. */
export function processName(sandbox: PodSandbox, container: Container): string {
  const { name, namespace } = sandbox.config.metadata;
  if (sandbox.config.annotations['kubernetes.io/config.source'] === 'file')
    return container.config.metadata.name;
  return `${namespace}/${name}/${container.config.metadata.name}`;
}

/** A container's environment, in containerd's order: PATH, HOSTNAME, the image's, the Pod's; last what runc adds: `home` is that of the user. */
export function environmentOf(
  root: ImageRoot,
  sandbox: PodSandbox,
  config: ContainerConfig,
  home: string,
): Record<string, string> {
  const image = Object.fromEntries(
    root.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const { HOME = home, ...own } = Object.fromEntries(config.envs.map(({ key, value }) => [key, value]));
  return {
    ...(image['PATH'] === undefined ? {} : { PATH: image['PATH'] }),
    HOSTNAME: sandbox.config.hostname,
    ...(config.tty === true ? { TERM: 'xterm' } : {}),
    ...image,
    ...own,
    HOME,
  };
}

/** The folder in which its process starts, as its files have it. */
export function workingDirOf(folder: string, ofImage: string, os: 'linux' | 'windows'): string {
  if (folder === '') return ofImage;
  return os === 'windows' ? (filePathOf(folder) ?? '/') : folder;
}

export function withTerm({
  HOME = '/root',
  ...rest
}: Readonly<Record<string, string>>): Record<string, string> {
  return { ...rest, TERM: 'xterm', HOME };
}
