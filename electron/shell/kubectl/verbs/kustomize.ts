import type { CommandSpec } from '../command-spec.ts';
import { PlainExit } from '../errors.ts';
import { quote } from '../go-format.ts';
import { buildKustomization } from '../kustomize/build.ts';
import { KustomizeError } from '../kustomize/kustomize-error.ts';
import { klogLine } from '../request-log.ts';
import type { Session } from '../session.ts';
import { writeYaml } from '../yaml/write.ts';

export const kustomize: CommandSpec = {
  name: 'kustomize',
  usage: 'DIR',
  group: 'advanced',
  short: {
    en: 'Print the objects of a folder with a kustomization.yaml.',
    'pt-BR': 'Mostra os objetos de uma pasta com um kustomization.yaml.',
  },
  examples: ['kubectl kustomize overlays/prod', 'kubectl apply -k overlays/prod'],
  flags: [
    {
      name: 'output',
      short: 'o',
      kind: 'string',
      help: { en: 'Write to this file.', 'pt-BR': 'Grava neste arquivo.' },
    },
  ],
  run: (session, flags, args) => run(session, flags.string('output'), args),
};

/** The line kubectl logs when a command without its own words for failures ends. */
function failed(message: string): PlainExit {
  const shown = message.includes('\n')
    ? `<\n${message
        .split('\n')
        .map((line) => `\t${line}\n`)
        .join('')} >`
    : quote(message);
  return new PlainExit(klogLine('E', 'run.go:72', `"command failed" err=${shown}`), 1);
}

async function run(session: Session, output: string, args: readonly string[]): Promise<void> {
  if (args.length > 1) throw failed('specify one path to kustomization.yaml');
  let text: string;
  try {
    text = (await buildKustomization(session, args[0] ?? '.')).map(writeYaml).join('---\n');
  } catch (error) {
    if (error instanceof KustomizeError) throw failed(error.message);
    throw error;
  }
  if (output === '') await session.out(text);
  else await session.io.fs.writeFile(session.io.path(output), text);
}
