import { windowsPathOf } from '../../../base/windows-path.ts';
import type { Cmdlet, Invocation, SessionAccess } from '../cmdlet.ts';
import { allOf, commandClass, numberArgument, textArgument, textsOf } from '../cmdlet.ts';
import { PsWriter } from '../format.ts';
import type { PsValue } from '../interface.ts';
import { PsDate, PsError, PsObject } from '../interface.ts';
import { join, matchingPaths, namesBelow, noSuchPath, resolvePath } from '../paths.ts';
import { textOf, wildcard } from '../values.ts';

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A file or folder as Get-ChildItem gives it. */
export function fileObject({ host }: Pick<SessionAccess, 'host'>, path: string): PsObject {
  const stat = host.files.stat(path);
  const isFolder = stat?.kind === 'folder' || path === '/';
  return new PsObject('file', {
    Mode: isFolder ? 'd-----' : '-a----',
    LastWriteTime: new PsDate(stat?.modifiedAt ?? host.bootedAt),
    Length: isFolder ? null : (stat?.size ?? 0),
    Name: path === '/' ? 'C:\\' : nameOf(path),
    FullName: windowsPathOf(path),
    Directory: windowsPathOf(parentOf(path)),
    PSIsContainer: isFolder,
  });
}

/** What a file operation says in PowerShell's words; bugs go on. */
function asError(error: unknown, path: string, cmdlet: string): PsError {
  if (!(error instanceof Error) || error instanceof TypeError) throw error;
  const full = /ENOSPC|no space left/i.test(error.message);
  return new PsError(
    full ? 'There is not enough space on the disk.' : error.message,
    'WriteError',
    `${windowsPathOf(path)}:String`,
    'IOException',
    `${full ? 'GetContentWriterIOError' : 'IOError'},${commandClass(cmdlet)}`,
  );
}

/** The paths of a parameter, or what comes through the pipe; what is not there is told. */
async function pathsOf(call: Invocation, cmdlet: string, preset?: string): Promise<string[]> {
  const piped = (await allOf(call.input)).map((value) => textOf(value));
  const given = [...textsOf(call, 'Path'), ...textsOf(call, 'LiteralPath'), ...piped];
  const paths: string[] = [];
  for (const text of given.length === 0 && preset !== undefined ? [preset] : given) {
    try {
      paths.push(...matchingPaths(call.session, text, cmdlet));
    } catch (error) {
      if (!(error instanceof PsError)) throw error;
      call.error(error);
    }
  }
  return paths;
}

function* childrenOf(session: SessionAccess, folder: string, recurse: boolean): Generator<string> {
  const { files } = session.host;
  const paths = namesBelow(files, folder).map((name) => join(folder, name));
  yield* paths;
  if (!recurse) return;
  for (const path of paths)
    if (files.stat(path)?.kind === 'folder') yield* childrenOf(session, path, recurse);
}

const getChildItem: Cmdlet = {
  name: 'Get-ChildItem',
  parameters: ['Path', 'Filter', 'LiteralPath', 'Include', 'Exclude'],
  positions: 2,
  switches: ['Recurse', 'File', 'Directory', 'Force', 'Name', 'Hidden'],
  async *run(call) {
    const { session, switches } = call;
    const filter = textArgument(call, 'Filter') ?? textArgument(call, 'Include');
    const wanted = filter === undefined ? undefined : wildcard(filter);
    const unwanted = textsOf(call, 'Exclude').map(wildcard);
    for (const path of await pathsOf(call, this.name, windowsPathOf(session.cwd))) {
      const isFolder = path === '/' || session.host.files.stat(path)?.kind === 'folder';
      const given = textsOf(call, 'Path').some((text) => /[*?]/.test(text));
      const found =
        isFolder && !(given && !switches.has('Recurse'))
          ? childrenOf(session, path, switches.has('Recurse'))
          : [path];
      for (const one of found) {
        const object = fileObject(session, one);
        const folder = object.values['PSIsContainer'] === true;
        if ((switches.has('File') && folder) || (switches.has('Directory') && !folder)) continue;
        if (wanted?.test(nameOf(one)) === false || unwanted.some((pattern) => pattern.test(nameOf(one))))
          continue;
        yield switches.has('Name') ? nameOf(one) : object;
      }
    }
  },
};

function linesOf(text: string): string[] {
  if (text === '') return [];
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}

