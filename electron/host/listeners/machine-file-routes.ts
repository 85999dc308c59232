import type { IncomingMessage, ServerResponse } from 'node:http';

const FILE_LIMIT = 512 * 1024 * 1024;

/** Files of one machine. A path that is not there is `undefined`, not an error; folders exist while something is in them. */
export interface MachineFileAccess {
  stat(path: string): Promise<{ readonly kind: 'file' | 'directory'; readonly size: number } | undefined>;
  /** Names directly below; a folder's ends in `/`. */
  list(path: string): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array | undefined>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
}

/**
 * `/machines/NAME/files?path=…`: GET reads (`&what=stat`, `&what=list`: JSON), PUT writes the body, DELETE removes,
 * POST with `&to=…` renames. Bodies are the files' bytes. 404: not there.
 */
export async function serveMachineFile(
  files: MachineFileAccess,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = query.get('path') ?? '';
  const json = (value: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  if (!path.startsWith('/')) {
    response.writeHead(400).end('path must be absolute');
    return;
  }
  const missing = async (): Promise<boolean> => {
    if ((await files.stat(path)) !== undefined) return false;
    response.writeHead(404).end();
    return true;
  };
  switch (request.method) {
    case 'GET': {
      if (query.get('what') === 'list') return json(await files.list(path));
      if (await missing()) return;
      if (query.get('what') === 'stat') return json(await files.stat(path));
      const bytes = await files.read(path);
      if (bytes === undefined) response.writeHead(409).end('is a directory');
      else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes);
      return;
    }
    case 'PUT':
      await files.write(path, await body(request));
      break;
    case 'DELETE':
      if (await missing()) return;
      await files.remove(path);
      break;
    case 'POST':
      if (await missing()) return;
      await files.rename(path, query.get('to') ?? '');
      break;
    default:
      response.writeHead(405).end();
      return;
  }
  response.writeHead(204).end();
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
