import type { ProcessContext, Program } from '../../machine/interface.ts';
import { SocketCriClient } from '../cri-client.ts';
import type { CriHandlers } from '../cri-server.ts';
import { CriServer } from '../cri-server.ts';
import type { CriMethod, CriRequest, CriResponse } from '../interface.ts';
import { CriError } from '../interface.ts';
import { logLine } from '../log-line.ts';
import { CRI_DOCKERD_SOCKET, DOCKER_SOCKET } from '../variants/docker.ts';

const VERSION = '0.3.20';
const RECONNECT = 1_000;
/** What it passes on; what Docker cannot do is not among them. */
const METHODS = [
  'Version', 'Status', 'UpdateRuntimeConfig', 'RunPodSandbox', 'StopPodSandbox', 'RemovePodSandbox', 'PodSandboxStatus',
  'ListPodSandbox', 'CreateContainer', 'StartContainer', 'StopContainer', 'RemoveContainer', 'ListContainers',
  'ContainerStatus', 'UpdateContainerResources', 'ContainerStats', 'ListContainerStats', 'PodSandboxStats',
  'ListPodSandboxStats', 'ReopenContainerLog', 'ExecSync', 'Exec', 'Attach', 'PortForward', 'PullImage', 'ListImages',
  'ImageStatus', 'RemoveImage', 'ImageFsInfo',
] as const satisfies readonly CriMethod[]; // prettier-ignore

/**
 * CRI in front of Docker's socket: cri-dockerd, and the dockershim inside kubelets before 1.24. Without the daemon each call
 * fails as Docker's own client does.
 */
export function serveDockerShim(process: ProcessContext, socket: string): void {
  const docker = new SocketCriClient(process.net, process.machine.name, DOCKER_SOCKET);
  const forward = async <M extends CriMethod>(method: M, request: CriRequest<M>): Promise<CriResponse<M>> => {
    try {
      return await docker.call(method, request);
    } catch (error) {
      if (!(error instanceof CriError) || error.code !== 'Unavailable') throw error;
      throw new CriError(
        'Unknown',
        'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      );
    }
  };
  const handlers = Object.fromEntries(
    METHODS.map((method) => [method, (request: CriRequest<typeof method>) => forward(method, request)]),
  ) as CriHandlers;
  const server = new CriServer(process, handlers);
  server.listen(socket);
  const follow = async (): Promise<void> => {
    for (;;) {
      try {
        await docker.call('Version', {});
        docker.containerEvents(
          (event) => server.publish(event),
          () => {
            server.endEvents();
            process.go(follow);
          },
        );
        return;
      } catch (error) {
        if (!(error instanceof CriError)) throw error;
        await process.clock.sleep(RECONNECT);
      }
    }
  };
  process.go(follow);
}

/** cri-dockerd, serving `/run/cri-dockerd.sock`. */
export const criDockerdProgram: Program = async (process) => {
  logLine(process, 'info', `Starting cri-dockerd ${VERSION}`);
  logLine(process, 'info', 'Start docker client with request timeout 0s');
  logLine(process, 'info', 'Loaded network plugin cni');
  serveDockerShim(process, CRI_DOCKERD_SOCKET);
  logLine(process, 'info', 'Start cri-dockerd grpc backend');
  return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
};
