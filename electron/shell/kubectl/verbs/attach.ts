import type { CommandSpec } from '../command-spec.ts';
import { KubectlError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { nameOf, namespaceOf, stringAt } from '../json.ts';
import { collectTargets, getObject } from '../objects.ts';
import { firstPodBehind } from '../remote/pods-behind.ts';
import { canUseTerminal, checkRemoteStatus, runRemote } from '../remote/remote-process.ts';
import {
  checkRunningTimeout,
  chosenContainer,
  completed,
  podPath,
  streamFlags,
} from '../remote/remote-pod.ts';
import { mappingFor, resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';

/** `attach`. Models kubectl's cmd/attach/attach.go (v1.33). */
export const attach: CommandSpec = {
  name: 'attach',
  usage: '(POD | TYPE/NAME) -c CONTAINER',
  group: 'troubleshooting',
  short: {
    en: 'Join the process that a container runs.',
    'pt-BR': 'Junta-se ao processo que um contêiner roda.',
  },
  examples: ['kubectl attach web', 'kubectl attach shell -c sh -it'],
  arguments: { of: 'names', type: 'pods' },
  flags: streamFlags,
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length === 0) throw new KubectlError('at least 1 argument is required for attach');
  if (args.length > 2)
    throw new KubectlError(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`,
    );
  checkRunningTimeout(flags, session.path);
  const pod = await attachablePod(session, args.join('/'), []);
  if (completed(pod))
    throw new KubectlError(
      `cannot attach a container in a completed pod; current phase is ${stringAt(pod, 'status', 'phase')}`,
    );
  let container: JsonObject;
  try {
    container = await chosenContainer(session, pod, flags.string('container'), flags.bool('quiet'));
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    throw new KubectlError(`cannot attach to the container: ${error.message}`);
  }
  await attachTo(session, pod, container, {
    stdin: flags.bool('stdin'),
    tty: flags.bool('tty'),
    quiet: flags.bool('quiet'),
    resumable: true,
  });
}

/** The Pod that is named, or the first of a workload. */
export async function attachablePod(
  session: Session,
  typed: string,
  filenames: readonly string[],
): Promise<JsonObject> {
  if (filenames.length > 0) {
    const resolved = await resolveTargets(session, { args: [], filenames });
    const { found, errors } = await collectTargets(session, resolved, {});
    throwAll(errors);
    const [first] = found;
    if (found.length !== 1 || !first)
      throw new KubectlError(`expected exactly one object, got ${found.length}`);
    return firstPodBehind(session, first.mapping, first.object);
  }
  const [type = '', name = ''] = typed.includes('/') ? typed.split('/') : ['pods', typed];
  const mapping = await mappingFor(session, type);
  const object = await getObject(session, mapping, await session.namespace(), name);
  return firstPodBehind(session, mapping, object);
}

export interface AttachOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly quiet: boolean;
  /** Say how to come back when the session ends. */
  readonly resumable: boolean;
}

/** Joins a container's streams until one side ends. */
export async function attachTo(
  session: Session,
  pod: JsonObject,
  container: JsonObject,
  options: AttachOptions,
): Promise<void> {
  const name = stringAt(container, 'name');
  const allocated = container['tty'] === true;
  if (options.tty && !allocated && !options.quiet)
    await session.err(`error: Unable to use a TTY - container ${name} did not allocate one\n`);
  // A process with a terminal can only be joined with one.
  const tty = options.stdin && allocated && (await canUseTerminal(session));
  if (!options.quiet) await session.err("If you don't see a command prompt, try pressing enter.\n");
  const query = new URLSearchParams({ container: name, stdout: 'true' });
  if (options.stdin) query.set('stdin', 'true');
  if (allocated) query.set('tty', 'true');
  else query.set('stderr', 'true');
  const status = await runRemote(session, await podPath(session, pod, 'attach'), query, {
    stdin: options.stdin ? session.io.stdin : undefined,
    tty,
  });
  checkRemoteStatus(status);
  if (!options.stdin || !tty || !options.resumable || options.quiet) return;
  if (stringAt(pod, 'spec', 'restartPolicy') === 'Always')
    await session.out(
      `Session ended, resume using '${resumeCommand(pod, name)}' command when the pod is running\n`,
    );
}

function resumeCommand(pod: JsonObject, container: string): string {
  return `kubectl attach ${nameOf(pod)} -c ${container} -i -t${namespaceOf(pod) === 'default' ? '' : ` -n ${namespaceOf(pod)}`}`;
}
