import type { CommandGroup, CommandSpec } from './command-spec.ts';
import type { FlagSpec, Text } from './flags.ts';
import { globalFlags } from './global-flags.ts';

export type Language = keyof Text;

/** The language of help texts, from the usual variables; English unless they say Portuguese. */
export function languageOf(env: Readonly<Record<string, string>>): Language {
  const value = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return value.toLowerCase().startsWith('pt') ? 'pt-BR' : 'en';
}

const groups: readonly (readonly [CommandGroup, Text])[] = [
  ['basic', { en: 'Everyday commands', 'pt-BR': 'Comandos do dia a dia' }],
  ['deploy', { en: 'Rollouts and scale', 'pt-BR': 'Implantação e escala' }],
  ['cluster', { en: 'Cluster and nodes', 'pt-BR': 'Cluster e nodes' }],
  ['troubleshooting', { en: 'Looking into things', 'pt-BR': 'Investigação' }],
  ['advanced', { en: 'Declarative and advanced', 'pt-BR': 'Declarativos e avançados' }],
  ['settings', { en: 'Labels and annotations', 'pt-BR': 'Rótulos e anotações' }],
  ['other', { en: 'Other commands', 'pt-BR': 'Outros comandos' }],
];

const words = {
  aliases: { en: 'Aliases', 'pt-BR': 'Outros nomes' },
  examples: { en: 'Examples', 'pt-BR': 'Exemplos' },
  available: { en: 'Available Commands', 'pt-BR': 'Comandos disponíveis' },
  options: { en: 'Options', 'pt-BR': 'Opções' },
  usage: { en: 'Usage', 'pt-BR': 'Uso' },
  more: {
    en: 'Use "%s <command> --help" for more information about a given command.',
    'pt-BR': 'Use "%s <comando> --help" para saber mais sobre um comando.',
  },
  global: {
    en: 'Use "kubectl options" for a list of global command-line options (applies to all commands).',
    'pt-BR': 'Use "kubectl options" para ver as opções globais (valem para todos os comandos).',
  },
} satisfies Record<string, Text>;

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length)) + 3;
  return rows.map(([name, text]) => `  ${name.padEnd(width)}${text}`);
}

export function flagLines(specs: readonly FlagSpec[], language: Language): string[] {
  const lines: string[] = [];
  for (const spec of [...specs].filter((each) => !each.hidden).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const initial =
      spec.kind === 'string'
        ? `'${spec.initial ?? ''}'`
        : spec.kind === 'slice' || spec.kind === 'array' || spec.kind === 'map'
          ? '[]'
          : (spec.initial ?? (spec.kind === 'bool' ? 'false' : spec.kind === 'duration' ? '0s' : '0'));
    lines.push(
      `    ${spec.short === undefined ? '' : `-${spec.short}, `}--${spec.name}=${initial}:`,
      `\t${spec.help[language]}`,
      '',
    );
  }
  return lines;
}

/** The help page of a command, in our own words. */
export function helpText(command: CommandSpec, path: string, language: Language): string {
  const out: string[] = [command.short[language], ''];
  const section = (title: Text, lines: readonly string[]): void => {
    out.push(`${title[language]}:`, ...lines, '');
  };
  if (command.aliases?.length) section(words.aliases, [[command.name, ...command.aliases].join(', ')]);
  if (command.examples?.length)
    section(
      words.examples,
      command.examples.map((line) => `  ${line}`),
    );
  const children = command.subcommands ?? [];
  if (path === 'kubectl') {
    for (const [group, title] of groups) {
      section(
        title,
        table(
          children
            .filter((each) => (each.group ?? 'other') === group)
            .map((each) => [each.name, each.short[language]]),
        ),
      );
    }
  } else if (children.length > 0) {
    section(words.available, table(children.map((each) => [each.name, each.short[language]])));
  }
  if (command.flags?.some((each) => !each.hidden)) {
    out.push(`${words.options[language]}:`, ...flagLines(command.flags, language));
  }
  const usage = [path, command.usage, path === 'kubectl' ? '' : '[options]']
    .filter((part) => part !== '')
    .join(' ');
  section(words.usage, [`  ${usage}`]);
  if (children.length > 0) out.push(words.more[language].replace('%s', path));
  out.push(words.global[language]);
  return `${out.join('\n')}\n`;
}

/** `kubectl options`: the flags of every command. */
export function optionsText(language: Language): string {
  return `${[...flagLines(globalFlags, language)].join('\n')}\n`;
}
