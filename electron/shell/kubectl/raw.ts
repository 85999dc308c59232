import { KubectlError } from './errors.ts';
import type { FlagSet, FlagSpec } from './flags.ts';
import { quote } from './go-format.ts';
import type { ApiRequest } from './transport.ts';
import type { Session } from './session.ts';

export const rawFlag: FlagSpec = {
  name: 'raw',
  kind: 'string',
  help: {
    en: 'Ask the server for this path as it is.',
    'pt-BR': 'Pede este caminho ao servidor tal como está.',
  },
};

/** The path of `--raw`. @throws KubectlError for what Go's `url.ParseRequestURI` refuses */
export function rawPath(flags: FlagSet): string {
  const typed = flags.string('raw');
  if (!typed.startsWith('/') && !/^[a-z][a-z0-9+.-]*:/i.test(typed))
    throw new KubectlError(`--raw must be a valid URL path: parse ${quote(typed)}: invalid URI for request`);
  return typed;
}

/** What `create`, `replace` and `delete` refuse beside `--raw`, in their order. */
export function checkRawFile(flags: FlagSet, filesWanted: 0 | 1): void {
  const files = flags.list('filename');
  const [file = ''] = files;
  if (flags.bool('edit')) throw new KubectlError('--raw and --edit are mutually exclusive');
  if (files.length > 1 || files.length < filesWanted)
    throw new KubectlError('--raw can only use a single local file or stdin');
  if (/^https?:\/\//.test(file)) throw new KubectlError('--raw cannot read from a url');
  if (flags.bool('recursive')) throw new KubectlError('--raw and --recursive are mutually exclusive');
  if (flags.string('selector') !== '')
    throw new KubectlError('--raw and --selector (-l) are mutually exclusive');
  if (flags.string('output') !== '') throw new KubectlError('--raw and --output are mutually exclusive');
}

/** Sends the file as it is, and prints the answer as it is. Models kubectl's pkg/rawhttp. */
export async function rawFile(
  session: Session,
  flags: FlagSet,
  method: 'POST' | 'PUT' | 'DELETE',
): Promise<void> {
  checkRawFile(flags, method === 'DELETE' ? 0 : 1);
  const path = rawPath(flags);
  const [file] = flags.list('filename');
  const body =
    file === undefined
      ? undefined
      : file === '-'
        ? await session.io.stdin.text()
        : await session.readFile(file);
  await rawRequest(session, { method, path, ...(body === undefined ? {} : { body }) });
}

export async function rawRequest(session: Session, request: ApiRequest): Promise<void> {
  const transport = await session.transport();
  for await (const chunk of transport.chunks(request)) await session.io.stdout.write(chunk);
}