const getContent: Cmdlet = {
  name: 'Get-Content',
  parameters: ['Path', 'LiteralPath', 'Tail', 'TotalCount', 'Encoding'],
  positions: 1,
  switches: ['Wait', 'Raw', 'Force'],
  async *run(call) {
    const { session, switches } = call;
    const { files } = session.host;
    const tail = numberArgument(call, this.name, 'Tail');
    const first = numberArgument(call, this.name, 'TotalCount');
    for (const path of await pathsOf(call, this.name)) {
      if (files.stat(path)?.kind !== 'file') {
        const name = windowsPathOf(path);
        call.error(
          new PsError(
            `Access to the path '${name}' is denied.`,
            'PermissionDenied',
            `${name}:String`,
            'UnauthorizedAccessException',
            `GetContentReaderUnauthorizedAccessError,${commandClass(this.name)}`,
          ),
        );
        continue;
      }
      const text = files.read(path);
      if (switches.has('Raw')) yield text;
      else {
        const lines = linesOf(text);
        const from = tail === undefined || tail < 0 ? 0 : Math.max(0, lines.length - tail);
        yield* lines.slice(from, first);
      }
      if (switches.has('Wait')) yield* follow(session, path, text.length);
    }
  },
};

/** New lines of a file, until Ctrl-C. PowerShell looks once in a second. */
async function* follow(session: SessionAccess, path: string, start: number): AsyncGenerator<PsValue> {
  const { host } = session;
  let read = start;
  while (!session.isInterrupted) {
    await Promise.race([host.sleep(1_000), session.interrupted]);
    if (host.files.stat(path)?.kind !== 'file') return;
    const text = host.files.read(path);
    if (text.length < read) read = 0;
    yield* linesOf(text.slice(read));
    read = text.length;
  }
}

/** Set-Content, Add-Content and Out-File: `formatted` writes objects as they are shown. */
function writing(name: string, append: boolean, formatted: boolean): Cmdlet {
  return {
    name,
    parameters: formatted
      ? ['FilePath', 'Encoding', 'InputObject', 'Width']
      : ['Path', 'Value', 'Encoding', 'LiteralPath'],
    positions: formatted ? 1 : 2,
    switches: ['Force', 'NoNewline', 'Append', 'NoClobber', 'PassThru'],
    async run(call) {
      const { session, switches } = call;
      const { files } = session.host;
      const given = textArgument(call, formatted ? 'FilePath' : 'Path') ?? textArgument(call, 'LiteralPath');
      const path = resolvePath(session, given ?? '', name);
      const values = [...(await allOf(call.input)), ...textsOf(call, 'Value')];
      let text = '';
      if (formatted) {
        const writer = new PsWriter((part) => (text += part), session.io.width);
        for (const value of values) writer.write(value);
        writer.end();
      } else text = values.map((value) => textOf(value)).join('\n') + (switches.has('NoNewline') ? '' : '\n');
      if (files.stat(parentOf(path)) === undefined && parentOf(path) !== '/') {
        const missing = windowsPathOf(path);
        throw new PsError(
          `Could not find a part of the path '${missing}'.`,
          'ObjectNotFound',
          `${missing}:String`,
          'DirectoryNotFoundException',
          `GetContentWriterDirectoryNotFoundError,${commandClass(name)}`,
        );
      }
      const isFile = files.stat(path)?.kind === 'file';
      const before = (append || switches.has('Append')) && isFile ? files.read(path) : '';
      try {
        files.write(path, before + text);
      } catch (error) {
        throw asError(error, path, name);
      }
    },
  };
}

const testPath: Cmdlet = {
  name: 'Test-Path',
  parameters: ['Path', 'LiteralPath', 'PathType'],
  positions: 1,
  async *run(call) {
    const { session } = call;
    const type = textArgument(call, 'PathType')?.toLowerCase();
    for (const text of [...textsOf(call, 'Path'), ...textsOf(call, 'LiteralPath')]) {
      let found: readonly string[] = [];
      try {
        found = matchingPaths(session, text, this.name);
      } catch (error) {
        if (!(error instanceof PsError)) throw error;
      }
      yield found.some((path) => {
        const folder = path === '/' || session.host.files.stat(path)?.kind === 'folder';
        return type === undefined || type === 'any' || (type === 'container') === folder;
      });
    }
  },
};

