import type { CommandSpec } from '../command-spec.ts';
import { allNamespacesFlag, fieldSelectorFlag, selectorFlag } from '../common-flags.ts';
import { KubectlError, usageError } from '../errors.ts';
import type { FlagSpec } from '../flags.ts';

const bool = (name: string, en: string, pt: string): FlagSpec => ({
  name,
  kind: 'bool',
  help: { en, 'pt-BR': pt },
});

const shared: readonly FlagSpec[] = [
  selectorFlag,
  bool('no-headers', 'Without the line of column names.', 'Sem a linha de nomes das colunas.'),
  {
    name: 'sort-by',
    kind: 'string',
    values: ['cpu', 'memory'],
    help: { en: 'Order by cpu or memory.', 'pt-BR': 'Ordena por cpu ou memory.' },
  },
  {
    name: 'use-protocol-buffers',
    kind: 'bool',
    initial: 'true',
    help: { en: 'No effect here: JSON is asked for.', 'pt-BR': 'Sem efeito aqui: pede-se JSON.' },
  },
];

function topOf(
  name: string,
  aliases: readonly string[],
  resource: string,
  flags: readonly FlagSpec[],
): CommandSpec {
  return {
    name,
    aliases,
    usage: '[NAME | -l label]',
    short: {
      en: `Use of CPU and memory by ${resource}, from the metrics API.`,
      'pt-BR': `Uso de CPU e memória por ${resource}, da API de métricas.`,
    },
    arguments: { of: 'names', type: resource },
    flags: [...shared, ...flags],
    run: async (session, given, args) => {
      if (args.length > 1) throw usageError(session.path, `${name} [NAME | -l label]`);
      if (args.length === 1 && given.string('selector') !== '')
        throw new KubectlError('only one of NAME or selector can be provided');
      if (!['', 'cpu', 'memory'].includes(given.string('sort-by')))
        throw new KubectlError('--sort-by accepts only cpu or memory');
      const mapper = await session.mapper();
      if (!mapper.discovery.groups.some((group) => group.name === 'metrics.k8s.io'))
        throw new KubectlError('Metrics API not available');
      throw new KubectlError('reading the metrics API is not modelled yet');
    },
  };
}

/** `top`: what the metrics API says, when a cluster has it. Models kubectl's cmd/top (v1.33). */
export const top: CommandSpec = {
  name: 'top',
  usage: '',
  group: 'cluster',
  short: { en: 'Use of CPU and memory.', 'pt-BR': 'Uso de CPU e memória.' },
  subcommands: [
    topOf('node', ['nodes', 'no'], 'nodes', [
      bool(
        'show-capacity',
        'Share of the capacity, not of what Pods may use.',
        'Parte da capacidade, não do que os Pods podem usar.',
      ),
    ]),
    topOf('pod', ['pods', 'po'], 'pods', [
      allNamespacesFlag,
      fieldSelectorFlag,
      bool('containers', 'By container.', 'Por contêiner.'),
      bool('sum', 'With the sum.', 'Com a soma.'),
    ]),
  ],
};
