import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';

const FILE_LIMIT = 512 * 1024 * 1024;

/** What is said of a file; times in milliseconds of the machine's clock. */
export interface MachineFileEntry {
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly size: number;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly owner: string;
  readonly group: string;
}

/** What the file system of a machine refused; `code` as Node's: `ENOSPC`. */
export class MachineFileRefusal extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const Change = z.object({
  mode: z.number().int().optional(),
  owner: z.string().optional(),
  group: z.string().optional(),
  mtimeMs: z.number().optional(),
});

/** Files of one machine. All reject with MachineFileRefusal; a path that is not there is `ENOENT`. */
export interface MachineFileAccess {
  /** With `follow`, of what a link leads to. */
  stat(path: string, follow: boolean): Promise<MachineFileEntry>;
  /** Names directly below; a folder's ends in `/`. */
  list(path: string): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
  write(path: string, bytes: Uint8Array, how: { readonly append: boolean }): Promise<void>;
  /** A file of so many bytes without content. */
  allocate(path: string, bytes: number): Promise<void>;
  makeFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  link(path: string, target: string): Promise<void>;
  readLink(path: string): Promise<string>;
  realPath(path: string): Promise<string>;
  change(path: string, change: z.infer<typeof Change>): Promise<void>;
}

/**
 * `/machines/NAME/files?path=…`: GET reads (`&what=stat|lstat|list|link|real`: JSON), PUT writes the body (`&append=1`
 * behind what is there, `&what=folder` makes one, `&link=TARGET` a link, `&allocate=BYTES` a file without content), DELETE
 * removes, POST with `&to=…` renames, PATCH changes `{mode, owner, group, mtimeMs}`. Bodies are the files' bytes.
 * 404: not there; 409 with `{code}`: refused.
 */
export async function serveMachineFile(
  files: MachineFileAccess,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = query.get('path') ?? '';
  if (!path.startsWith('/')) {
    response.writeHead(400).end('path must be absolute');
    return;
  }
  try {
    if (request.method === 'GET') await answer(files, path, query.get('what'), response);
    else if (await change(files, path, query, request)) response.writeHead(204).end();
    else response.writeHead(405).end();
  } catch (error) {
    if (!(error instanceof MachineFileRefusal)) throw error;
    response
      .writeHead(error.code === 'ENOENT' ? 404 : 409, { 'content-type': 'application/json' })
      .end(JSON.stringify({ code: error.code }));
  }
}

async function answer(
  files: MachineFileAccess,
  path: string,
  what: string | null,
  response: ServerResponse,
): Promise<void> {
  const json = (value: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  switch (what) {
    case 'stat':
    case 'lstat':
      return json(await files.stat(path, what === 'stat'));
    case 'list':
      return json(await files.list(path));
    case 'link':
      return json(await files.readLink(path));
    case 'real':
      return json(await files.realPath(path));
    default: {
      const bytes = await files.read(path);
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes);
    }
  }
}

/** False for a method that is none. */
async function change(
  files: MachineFileAccess,
  path: string,
  query: URLSearchParams,
  request: IncomingMessage,
): Promise<boolean> {
  switch (request.method) {
    case 'PUT': {
      const target = query.get('link');
      const bytes = query.get('allocate');
      if (target !== null) await files.link(path, target);
      else if (bytes !== null) await files.allocate(path, Number(bytes));
      else if (query.get('what') === 'folder') await files.makeFolder(path);
      else await files.write(path, await body(request), { append: query.get('append') === '1' });
      return true;
    }
    case 'DELETE':
      await files.remove(path);
      return true;
    case 'POST':
      await files.rename(path, query.get('to') ?? '');
      return true;
    case 'PATCH':
      await files.change(path, Change.parse(JSON.parse(new TextDecoder().decode(await body(request)))));
      return true;
    default:
      return false;
  }
}

async function body(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > FILE_LIMIT) throw new Error('the file is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
