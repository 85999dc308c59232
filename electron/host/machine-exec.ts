import type { ClusterSession } from './cluster-session.ts';
import type { CommandHandle } from '../cluster/interface.ts';
import type { ExecRequest, ExecSink, RunningProgram } from './listeners/machine-exec-route.ts';

/** Runs a program on a simulated machine, as an input of the learner. Undefined when there is no such machine. */
export function execOnMachine(
  session: ClusterSession | undefined,
  machine: string,
  { argv, cwd, stdin, terminal }: ExecRequest,
  sink: ExecSink,
): RunningProgram | undefined {
  const known = session?.cluster.machines.find(({ spec }) => spec.name === machine || spec.ip === machine);
  if (session === undefined || known === undefined) return undefined;
  const { barrier, pacer, cluster } = session;
  let handle: CommandHandle | undefined;
  let interrupted = false;
  pacer.inject(() => {
    handle = cluster.exec(known.spec.name, argv, {
      cwd,
      ...(stdin === undefined ? {} : { stdin }),
      stdout: (text) => barrier.afterCommit(() => sink.stdout(text)),
      stderr: (text) => barrier.afterCommit(() => sink.stderr(text)),
      ...(terminal === undefined
        ? {}
        : { terminal: { size: terminal, want: (what) => barrier.afterCommit(() => sink.want(what)) } }),
    });
    void handle.done.then((code) => barrier.afterCommit(() => sink.exit(code)));
    if (interrupted) handle.interrupt();
  });
  return {
    interrupt: () => {
      interrupted = true;
      pacer.inject(() => handle?.interrupt());
    },
    typed: (input) => pacer.inject(() => handle?.typed(input)),
  };
}
