import { stringify } from 'yaml';
import type { ControllerAnswer, ControllersAnswer } from '../../shared/contract/controllers.ts';
import type { Locale } from '../../shared/contract/text.ts';
import type { Command, CommandIo } from '../interface.ts';
import type { CommandSpec } from '../kubectl/command-spec.ts';
import { describeFailure } from '../kubectl/errors.ts';
import { FlagError, FlagSet } from '../kubectl/flags.ts';
import { globalFlags } from '../kubectl/global-flags.ts';
import { helpText } from '../kubectl/help.ts';
import { askHost, HostRefused } from '../net/ask-host.ts';
import { printController, printControllers } from './print-controllers.ts';

const path = 'kubectl explain-controller';

const spec: CommandSpec = {
  name: 'kubectl-explain_controller',
  usage: '[CONTROLLER]',
  short: {
    en: [
      'What the controllers of kube-controller-manager work on: who leads, and each controller in a line; with a',
      'CONTROLLER (by its name in --controllers, or its alias) its work queues, retries, and what it wanted, saw and',
      'did last. A plugin of Leme: it looks at the queues from outside, and sends nothing to the cluster.',
    ].join('\n'),
    'pt-BR': [
      'Em que trabalham os controllers do kube-controller-manager: quem lidera, e cada controller em uma linha; com um',
      'CONTROLLER (pelo nome em --controllers, ou pelo alias), as suas filas, as novas tentativas, e o que ele quis, viu',
      'e fez por último. Um plugin do Leme: olha as filas de fora, e não envia nada ao cluster.',
    ].join('\n'),
  },
  examples: [
    path,
    `${path} replicaset`,
    `${path} deployment-controller --machine cp-2`,
    `${path} job -o json`,
  ],
  flags: [
    {
      name: 'machine',
      kind: 'string',
      help: {
        en: 'Of the kube-controller-manager on this machine; the one that leads otherwise.',
        'pt-BR': 'Do kube-controller-manager desta máquina; sem ela, do que lidera.',
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

/** `kubectl explain-controller`: a plugin of ours, found as kubectl finds plugins. */
export const explainController: Command = {
  name: 'kubectl-explain_controller',
  summary: {
    en: 'Explain what a controller works on (plugin of kubectl)',
    'pt-BR': 'Explica em que um controller trabalha (plugin do kubectl)',
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
    if (words[index]?.startsWith('-') === true) return ['--machine=', '--output='];
    const { controllers } = await askHost<ControllersAnswer>(
      context.env,
      'controllers',
      'list',
      {},
      context.signal,
    );
    return controllers.map(({ name }) => name);
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
  const [name, ...more] = names;
  if (more.length > 0) {
    await io.stderr.write(`error: expected one CONTROLLER\nSee '${path} --help' for usage.\n`);
    return 1;
  }
  const output = flags.string('output');
  if (!['', 'json', 'yaml'].includes(output))
    throw new FlagError(
      `unable to match a printer suitable for the output format "${output}", allowed formats are: json,yaml`,
    );
  const machine = flags.string('machine') === '' ? null : flags.string('machine');
  const tell = async <T>(answer: T, print: (answer: T, locale: Locale) => string): Promise<number> => {
    if (output === 'json') await io.stdout.write(`${JSON.stringify(answer, undefined, 4)}\n`);
    else await io.stdout.write(output === 'yaml' ? stringify(answer) : print(answer, locale));
    return 0;
  };
  if (name === undefined)
    return tell(
      await askHost<ControllersAnswer>(io.env, 'controllers', 'list', { machine }, io.signal),
      printControllers,
    );
  return tell(
    await askHost<ControllerAnswer>(io.env, 'controllers', 'get', { machine, name }, io.signal),
    printController,
  );
}