const newItem: Cmdlet = {
  name: 'New-Item',
  parameters: ['Path', 'Name', 'ItemType', 'Type', 'Value'],
  positions: 1,
  switches: ['Force'],
  async *run(call) {
    const { session, switches } = call;
    const { files } = session.host;
    const name = textArgument(call, 'Name');
    const type = (textArgument(call, 'ItemType') ?? textArgument(call, 'Type') ?? 'File').toLowerCase();
    for (const given of textsOf(call, 'Path')) {
      const base = resolvePath(session, given, this.name);
      const path = name === undefined ? base : join(base, name);
      const isFolder = type.startsWith('d');
      if (files.stat(path) !== undefined && !switches.has('Force')) {
        const full = windowsPathOf(path);
        call.error(
          new PsError(
            isFolder
              ? `An item with the specified name ${full} already exists.`
              : `The file '${full}' already exists.`,
            isFolder ? 'ResourceExists' : 'WriteError',
            `${full}:String`,
            'IOException',
            `${isFolder ? 'DirectoryExist' : 'NewItemIOError'},${commandClass(this.name)}`,
          ),
        );
        continue;
      }
      if (!isFolder) files.write(path, textArgument(call, 'Value') ?? '');
      else if (files.stat(path) === undefined) files.makeFolder(path);
      yield fileObject(session, path);
    }
  },
};

/** A function of PowerShell: folders only. */
const makeDirectory: Cmdlet = {
  ...newItem,
  name: 'mkdir',
  run: (call) => newItem.run({ ...call, values: new Map([...call.values, ['ItemType', 'Directory']]) }),
};

const removeItem: Cmdlet = {
  name: 'Remove-Item',
  parameters: ['Path', 'LiteralPath', 'Include', 'Exclude'],
  positions: 1,
  switches: ['Recurse', 'Force'],
  async run(call) {
    const { files } = call.session.host;
    for (const path of await pathsOf(call, this.name)) {
      if (files.stat(path)?.kind === 'folder' && files.list(path).length > 0 && !call.switches.has('Recurse'))
        call.error(
          new PsError(
            `The item at ${windowsPathOf(path)} has children and the Recurse parameter was not specified. There is nobody here to ask.`,
            'InvalidOperation',
            `${windowsPathOf(path)}:String`,
            'PSInvalidOperationException',
            `InvalidOperation,${commandClass(this.name)}`,
          ),
        );
      else files.remove(path);
    }
  },
};

/** Copy-Item, Move-Item and Rename-Item. */
function moving(name: string, keep: boolean, toName: string): Cmdlet {
  return {
    name,
    parameters: ['Path', toName, 'LiteralPath'],
    positions: 2,
    switches: ['Force', 'Recurse', 'PassThru'],
    async run(call) {
      const { session } = call;
      const { files } = session.host;
      const to = textArgument(call, toName) ?? '.';
      for (const path of await pathsOf(call, name)) {
        const target = resolvePath(
          toName === 'NewName' ? { ...session, host: session.host, cwd: parentOf(path) } : session,
          to,
          name,
        );
        const full = target === '/' || files.stat(target)?.kind === 'folder' ? join(target, nameOf(path)) : target;
        if (!keep) files.rename(path, full);
        else if (files.stat(path)?.kind === 'file') files.write(full, files.read(path));
        else
          throw new PsError('leme: copying folders is not modelled.', 'NotImplemented', '', 'NotSupportedException', 'NotSupported');
      }
    },
  };
} // prettier-ignore

const setLocation: Cmdlet = {
  name: 'Set-Location',
  parameters: ['Path', 'LiteralPath'],
  positions: 1,
  async run(call) {
    const { session } = call;
    const given = textArgument(call, 'Path') ?? textArgument(call, 'LiteralPath') ?? '~';
    const [path = ''] = matchingPaths(session, given, this.name);
    if (path !== '/' && session.host.files.stat(path)?.kind !== 'folder')
      throw noSuchPath(path, this.name);
    session.cwd = path;
  },
}; // prettier-ignore

const getLocation: Cmdlet = {
  name: 'Get-Location',
  async *run({ session }) {
    yield new PsObject('path', { Path: windowsPathOf(session.cwd) });
  },
};

const getItem: Cmdlet = {
  name: 'Get-Item',
  parameters: ['Path', 'LiteralPath'],
  positions: 1,
  switches: ['Force'],
  async *run(call) {
    for (const path of await pathsOf(call, this.name)) yield fileObject(call.session, path);
  },
};

export const fileCmdlets: readonly Cmdlet[] = [
  getChildItem,
  getContent,
  getItem,
  getLocation,
  makeDirectory,
  newItem,
  removeItem,
  setLocation,
  testPath,
  writing('Set-Content', false, false),
  writing('Add-Content', true, false),
  writing('Out-File', false, true),
  moving('Copy-Item', true, 'Destination'),
  moving('Move-Item', false, 'Destination'),
  moving('Rename-Item', false, 'NewName'),
];
