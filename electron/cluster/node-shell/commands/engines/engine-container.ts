import type { Container, CriClient, PodSandbox } from '../../../cri/interface.ts';
import { humanDuration } from '../../human.ts';
import type { CommandContext } from '../../interface.ts';

/** A container as Docker and nerdctl list it: a Pod's sandbox is one too. */
export interface EngineContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly argv: readonly string[];
  readonly createdAt: number;
  readonly running: boolean;
  readonly status: string;
  /** Absent for a sandbox. */
  readonly container?: Container;
  readonly sandbox: PodSandbox | undefined;
}

/** How an engine names what CRI made. */
export interface Naming {
  container(container: Container, sandbox: PodSandbox | undefined): string;
  sandbox(sandbox: PodSandbox): string;
  image(container: Container): string;
}

function statusOf({ state, startedAt, finishedAt, exitCode }: Container, now: number): string {
  switch (state) {
    case 'CONTAINER_RUNNING':
      return `Up ${humanDuration(now - startedAt)}`;
    case 'CONTAINER_EXITED':
      return `Exited (${exitCode}) ${humanDuration(now - finishedAt)} ago`;
    case 'CONTAINER_CREATED':
    case 'CONTAINER_UNKNOWN':
      return 'Created';
  }
}

/** All containers that a runtime knows, newest first. `pause`: the image of sandboxes. */
export async function engineContainers(
  cri: CriClient,
  { machine, process }: CommandContext,
  naming: Naming,
  pause: string,
): Promise<readonly EngineContainer[]> {
  const { containers } = await cri.call('ListContainers', {});
  const { items } = await cri.call('ListPodSandbox', {});
  const now = process.clock.now();
  const argvOf = ({ pid, config }: Container): readonly string[] =>
    (pid === 0 ? undefined : machine.processes.find((one) => one.pid === pid)?.argv) ?? [...config.command, ...config.args];
  const rows = containers.map((container): EngineContainer => {
    const sandbox = items.find(({ id }) => id === container.podSandboxId);
    return {
      id: container.id, name: naming.container(container, sandbox), image: naming.image(container), argv: argvOf(container),
      createdAt: container.createdAt, running: container.state === 'CONTAINER_RUNNING', status: statusOf(container, now), container, sandbox,
    };
  });
  const sandboxes = items.map((sandbox): EngineContainer => {
    const running = sandbox.state === 'SANDBOX_READY';
    const { id, createdAt } = sandbox;
    const status = running ? `Up ${humanDuration(now - createdAt)}` : 'Exited (0)';
    return { id, name: naming.sandbox(sandbox), image: pause, argv: ['/pause'], createdAt, running, status, sandbox };
  });
  return [...rows, ...sandboxes].sort((a, b) => b.createdAt - a.createdAt);
} // prettier-ignore

/** The one whose name, or the beginning of whose id, was given. */
export function findEngineContainer(
  all: readonly EngineContainer[],
  wanted: string,
): EngineContainer | undefined {
  const byName = all.find(({ name, id }) => name === wanted || id === wanted);
  if (byName !== undefined || wanted === '') return byName;
  const found = all.filter(({ id }) => id.startsWith(wanted));
  return found.length === 1 ? found[0] : undefined;
}

/** `"/docker-entrypoint.…"` */
export function commandCell(argv: readonly string[], whole: boolean): string {
  const text = argv.join(' ');
  return `"${whole || text.length <= 20 ? text : `${text.slice(0, 19)}…`}"`;
}
