import { posix } from 'node:path';
import { BytesSource } from '../../streams/sources.ts';
import type { CommandSpec } from '../command-spec.ts';
import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import { getObject } from '../objects.ts';
import { packFiles, unpackFiles } from '../remote/archive.ts';
import { checkRemoteStatus, runRemote } from '../remote/remote-process.ts';
import { chosenContainer, containerFlag, podPath } from '../remote/remote-pod.ts';
import { mappingFor } from '../resource-args.ts';
import type { Session } from '../session.ts';

/** `cp`: an archive through `tar` in the container. Models kubectl's cmd/cp/cp.go (v1.33). */
export const cp: CommandSpec = {
  name: 'cp',
  usage: '<file-spec-src> <file-spec-dest>',
  group: 'troubleshooting',
  short: {
    en: 'Copy files to and from containers (the image must have tar).',
    'pt-BR': 'Copia arquivos de e para contêineres (a imagem precisa ter tar).',
  },
  examples: [
    'kubectl cp web:/etc/nginx/nginx.conf nginx.conf',
    'kubectl cp page.html team/web:/tmp -c nginx',
  ],
  arguments: { of: 'names', type: 'pods' },
  flags: [
    containerFlag,
    {
      name: 'no-preserve',
      kind: 'bool',
      help: {
        en: 'Do not keep owners and permissions in the container.',
        'pt-BR': 'Não mantém donos e permissões no contêiner.',
      },
    },
    {
      name: 'retries',
      kind: 'int',
      initial: '0',
      hidden: true,
      help: { en: 'Not needed here.', 'pt-BR': 'Não é preciso aqui.' },
    },
  ],
  run,
};

interface FileSpec {
  readonly pod: string;
  readonly namespace: string;
  readonly file: string;
}

function fileSpec(typed: string): FileSpec {
  const colon = typed.indexOf(':');
  if (colon < 0) return { pod: '', namespace: '', file: typed };
  const file = typed.slice(colon + 1);
  const where = typed.slice(0, colon).split('/');
  if (colon === 0)
    throw new KubectlError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  if (where.length > 2)
    throw new KubectlError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  const [first = '', second] = where;
  return second === undefined ? { pod: first, namespace: '', file } : { pod: second, namespace: first, file };
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length !== 2) throw new KubectlError('source and destination are required');
  const [from, to] = [fileSpec(args[0] ?? ''), fileSpec(args[1] ?? '')];
  if (from.pod !== '' && to.pod !== '')
    throw new KubectlError('one of src or dest must be a local file specification');
  if (from.file === '' || to.file === '') throw new KubectlError('filepath can not be empty');
  if (from.pod === '' && to.pod === '')
    throw new KubectlError('one of src or dest must be a remote file specification');
  const there = from.pod === '' ? to : from;
  if (from.pod === '' && !(await session.io.fs.exists(session.io.path(from.file))))
    throw new KubectlError(`${from.file} doesn't exist in local filesystem`);
  const container = new Container(session, flags, await podOf(session, there));
  if (from.pod === '') await upload(session, flags, container, from.file, to.file);
  else await download(session, container, from.file, to.file);
}

async function podOf(session: Session, { namespace, pod }: FileSpec): Promise<JsonObject> {
  return getObject(
    session,
    await mappingFor(session, 'pods'),
    namespace === '' ? await session.namespace() : namespace,
    pod,
  );
}

/** Commands in the container that files come from or go to. */
class Container {
  private readonly session: Session;
  private readonly flags: FlagSet;
  private readonly pod: JsonObject;
  private nameOnce: Promise<string> | undefined;

  constructor(session: Session, flags: FlagSet, pod: JsonObject) {
    this.session = session;
    this.flags = flags;
    this.pod = pod;
  }

  /** Runs a command with an archive as its input; answers its output and Status. */
  async run(
    command: readonly string[],
    input?: Uint8Array,
  ): Promise<{ output: Uint8Array; status: JsonObject | undefined }> {
    this.nameOnce ??= this.containerName();
    const query = new URLSearchParams(command.map((word): [string, string] => ['command', word]));
    query.set('container', await this.nameOnce);
    if (input !== undefined) query.set('stdin', 'true');
    query.set('stdout', 'true');
    query.set('stderr', 'true');
    const parts: Uint8Array[] = [];
    const status = await runRemote(this.session, await podPath(this.session, this.pod, 'exec'), query, {
      tty: false,
      stdin: input === undefined ? undefined : new BytesSource(input),
      onStdout: (bytes) => {
        parts.push(new Uint8Array(bytes));
        return Promise.resolve();
      },
    });
    return { output: Buffer.concat(parts), status };
  }

  private async containerName(): Promise<string> {
    const named = this.flags.string('container');
    return named === '' ? stringAt(await chosenContainer(this.session, this.pod, '', false), 'name') : named;
  }
}

async function upload(
  session: Session,
  flags: FlagSet,
  container: Container,
  from: string,
  to: string,
): Promise<void> {
  const { status } = await container.run(['test', '-d', to]);
  const intoFolder = stringAt(status, 'status') === 'Success';
  if (!intoFolder && stringAt(status, 'reason') !== 'NonZeroExitCode') checkRemoteStatus(status);
  const source = posix.normalize(session.io.path(from)).replace(/(.)\/$/, '$1');
  const target = posix
    .normalize(intoFolder ? posix.join(to, posix.basename(source)) : to)
    .replace(/(.)\/$/, '$1');
  const archive = await packFiles(session.io.fs, source, posix.basename(target));
  const rights = flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : [];
  const folder = posix.dirname(target);
  const done = await container.run(
    ['tar', ...rights, '-xmf', '-', ...(folder === '.' ? [] : ['-C', folder])],
    archive,
  );
  await session.out(new TextDecoder().decode(done.output));
  checkRemoteStatus(done.status);
}

async function download(session: Session, container: Container, from: string, to: string): Promise<void> {
  const { output, status } = await container.run(['tar', 'cf', '-', from]);
  const { fs } = session.io;
  let target = session.io.path(to);
  if ((await fs.exists(target)) && (await fs.stat(target)).kind === 'directory')
    target = posix.join(target, posix.basename(from));
  const prefix = posix
    .normalize(from)
    .replace(/^\/+/, '')
    .replace(/(.)\/$/, '$1');
  for (const refused of await unpackFiles(fs, output, prefix, target))
    await session.err(`warning: ${refused}\n`);
  checkRemoteStatus(status);
}
