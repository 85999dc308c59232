import type { CommandSpec } from '../interface.ts';

type Names = () => readonly CommandSpec[];

const scripts: Readonly<Record<string, (commands: readonly CommandSpec[]) => string>> = {
  bash: (all) => {
    const cases = all.map((one) => `    ${one.name}) words="${words(one)}" ;;`).join('\n');
    return `_etcdctl() {
  local words="${all.map(({ name }) => name).join(' ')}"
  [ "$COMP_CWORD" -gt 1 ] && case "\${COMP_WORDS[1]}" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _etcdctl etcdctl
`;
  },
  zsh: (all) => `#compdef etcdctl
_arguments '1:command:(${all.map(({ name }) => name).join(' ')})' '*::argument:->rest'
case $words[1] in
${all.map((one) => `  ${one.name}) compadd -- ${words(one)} ;;`).join('\n')}
esac
`,
  fish: (all) =>
    all
      .map(
        (one) =>
          `complete -c etcdctl -n __fish_use_subcommand -f -a ${one.name} -d "${one.short.en}"\n` +
          `complete -c etcdctl -n "__fish_seen_subcommand_from ${one.name}" -f -a "${words(one)}"\n`,
      )
      .join(''),
  powershell: (all) => `Register-ArgumentCompleter -Native -CommandName etcdctl -ScriptBlock {
  param($word)
  @(${all.map(({ name }) => `'${name}'`).join(', ')}) | Where-Object { $_ -like "$word*" }
}
`,
};

function words(command: CommandSpec): string {
  return [
    ...(command.subcommands ?? []).map(({ name }) => name),
    ...[...(command.flags ?? []), ...(command.persistentFlags ?? [])].map(({ name }) => `--${name}`),
  ].join(' ');
}

/** `completion SHELL`: a script for shells outside; the console completes by itself. */
export function completion(all: Names): CommandSpec {
  return {
    name: 'completion',
    usage: '<shell>',
    short: { en: 'Completion script for a shell', 'pt-BR': 'Script de completar para um shell' },
    subcommands: Object.entries(scripts).map(([name, script]) => ({
      name,
      usage: '',
      short: { en: `Completion script for ${name}`, 'pt-BR': `Script de completar para ${name}` },
      run: (session) => session.print(script(all())),
    })),
  };
}
