import { PlainExit, StatusError, usageError } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { isObject, listAt, nameOf, namespaceOf, numberAt, stringAt } from '../json.ts';
import type { DryRun } from '../mutation.ts';
import { awaitPod, completed, podPath, runningTimeoutFlag } from '../remote/remote-pod.ts';
import { mappingFor } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { deleteObject } from '../writes.ts';
import { attachTo } from './attach.ts';

const bool = (name: string, en: string, pt: string, short?: string): FlagSpec => ({
  name,
  kind: 'bool',
  ...(short === undefined ? {} : { short }),
  help: { en, 'pt-BR': pt },
});

/** Flags of commands that make a Pod and join it. */
export const attachFlags: readonly FlagSpec[] = [
  bool(
    'stdin',
    'Keep standard input open and join the container.',
    'Mantém a entrada padrão aberta e junta-se ao contêiner.',
    'i',
  ),
  bool('tty', 'With a terminal; needs -i.', 'Com um terminal; precisa de -i.', 't'),
  bool('attach', 'Join the container once it runs.', 'Junta-se ao contêiner quando ele roda.'),
  bool('rm', 'Delete the Pod when the session ends.', 'Apaga o Pod quando a sessão termina.'),
  bool(
    'leave-stdin-open',
    'Keep input open after the first session.',
    'Mantém a entrada aberta depois da primeira sessão.',
  ),
  bool('quiet', 'Only what the container writes.', 'Só o que o contêiner escreve.', 'q'),
  runningTimeoutFlag,
];

export interface Attachment {
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly remove: boolean;
  readonly once: boolean;
}

/** How `run` is to join its Pod; undefined when it is not. @throws KubectlError for flags that do not fit */
export function attachment(session: Session, flags: FlagSet, dryRun: DryRun): Attachment | undefined {
  const stdin = flags.bool('stdin');
  const tty = flags.bool('tty');
  const attach = flags.changed('attach') ? flags.bool('attach') : stdin;
  if (tty && !stdin)
    throw usageError(session.path, '-i/--stdin is required for containers with -t/--tty=true');
  if (dryRun !== 'none' && (attach || stdin || tty))
    throw usageError(
      session.path,
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  if (flags.bool('rm') && !attach)
    throw usageError(session.path, '--rm should only be used for attached containers');
  if (!attach && !stdin) return undefined;
  return { stdin, tty, remove: flags.bool('rm'), once: stdin && !flags.bool('leave-stdin-open') };
}

/** Sets what keeps a container's input open. */
export function withInput(pod: JsonObject, { stdin, tty, once }: Attachment): void {
  for (const container of listAt(pod, 'spec', 'containers').filter(isObject)) {
    if (stdin) container['stdin'] = true;
    if (once) container['stdinOnce'] = true;
    if (tty) container['tty'] = true;
  }
}

/** Waits for the Pod, joins it, and answers its exit code. Models `Run` of kubectl's cmd/run/run.go (v1.33). */
export async function runAttached(
  session: Session,
  flags: FlagSet,
  name: string,
  attached: Attachment,
): Promise<number> {
  try {
    return await joinPod(session, flags, name, attached);
  } finally {
    if (attached.remove) await removePod(session, name);
  }
}

async function joinPod(
  session: Session,
  flags: FlagSet,
  name: string,
  attached: Attachment,
): Promise<number> {
  const pod = await awaitPod(
    session,
    name,
    flags.number('pod-running-timeout'),
    (each) => stringAt(each, 'status', 'phase') === 'Running' || completed(each),
  );
  if (completed(pod)) await logsOf(session, pod, name);
  else await attachOrLogs(session, flags, pod, attached);
  if (stringAt(pod, 'spec', 'restartPolicy') === 'Always') return 0;
  const ended = await awaitPod(session, name, 0, completed);
  const code = exitCodeOf(ended);
  if (stringAt(ended, 'status', 'phase') === 'Succeeded' || code === 0) return 0;
  throw new PlainExit(`pod ${namespaceOf(ended)}/${name} terminated (${exitReasonOf(ended)})`, code);
}

function terminatedOf(pod: JsonObject): JsonObject | undefined {
  const state = listAt(pod, 'status', 'containerStatuses')
    .filter(isObject)
    .map((each) => isObject(each['state']) && each['state']['terminated'])
    .find((each) => isObject(each));
  return isObject(state as JsonObject | undefined) ? (state as JsonObject) : undefined;
}

const exitCodeOf = (pod: JsonObject): number => numberAt(terminatedOf(pod), 'exitCode') ?? 1;
const exitReasonOf = (pod: JsonObject): string =>
  stringAt(terminatedOf(pod), 'reason') || stringAt(pod, 'status', 'reason');

async function attachOrLogs(
  session: Session,
  flags: FlagSet,
  pod: JsonObject,
  { stdin, tty }: Attachment,
): Promise<void> {
  const container = listAt(pod, 'spec', 'containers').find(isObject) ?? {};
  try {
    await attachTo(session, pod, container, { stdin, tty, quiet: flags.bool('quiet'), resumable: true });
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    await session.err(
      `warning: couldn't attach to pod/${nameOf(pod)}, falling back to streaming logs: ${error.message}\n`,
    );
    await logsOf(session, pod, stringAt(container, 'name'));
  }
}

async function logsOf(session: Session, pod: JsonObject, container: string): Promise<void> {
  const transport = await session.transport();
  const request = { path: await podPath(session, pod, 'log'), query: { container }, accept: '*/*' };
  for await (const chunk of transport.chunks(request, session.io.stdout.closed))
    await session.io.stdout.write(chunk);
}

async function removePod(session: Session, name: string): Promise<void> {
  const mapping = await mappingFor(session, 'pods');
  await deleteObject(
    session,
    { mapping, namespace: await session.namespace(), name },
    { propagationPolicy: 'Background' },
  );
  await session.out(`pod ${quote(name)} deleted\n`);
}
