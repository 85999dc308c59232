import type { CommandGroup, CommandSpec } from '../command-spec.ts';
import { KubectlError, usageError } from '../errors.ts';
import type { FlagSpec, Text } from '../flags.ts';
import { getObject } from '../objects.ts';
import { mappingFor } from '../resource-args.ts';
import type { Session } from '../session.ts';

const containerFlags: readonly FlagSpec[] = [
  { name: 'container', short: 'c', kind: 'string', help: { en: 'The container.', 'pt-BR': 'O contêiner.' } },
  {
    name: 'stdin',
    short: 'i',
    kind: 'bool',
    help: { en: 'Pass standard input.', 'pt-BR': 'Passa a entrada padrão.' },
  },
  { name: 'tty', short: 't', kind: 'bool', help: { en: 'With a terminal.', 'pt-BR': 'Com um terminal.' } },
  {
    name: 'quiet',
    short: 'q',
    kind: 'bool',
    help: { en: 'Only what the command writes.', 'pt-BR': 'Só o que o comando escreve.' },
  },
];

function refuse(name: string): never {
  throw new KubectlError(
    `"kubectl ${name}" needs a stream into a container, which this simulation does not model yet`,
  );
}

async function knownPod(session: Session, typed: string): Promise<void> {
  const mapping = await mappingFor(session, 'pods');
  const [type = '', name = ''] = typed.includes('/') ? typed.split('/') : ['pods', typed];
  await getObject(
    session,
    type === 'pods' ? mapping : await mappingFor(session, type),
    await session.namespace(),
    name,
  );
}

function spec(
  name: string,
  usage: string,
  short: Text,
  group: CommandGroup,
  flags: readonly FlagSpec[],
  run: NonNullable<CommandSpec['run']>,
): CommandSpec {
  return { name, usage, short, group, flags, arguments: { of: 'names', type: 'pods' }, run };
}

/** Commands that check their arguments as upstream and then say plainly that streams into containers are not modelled. */
export const exec = spec(
  'exec',
  '(POD | TYPE/NAME) [-c CONTAINER] -- COMMAND [args...]',
  {
    en: 'Run a command in a container (not modelled yet).',
    'pt-BR': 'Roda um comando em um contêiner (ainda não modelado).',
  },
  'troubleshooting',
  containerFlags,
  async (session, flags, args) => {
    if (args.length === 0) throw new KubectlError('pod, type/name or --filename must be specified');
    if (args.length < 2 && flags.dashAt < 0)
      throw new KubectlError('you must specify at least one command for the container');
    if (flags.dashAt < 0)
      throw new KubectlError(
        `exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples`,
      );
    await knownPod(session, args[0] ?? '');
    refuse('exec');
  },
);

export const attach = spec(
  'attach',
  '(POD | TYPE/NAME) -c CONTAINER',
  {
    en: 'Attach to a container (not modelled yet).',
    'pt-BR': 'Conecta-se a um contêiner (ainda não modelado).',
  },
  'troubleshooting',
  containerFlags,
  async (session, _flags, args) => {
    if (args.length === 0) throw new KubectlError('at least 1 argument is required for attach');
    await knownPod(session, args[0] ?? '');
    refuse('attach');
  },
);

export const portForward = spec(
  'port-forward',
  'TYPE/NAME [LOCAL_PORT:]REMOTE_PORT',
  {
    en: 'Forward local ports to a Pod (not modelled yet).',
    'pt-BR': 'Encaminha portas locais a um Pod (ainda não modelado).',
  },
  'troubleshooting',
  [
    {
      name: 'address',
      kind: 'slice',
      initial: 'localhost',
      help: { en: 'Addresses to listen on.', 'pt-BR': 'Endereços onde escutar.' },
    },
  ],
  async (session, _flags, args) => {
    if (args.length < 2)
      throw usageError(session.path, 'TYPE/NAME and list of ports are required for port-forward');
    await knownPod(session, args[0] ?? '');
    refuse('port-forward');
  },
);

export const cp = spec(
  'cp',
  '<file-spec-src> <file-spec-dest>',
  {
    en: 'Copy files to and from containers (not modelled yet).',
    'pt-BR': 'Copia arquivos de e para contêineres (ainda não modelado).',
  },
  'troubleshooting',
  containerFlags,
  (_session, _flags, args) => {
    if (args.length !== 2) throw new KubectlError('source and destination are required');
    refuse('cp');
  },
);

function topOf(name: string, aliases: readonly string[], resource: string): CommandSpec {
  return {
    name,
    aliases,
    usage: '[NAME | -l label]',
    short: {
      en: `Use of CPU and memory by ${resource}, from the metrics API.`,
      'pt-BR': `Uso de CPU e memória por ${resource}, da API de métricas.`,
    },
    arguments: { of: 'names', type: resource },
    flags: [
      {
        name: 'selector',
        short: 'l',
        kind: 'string',
        help: { en: 'Label selector.', 'pt-BR': 'Seletor de rótulos.' },
      },
    ],
    run: async (session) => {
      const mapper = await session.mapper();
      if (!mapper.discovery.groups.some((group) => group.name === 'metrics.k8s.io'))
        throw new KubectlError('Metrics API not available');
      throw new KubectlError('reading the metrics API is not modelled yet');
    },
  };
}

export const top: CommandSpec = {
  name: 'top',
  usage: '',
  group: 'cluster',
  short: { en: 'Use of CPU and memory.', 'pt-BR': 'Uso de CPU e memória.' },
  subcommands: [topOf('node', ['nodes', 'no'], 'nodes'), topOf('pod', ['pods', 'po'], 'pods')],
};
