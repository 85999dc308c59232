import { ExitError, exitCode } from '../etcdctl/errors.ts';
import type { CommandSpec, Program } from '../etcdctl/interface.ts';
import { drawTable } from '../etcdctl/print/table.ts';
import { releaseOf } from '../etcdctl/version.ts';
import { BoltError } from '../../base/bbolt/interface.ts';
import { readBolt } from '../../base/bbolt/read-bolt.ts';
import { writeBolt } from '../../base/bbolt/write-bolt.ts';
import { hashKv } from './hash-kv.ts';
import { restoreFlags, runRestore } from './restore-command.ts';
import { readDatabase, runStatus } from './status-command.ts';

const snapshot: CommandSpec = {
  name: 'snapshot',
  usage: '<subcommand>',
  short: { en: 'Snapshot files', 'pt-BR': 'Arquivos de snapshot' },
  subcommands: [
    {
      name: 'restore',
      usage: '<filename> --data-dir {output dir} [options]',
      short: {
        en: 'Makes a data directory from a snapshot',
        'pt-BR': 'Faz um diretório de dados a partir de um snapshot',
      },
      flags: restoreFlags,
      run: async (session, flags, args) => {
        if (!flags.changed('data-dir')) {
          await session.io.stderr.write('Error: required flag(s) "data-dir" not set\n');
          throw new ExitError(exitCode.error, 'required flag(s) "data-dir" not set');
        }
        return runRestore(session, flags, args);
      },
    },
    {
      name: 'status',
      usage: '<filename>',
      short: { en: 'What a snapshot file holds', 'pt-BR': 'O que um arquivo de snapshot contém' },
      run: runStatus,
    },
  ],
};

const hashkv: CommandSpec = {
  name: 'hashkv',
  usage: '<filename>',
  short: { en: "Checksum of a file's history of keys", 'pt-BR': 'Soma do histórico de chaves de um arquivo' },
  flags: [
    {
      name: 'rev',
      kind: 'int',
      initial: '0',
      help: { en: 'up to this revision (0: the newest)', 'pt-BR': 'até esta revisão (0: a última)' },
    },
  ],
  async run(session, flags, args) {
    if (args.length !== 1) throw new ExitError(exitCode.error, `accepts 1 arg(s), received ${args.length}`);
    const format = flags.string('write-out');
    const result = hashKv(await readDatabase(session, args[0] as string), flags.number('rev'));
    const cells = [String(result.hash), String(result.hashRevision), String(result.compactRevision)];
    if (format === 'simple') await session.print(`${cells.join(', ')}\n`);
    else if (format === 'json') await session.print(`${JSON.stringify(result)}\n`);
    else if (format === 'table')
      await session.print(drawTable(['hash', 'hash revision', 'compact revision'], [cells]));
    else if (format === 'fields') {
      await session.print(
        `"Hash" : ${cells[0]}\n"Hash revision" : ${cells[1]}\n"Compact revision" : ${cells[2]}\n`,
      );
    } else {
      session.printer();
      throw new ExitError(exitCode.badFeature, `${format} not supported as output format`);
    }
  },
};

const defrag: CommandSpec = {
  name: 'defrag',
  usage: '',
  short: {
    en: 'Writes the database of a stopped member anew, without its gaps',
    'pt-BR': 'Reescreve o banco de um membro parado, sem as lacunas',
  },
  flags: [
    {
      name: 'data-dir',
      kind: 'string',
      required: true,
      help: { en: 'data directory of the member', 'pt-BR': 'diretório de dados do membro' },
    },
  ],
  async run(session, flags) {
    const dataDir = flags.string('data-dir');
    if (dataDir === '') throw new ExitError(exitCode.error, 'required flag(s) "data-dir" not set');
    const path = `${dataDir}/member/snap/db`;
    const before = await readDatabase(session, path);
    try {
      await session.io.fs.writeFile(session.io.path(path), writeBolt(readBolt(before).root), 0o600);
    } catch (error) {
      if (!(error instanceof BoltError)) throw error;
      throw new ExitError(exitCode.error, `Failed to defragment etcd data[${dataDir}] (${error.message})`);
    }
  },
};

const version: CommandSpec = {
  name: 'version',
  usage: '',
  short: { en: 'Version of this program', 'pt-BR': 'Versão deste programa' },
  async run(session) {
    const { release, api } = releaseOf(session.version);
    await session.print(`etcdutl version: ${release}\nAPI version: ${api}\n`);
  },
};

export const etcdutlProgram: Program = {
  root: {
    name: 'etcdutl',
    usage: '',
    short: {
      en: "Works on etcd's files, without a server",
      'pt-BR': 'Trabalha nos arquivos do etcd, sem um servidor',
    },
    subcommands: [defrag, hashkv, snapshot, version],
  },
  globalFlags: [
    {
      name: 'write-out',
      short: 'w',
      kind: 'string',
      initial: 'simple',
      values: ['fields', 'json', 'protobuf', 'simple', 'table'],
      help: { en: 'form of the output', 'pt-BR': 'forma da saída' },
    },
  ],
  newerFlags: new Set(),
};
