import type { CommandIo } from '../../interface.ts';
import type { CommandSpec } from '../command-spec.ts';
import { completions } from '../completion.ts';
import { usageError } from '../errors.ts';

/** Scripts that ask `kubectl __complete WORDS...` for candidates, the last word being the one that is typed. */
const scripts: Readonly<Record<string, string>> = {
  bash: `# bash completion for kubectl
__kubectl_complete() {
  local IFS=$'\\n' word last
  local -a words=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    # Bash breaks words at =, kubectl does not.
    if (( \${#words[@]} )) && [[ $word == = || \${words[-1]} == --*= ]]; then words[-1]+=$word
    else words+=("$word"); fi
  done
  last=\${words[-1]}
  COMPREPLY=($("\${COMP_WORDS[0]}" __complete "\${words[@]}" 2>/dev/null))
  [[ $last == --*=* ]] && COMPREPLY=("\${COMPREPLY[@]#"\${last%%=*}="}")
  [[ \${COMPREPLY[0]} == *[=/:] ]] && compopt -o nospace
  (( \${#COMPREPLY[@]} )) || compopt -o default
}
complete -F __kubectl_complete kubectl
`,
  zsh: `#compdef kubectl
# zsh completion for kubectl
_kubectl() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  candidates=(\${candidates:#})
  if (( \${#candidates} )); then compadd -- "\${candidates[@]}"; else _files; fi
}
compdef _kubectl kubectl
`,
};

/** `completion`. The scripts are our own; the stock client's ask a protocol of cobra. */
export const completion: CommandSpec = {
  name: 'completion',
  usage: 'SHELL',
  group: 'settings',
  short: {
    en: 'Print a script that completes kubectl in bash or zsh.',
    'pt-BR': 'Mostra um script que completa kubectl em bash ou zsh.',
  },
  examples: ['source <(kubectl completion bash)'],
  arguments: { of: 'words', words: Object.keys(scripts) },
  run: async (session, _flags, args) => {
    const [shell = ''] = args;
    if (args.length === 0) throw usageError(session.path, 'Shell not specified.');
    if (args.length > 1) throw usageError(session.path, 'Too many arguments. Expected only the shell type.');
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
    if (script === undefined)
      throw usageError(session.path, `Unsupported shell type ${JSON.stringify(shell)}.`);
    await session.out(script);
  },
};

/** Answers `__complete WORDS...`: candidates for the last word, one a line. */
export async function printCandidates(io: CommandIo, root: CommandSpec): Promise<number> {
  const words = ['kubectl', ...io.argv.slice(2)];
  const word = words.at(-1) ?? '';
  const found = await completions(root, words, words.length - 1, io);
  const fitting = [...new Set(found)].filter((each) => each.startsWith(word));
  await io.stdout.write(fitting.map((each) => `${each}\n`).join(''));
  return 0;
}
