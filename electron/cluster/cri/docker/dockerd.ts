import type { ProcessContext, Program } from '../../machine/interface.ts';
import { DialError } from '../../network/interface.ts';
import { logLine } from '../log-line.ts';
import type { NodeRuntime } from '../node-runtime.ts';
import { CONTAINERD_SOCKET } from '../interface.ts';
import { serveRuntime } from '../serve-runtime.ts';
import { DOCKER_SOCKET, daemonConfig } from '../variants/docker.ts';
import type { RuntimeSettings } from '../variants/interface.ts';

/** How long after SIGTERM a container is killed, in milliseconds. */
const STOP_TIMEOUT = 10_000;
/** How long it waits for containerd, and how often it tries, in milliseconds. */
const DIAL_TIMEOUT = 10_000;
const DIAL_RETRY = 100;

async function stopContainers(process: ProcessContext, runtime: NodeRuntime): Promise<void> {
  const running = [...runtime.store.containers.values()].filter(({ id }) => runtime.shims.isRunning(id));
  const killer = process.clock.setTimeout(() => {
    for (const { id } of running) process.go(() => runtime.shims.stop(id, 'SIGKILL'));
  }, STOP_TIMEOUT);
  await Promise.all(running.map(({ id }) => runtime.shims.stop(id, 'SIGTERM')));
  killer.dispose();
  for (const sandbox of runtime.store.sandboxes.values()) {
    if (!runtime.shims.liveSandboxes.delete(sandbox.id)) continue;
    if (sandbox.config.network === 'POD' && sandbox.ip !== '') runtime.ipam.release(sandbox.ip);
    runtime.store.putSandbox({ ...sandbox, state: 'SANDBOX_NOTREADY', ip: '' });
  }
}

/** Waits for containerd, which systemd starts before it. */
async function containerdAnswers(process: ProcessContext): Promise<boolean> {
  const { clock, machine, net } = process;
  for (const since = clock.now(); clock.now() - since < DIAL_TIMEOUT; await clock.sleep(DIAL_RETRY)) {
    try {
      (await net.dial({ host: machine.name, port: CONTAINERD_SOCKET }, { protocol: 'cri' })).close();
      return true;
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
    }
  }
  return false;
}

/**
 * Docker's daemon at `/run/docker.sock`, over a containerd that must be there. Its containers end with it unless
 * `live-restore` is set. The Engine API is carried in CRI's shape; pause containers, names and tags are Docker's.
 */
export function dockerdProgram(runtime: NodeRuntime): Program {
  return async (process: ProcessContext) => {
    logLine(process, 'info', 'Starting up');
    let settings: RuntimeSettings;
    let liveRestore: boolean;
    try {
      settings = runtime.variant.settings(process.files);
      liveRestore = daemonConfig(process.files)['live-restore'] === true;
    } catch (error) {
      process.stderr(error instanceof Error ? error.message : String(error));
      return 1;
    }
    if (!(await containerdAnswers(process))) {
      process.stderr(
        `failed to start daemon: failed to dial "${CONTAINERD_SOCKET}": failed to dial "${CONTAINERD_SOCKET}": context deadline exceeded: connection error: desc = "transport: error while dialing: dial unix ${CONTAINERD_SOCKET}: connect: no such file or directory"`,
      );
      return 1;
    }
    // Left over by a daemon that had no time to stop them.
    if (!liveRestore) await stopContainers(process, runtime);
    const api = serveRuntime(process, runtime, settings, DOCKER_SOCKET);
    logLine(process, 'info', 'Docker daemon', { version: runtime.variant.runtimeVersion });
    logLine(process, 'info', 'Daemon has completed initialization');
    logLine(process, 'info', `API listen on ${DOCKER_SOCKET}`);
    return new Promise<number>((resolve) =>
      process.onTerminate(() =>
        process.go(async () => {
          logLine(process, 'info', "Processing signal 'terminated'");
          // First: a container that the kubelet had it start again would outlive it.
          api.dispose();
          if (!liveRestore) await stopContainers(process, runtime);
          logLine(process, 'info', 'Daemon shutdown complete');
          resolve(0);
        }),
      ),
    );
  };
}
