import type {
  CycleAnswer,
  WaitingPod,
  WhatIfAnswer,
  WhyNotAnswer,
} from '../../shared/contract/scheduling.ts';
import type { Locale } from '../../shared/contract/text.ts';
import type { Command, CommandIo } from '../interface.ts';
import type { CommandSpec } from '../kubectl/command-spec.ts';
import { describeFailure } from '../kubectl/errors.ts';
import { FlagError, FlagSet } from '../kubectl/flags.ts';
import { globalFlags } from '../kubectl/global-flags.ts';
import { helpText } from '../kubectl/help.ts';
import { Session } from '../kubectl/session.ts';
import { stringify } from 'yaml';
import { askHost, HostRefused } from '../net/ask-host.ts';
import { printCycle, printWhatIf, printWhyNot } from './print-cycle.ts';

const path = 'kubectl explain-scheduling';

const spec: CommandSpec = {
  name: 'kubectl-explain_scheduling',
  usage: 'POD',
  short: {
    en: [
      "Why a Pod is where it is, or why it waits. A plugin of Leme: it reads the scheduler's record of its",
      'decision, and does the cycle again over the cluster as it was, with nothing bound.',
      '',
      'Changes for --what-if: request.cpu=200m, priority=1000, tolerate=KEY[=VALUE][:EFFECT], pod=PATCH,',
      'label/NODE=KEY=VALUE, label/NODE=KEY-, cordon=NODE, uncordon=NODE, node/NODE=PATCH,',
      'remove=pod/NAME, remove=node/NAME, weight/PLUGIN=N, disable=PLUGIN,',
      'config=CONFIGURATION. A PATCH is a merge patch; a CONFIGURATION is a KubeSchedulerConfiguration.',
    ].join('\n'),
    'pt-BR': [
      'Por que um Pod está onde está, ou por que espera. Um plugin do Leme: lê o registro que o scheduler fez',
      'da decisão, e refaz o ciclo sobre o cluster como estava, sem atribuir nada.',
      '',
      'Mudanças para --what-if: request.cpu=200m, priority=1000, tolerate=CHAVE[=VALOR][:EFEITO], pod=PATCH,',
      'label/NODE=CHAVE=VALOR, label/NODE=CHAVE-, cordon=NODE, uncordon=NODE, node/NODE=PATCH,',
      'remove=pod/NOME, remove=node/NOME, weight/PLUGIN=N, disable=PLUGIN,',
      'config=CONFIGURAÇÃO. Um PATCH é um merge patch; uma CONFIGURAÇÃO é uma KubeSchedulerConfiguration.',
    ].join('\n'),
  },
  examples: [
    `${path} web-1`,
    `${path} web-1 --node worker-2`,
    `${path} web-1 --what-if request.cpu=200m --what-if uncordon=worker-2`,
    `${path} web-1 -o json`,
  ],
  flags: [
    {
      name: 'node',
      kind: 'string',
      help: {
        en: 'Why not this node, and the smallest changes with which it would take the Pod.',
        'pt-BR': 'Por que não este node, e as menores mudanças com que ele aceitaria o Pod.',
      },
    },
    {
      name: 'what-if',
      kind: 'array',
      help: {
        en: 'Do the cycle again with this change and show the difference; may be repeated.',
        'pt-BR': 'Refaz o ciclo com esta mudança e mostra a diferença; pode ser repetida.',
      },
    },
    {
      name: 'record',
      kind: 'int',
      initial: '0',
      help: {
        en: 'An earlier decision, by its record; 0 is the newest.',
        'pt-BR': 'Uma decisão anterior, pelo registro; 0 é a mais nova.',
      },
    },
    {
      name: 'output',
      short: 'o',
      kind: 'string',
      values: ['json', 'yaml'],
      help: { en: 'json or yaml; a table otherwise.', 'pt-BR': 'json ou yaml; sem ela, uma tabela.' },
    },
  ],
};

function localeOf(env: Readonly<Record<string, string>>): Locale {
  return /^pt/i.test(env['LEME_LOCALE'] ?? env['LANG'] ?? '') ? 'pt-BR' : 'en';
}

/** `kubectl explain-scheduling`: a plugin of ours, found as kubectl finds plugins. */
export const explainScheduling: Command = {
  name: 'kubectl-explain_scheduling',
  summary: {
    en: 'Explain a decision of the scheduler (plugin of kubectl)',
    'pt-BR': 'Explica uma decisão do scheduler (plugin do kubectl)',
  },
  run: async (io) => {
    const fail = async (text: string): Promise<number> => {
      await io.stderr.write(`error: ${text}\n`);
      return 1;
    };
    try {
      return await explain(io);
    } catch (error) {
      if (io.signal.aborted) return 130;
      if (error instanceof FlagError) return fail(`${error.message}\nSee '${path} --help' for usage.`);
      if (error instanceof HostRefused) return fail(error.message);
      const { text, code } = describeFailure(error);
      await io.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
      return code;
    }
  },
  complete: async (words, index, context) => {
    if (words[index]?.startsWith('-') === true) return ['--node=', '--what-if=', '--record=', '--output='];
    const { pods } = await askHost<{ pods: WaitingPod[] }>(
      context.env,
      'scheduling',
      'queues',
      {},
      context.signal,
    );
    return pods.map(({ name }) => name);
  },
};

async function explain(io: CommandIo): Promise<number> {
  const locale = localeOf(io.env);
  const flags = new FlagSet([...(spec.flags ?? []), ...globalFlags]);
  const names = flags.parse(io.argv.slice(1));
  if (flags.bool('help')) {
    await io.stdout.write(helpText(spec, path, locale));
    return 0;
  }
  const [given, ...more] = names;
  if (given === undefined || more.length > 0) {
    await io.stderr.write(`error: expected one POD\nSee '${path} --help' for usage.\n`);
    return 1;
  }
  const name = given.replace(/^pods?\//, '');
  const namespace = await new Session(io, flags, path).namespace();
  const output = flags.string('output');
  if (!['', 'json', 'yaml'].includes(output))
    throw new FlagError(
      `unable to match a printer suitable for the output format "${output}", allowed formats are: json,yaml`,
    );
  const which = { namespace, name, record: flags.number('record') === 0 ? null : flags.number('record') };
  const pod = `${namespace}/${name}`;
  const ask = <T>(action: 'cycle' | 'whyNot' | 'whatIf', body: object): Promise<T> =>
    askHost<T>(io.env, 'scheduling', action, { ...which, ...body }, io.signal);
  const tell = async <T>(answer: T, print: (answer: T) => string): Promise<number> => {
    if (output === 'json') await io.stdout.write(`${JSON.stringify(answer, undefined, 4)}\n`);
    else await io.stdout.write(output === 'yaml' ? stringify(answer) : print(answer));
    return 0;
  };
  const changes = flags.list('what-if');
  const node = flags.string('node').replace(/^nodes?\//, '');
  if (changes.length > 0)
    return tell(await ask<WhatIfAnswer>('whatIf', { changes }), (answer) => printWhatIf(answer, pod, locale));
  if (node !== '')
    return tell(await ask<WhyNotAnswer>('whyNot', { node }), (answer) => printWhyNot(answer, pod, locale));
  return tell(await ask<CycleAnswer>('cycle', {}), (answer) => printCycle(answer, locale));
}
