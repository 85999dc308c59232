import { sha256 } from '@noble/hashes/sha2.js';
import { isServiceError, message } from '../client/etcd-client.ts';
import { CallError, ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { logLine } from '../log.ts';
import { goDuration, humanBytes } from '../print/go-text.ts';
import { openError, type Session } from '../session.ts';
import { restoreFlags, runRestore } from '../../etcdutl/restore-command.ts';
import { runStatus } from '../../etcdutl/status-command.ts';

interface Blob {
  readonly remaining_bytes: string;
  readonly blob: Buffer;
  readonly version: string;
}

/** Everything the member sends: database and checksum. @throws CallError */
async function fetchSnapshot(session: Session): Promise<{ bytes: Buffer; version: string }> {
  const client = await session.client();
  const { flags, io } = session;
  const stream = await client.serverStream(
    '/etcdserverpb.Maintenance/Snapshot',
    'etcdserverpb.SnapshotRequest',
    'etcdserverpb.SnapshotResponse',
    {},
  );
  const cancel = (): void => stream.cancel();
  // Only a limit that was given counts: a large member takes its time.
  const timer = flags.changed('command-timeout') ? setTimeout(cancel, session.timeout) : undefined;
  io.signal.addEventListener('abort', cancel);
  const parts: Buffer[] = [];
  let version = '';
  try {
    for await (const each of stream) {
      const { blob, version: from } = each as unknown as Blob;
      if (from !== '') version = from;
      parts.push(blob);
    }
  } catch (error) {
    if (!isServiceError(error)) throw error;
    throw new CallError(error.code === 1 ? 'context deadline exceeded' : message(error), error.code);
  } finally {
    clearTimeout(timer);
    io.signal.removeEventListener('abort', cancel);
  }
  return { bytes: Buffer.concat(parts), version };
}

const save: CommandSpec = {
  name: 'save',
  usage: '<filename>',
  short: { en: "Stores a member's data in a file", 'pt-BR': 'Guarda os dados de um membro num arquivo' },
  async run(session, _flags, args) {
    if (args.length !== 1) throw new ExitError(exitCode.badArgs, 'snapshot save expects one argument');
    const [path] = args as [string];
    const { io } = session;
    const endpoints = session.endpoints();
    if (endpoints.length > 1) {
      const list = endpoints.map(({ text }) => text).join(' ');
      throw new ExitError(
        exitCode.interrupted,
        `snapshot must be requested to one selected node, not multiple [${list}]`,
      );
    }
    session.printer();
    const part = `${path}.part`;
    const log = (msg: string, more: Record<string, string> = {}): Promise<void> =>
      io.stderr.write(logLine({ level: 'info', caller: 'snapshot/v3_snapshot.go:65', msg, ...more }));
    try {
      await io.fs.writeFile(io.path(part), new Uint8Array(), 0o600);
    } catch (error) {
      throw new ExitError(exitCode.interrupted, `could not open ${part} (${openError(part, error)})`);
    }
    const begun = performance.now();
    await log('created temporary db file', { path: part });
    await log('fetching snapshot', { endpoint: (endpoints[0] as { text: string }).text });
    try {
      const { bytes, version } = await fetchSnapshot(session);
      if (
        bytes.length % 512 !== 32 ||
        !Buffer.from(sha256(bytes.subarray(0, -32))).equals(bytes.subarray(-32))
      ) {
        throw new ExitError(exitCode.interrupted, `sha256 checksum not found [bytes: ${bytes.length}]`);
      }
      await io.fs.writeFile(io.path(part), bytes, 0o600);
      await io.fs.rename(io.path(part), io.path(path));
      const took = goDuration(performance.now() - begun);
      await log('fetched snapshot', {
        endpoint: (endpoints[0] as { text: string }).text,
        size: humanBytes(bytes.length),
        took,
      });
      await log('saved', { path });
      await session.print(`Snapshot saved at ${path}\n`);
      if (version !== '' && session.version !== '3.4') await session.print(`Server version ${version}\n`);
    } catch (error) {
      await io.fs.rm(io.path(part)).catch(() => undefined);
      if (error instanceof CallError) throw new ExitError(exitCode.interrupted, error.message);
      throw error;
    }
  },
};

/** From 3.5 on these two belong to etcdutl; etcdctl says so and still does them. */
function deprecated(command: string, run: NonNullable<CommandSpec['run']>): NonNullable<CommandSpec['run']> {
  return async (session, flags, args) => {
    if (session.version !== '3.4') {
      await session.io.stderr.write(`Deprecated: Use \`etcdutl snapshot ${command}\` instead.\n\n`);
    }
    return run(session, flags, args);
  };
}

export const snapshot: CommandSpec = {
  name: 'snapshot',
  usage: '<subcommand>',
  short: { en: "Snapshots of a member's data", 'pt-BR': 'Snapshots dos dados de um membro' },
  subcommands: [
    {
      name: 'restore',
      usage: '<filename> [options]',
      short: {
        en: 'Makes a data directory from a snapshot',
        'pt-BR': 'Faz um diretório de dados a partir de um snapshot',
      },
      flags: restoreFlags,
      run: deprecated('restore', runRestore),
    },
    save,
    {
      name: 'status',
      usage: '<filename>',
      short: { en: 'What a snapshot file holds', 'pt-BR': 'O que um arquivo de snapshot contém' },
      run: deprecated('status', runStatus),
    },
  ],
};
