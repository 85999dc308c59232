import type { CommandSpec } from '../command-spec.ts';
import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { stringAt } from '../json.ts';
import { canUseTerminal, checkRemoteStatus, runRemote } from '../remote/remote-process.ts';
import {
  checkRunningTimeout,
  chosenContainer,
  completed,
  podPath,
  streamFlags,
} from '../remote/remote-pod.ts';
import type { Session } from '../session.ts';
import { attachablePod } from './attach.ts';

/** `exec`. Models kubectl's cmd/exec/exec.go (v1.33). */
export const exec: CommandSpec = {
  name: 'exec',
  usage: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  group: 'troubleshooting',
  short: { en: 'Run a command in a container.', 'pt-BR': 'Roda um comando em um contêiner.' },
  examples: ['kubectl exec web -- date', 'kubectl exec -it deploy/web -c nginx -- sh'],
  arguments: { of: 'names', type: 'pods' },
  flags: [
    ...streamFlags,
    {
      name: 'filename',
      short: 'f',
      kind: 'slice',
      help: { en: 'File that names the object.', 'pt-BR': 'Arquivo que nomeia o objeto.' },
    },
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const files = flags.list('filename');
  const words = flags.dashAt >= 0 ? args.slice(0, flags.dashAt) : args;
  const command = flags.dashAt >= 0 ? args.slice(flags.dashAt) : [];
  if (words.length === 0 && files.length === 0)
    throw new KubectlError('pod, type/name or --filename must be specified');
  if (flags.dashAt < 0 && args.length > 1)
    throw new KubectlError(
      "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
    );
  if (command.length === 0) throw new KubectlError('you must specify at least one command for the container');
  checkRunningTimeout(flags, session.path);
  const pod = await attachablePod(session, words[0] ?? '', files);
  if (completed(pod))
    throw new KubectlError(
      `cannot exec into a container in a completed pod; current phase is ${stringAt(pod, 'status', 'phase')}`,
    );
  const container = flags.string('container')
    ? flags.string('container')
    : stringAt(await chosenContainer(session, pod, '', flags.bool('quiet')), 'name');
  const stdin = flags.bool('stdin');
  const tty = stdin && flags.bool('tty') && (await canUseTerminal(session));
  const query = new URLSearchParams(command.map((word): [string, string] => ['command', word]));
  query.set('container', container);
  if (stdin) query.set('stdin', 'true');
  query.set('stdout', 'true');
  if (tty) query.set('tty', 'true');
  else query.set('stderr', 'true');
  const status = await runRemote(session, await podPath(session, pod, 'exec'), query, {
    stdin: stdin ? session.io.stdin : undefined,
    tty,
  });
  checkRemoteStatus(status);
}
