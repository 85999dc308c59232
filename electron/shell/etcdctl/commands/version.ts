import type { CommandSpec } from '../interface.ts';
import { releaseOf } from '../version.ts';

export const version: CommandSpec = {
  name: 'version',
  usage: '',
  short: { en: 'Version of this client', 'pt-BR': 'Versão deste cliente' },
  async run(session) {
    const { release, api } = releaseOf(session.version);
    await session.print(`etcdctl version: ${release}\nAPI version: ${api}\n`);
  },
};
