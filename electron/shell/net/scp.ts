import { posix } from 'node:path';
import { FsError } from '../errors.ts';
import type { Command, CommandIo, ShellFs } from '../interface.ts';
import { MachineFs } from './machine-fs.ts';
import { MachinesClient } from './machines-client.ts';

interface Place {
  readonly fs: ShellFs;
  readonly path: string;
  readonly shown: string;
}

/** `[user@]host:path` on a machine, else a path of the console. Undefined: no such host. */
async function placeOf(
  io: CommandIo,
  client: MachinesClient | undefined,
  text: string,
): Promise<Place | string> {
  const remote = /^(?:[\w.-]+@)?([\w.-]+):(.*)$/.exec(text);
  if (remote === null) return { fs: io.fs, path: io.path(text), shown: text };
  const [, host = '', path = ''] = remote;
  const machine = (await client?.list(io.signal))?.find(
    ({ name, address }) => name === host || address === host,
  );
  if (client === undefined || machine === undefined) return host;
  return {
    fs: new MachineFs(client, machine.name, io.signal),
    path: posix.resolve('/root', path === '' ? '.' : path),
    shown: path,
  };
}

async function isFolder(place: Place): Promise<boolean> {
  if (place.path === '/' || place.path === '/root') return true;
  return (await place.fs.exists(place.path)) && (await place.fs.stat(place.path)).kind === 'directory';
}

/** @throws FsError */
async function copy(from: Place, to: Place, recursive: boolean): Promise<void> {
  if ((await from.fs.stat(from.path)).kind === 'file') {
    await to.fs.writeFile(to.path, await from.fs.readFile(from.path));
    return;
  }
  if (!recursive) throw new FsError('EISDIR', from.shown);
  await to.fs.mkdir(to.path, { recursive: true });
  for (const name of await from.fs.readdir(from.path)) {
    const inner = (place: Place): Place => ({
      ...place,
      path: posix.join(place.path, name),
      shown: `${place.shown}/${name}`,
    });
    await copy(inner(from), inner(to), recursive);
  }
}

/** `scp [-r] SOURCE… TARGET`: copies bytes between the console and machines of the lab. */
export const scp: Command = {
  name: 'scp',
  summary: {
    en: 'Copy files to and from machines of the lab',
    'pt-BR': 'Copia arquivos de e para máquinas do laboratório',
  },
  async run(io) {
    const words = io.argv.slice(1);
    let recursive = false;
    while (words[0]?.startsWith('-') === true) {
      const option = words.shift() as string;
      if (option.includes('r')) recursive = true;
      if (/^-[ioPlFJcS]$/.test(option)) words.shift();
    }
    const target = words.pop();
    if (target === undefined || words.length === 0) {
      await io.stderr.write('usage: scp [-r] source ... target\n');
      return 1;
    }
    const client = MachinesClient.from(io.env);
    const to = await placeOf(io, client, target);
    let code = 0;
    for (const word of words) {
      const from = await placeOf(io, client, word);
      const unknown = [from, to].find((place) => typeof place === 'string');
      if (typeof from === 'string' || typeof to === 'string') {
        await io.stderr.write(
          `ssh: Could not resolve hostname ${String(unknown)}: Name or service not known\nscp: Connection closed\n`,
        );
        return 255;
      }
      try {
        const into = target.endsWith('/') || (await isFolder(to));
        await copy(
          from,
          into ? { ...to, path: posix.join(to.path, posix.basename(from.path)) } : to,
          recursive,
        );
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        code = 1;
        await io.stderr.write(
          error.code === 'EISDIR' ? `scp: ${word}: not a regular file\n` : `scp: ${word}: ${error.text}\n`,
        );
      }
    }
    return code;
  },
  async complete(_words, _index, context) {
    const machines = await MachinesClient.from(context.env)?.list(context.signal);
    return (machines ?? []).map(({ name }) => `${name}:`);
  },
};
