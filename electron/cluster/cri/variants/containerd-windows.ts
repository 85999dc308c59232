import type { FileSystem } from '../../machine/interface.ts';
import type { RuntimeVariant } from './interface.ts';
import { containerdSettings, containerdVariant } from './containerd.ts';

export const WINDOWS_CONTAINERD_CONFIG = '/Program Files/containerd/config.toml';
/** As a machine's files have the named pipe `\\.\pipe\containerd-containerd`. */
export const CONTAINERD_PIPE = '/pipe/containerd-containerd';
const ROOT = 'C:\\ProgramData\\containerd\\root';

/**
 * containerd on Windows: a named pipe instead of a socket, runhcs (which speaks to the Host Compute Service) instead of runc, and no
 * cgroups.
 */
export const windowsContainerdVariant: RuntimeVariant = {
  ...containerdVariant,
  socket: CONTAINERD_PIPE,
  imageRoot: '/ProgramData/containerd/root/io.containerd.snapshotter.v1.windows',
  texts: {
    ...containerdVariant.texts,
    notStarted: (id, why) =>
      `failed to start containerd task "${id}": hcs::System::CreateProcess ${id}: ${why}: unknown`,
    notExecuted: (id, why) =>
      `failed to exec in container: failed to start exec "${id}": hcs::System::CreateProcess ${id}: ${why}: unknown`,
  },
  settings: (files: FileSystem) => containerdSettings(files, WINDOWS_CONTAINERD_CONFIG),
  info(settings, networkReady) {
    const { config, ...others } = containerdVariant.info(settings, networkReady);
    const runtimes = Object.fromEntries(
      settings.handlers.map((name) => [name, { runtimeType: 'io.containerd.runhcs.v1' }]),
    );
    return {
      ...others,
      config: JSON.stringify({
        ...(JSON.parse(config ?? '{}') as object),
        containerdEndpoint: '\\\\.\\pipe\\containerd-containerd',
        rootDir: `${ROOT}\\io.containerd.grpc.v1.cri`,
        stateDir: 'C:\\ProgramData\\containerd\\state\\io.containerd.grpc.v1.cri',
        containerd: { defaultRuntimeName: 'runhcs-wcow-process', runtimes },
      }),
    };
  },
};
