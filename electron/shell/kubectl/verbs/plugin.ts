import type { CommandSpec } from '../command-spec.ts';
import { KubectlError } from '../errors.ts';
import { ownPlugins } from '../plugins.ts';
import type { Session } from '../session.ts';

/** `plugin`: programs on the path whose names begin with `kubectl-`. Models cmd/plugin of kubectl (v1.33). */
export const plugin: CommandSpec = {
  name: 'plugin',
  usage: '[flags]',
  group: 'other',
  short: { en: 'Look for plugins.', 'pt-BR': 'Procura plugins.' },
  subcommands: [
    {
      name: 'list',
      usage: '',
      short: {
        en: 'List programs on the path that are plugins.',
        'pt-BR': 'Lista programas do caminho que são plugins.',
      },
      flags: [
        {
          name: 'name-only',
          kind: 'bool',
          help: { en: 'Names without their folders.', 'pt-BR': 'Nomes sem suas pastas.' },
        },
      ],
      arguments: { of: 'nothing' },
      run: (session, flags) => list(session, flags.bool('name-only')),
    },
  ],
};

async function list(session: Session, nameOnly: boolean): Promise<void> {
  const { fs, env } = session.io;
  const found: string[] = [];
  for (const folder of new Set((env['PATH'] ?? '').split(':').filter((each) => each !== ''))) {
    if (!(await fs.exists(folder))) continue;
    for (const name of (await fs.readdir(folder)).sort()) {
      if (!name.startsWith('kubectl-')) continue;
      const path = `${folder.replace(/\/$/, '')}/${name}`;
      if ((await fs.stat(path)).kind === 'file') found.push(path);
    }
  }
  found.push(...ownPlugins(session.io));
  if (found.length === 0) throw new KubectlError('unable to find any kubectl plugins in your PATH');
  await session.out(
    `The following compatible plugins are available:\n\n${found.map((each) => `${nameOnly ? each.slice(each.lastIndexOf('/') + 1) : each}\n`).join('')}`,
  );
}
