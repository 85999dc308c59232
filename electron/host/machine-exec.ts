import type { ClusterSession } from './cluster-session.ts';
import type { ExecSink } from './listeners/machines-server.ts';

/** Runs a command on a simulated machine, as an input of the learner. Undefined when there is no such machine. */
export function execOnMachine(
  session: ClusterSession | undefined,
  machine: string,
  argv: readonly string[],
  stdin: string | undefined,
  sink: ExecSink,
): (() => void) | undefined {
  const known = session?.cluster.machines.find(({ spec }) => spec.name === machine || spec.ip === machine);
  if (session === undefined || known === undefined) return undefined;
  const { barrier, pacer, cluster } = session;
  let interrupt: (() => void) | undefined;
  let interrupted = false;
  pacer.inject(() => {
    const handle = cluster.exec(known.spec.name, argv, {
      ...(stdin === undefined ? {} : { stdin }),
      stdout: (text) => barrier.afterCommit(() => sink.stdout(text)),
      stderr: (text) => barrier.afterCommit(() => sink.stderr(text)),
    });
    interrupt = () => handle.interrupt();
    void handle.done.then((code) => barrier.afterCommit(() => sink.exit(code)));
    if (interrupted) interrupt();
  });
  return () => {
    interrupted = true;
    pacer.inject(() => interrupt?.());
  };
}
