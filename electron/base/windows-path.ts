/** Folders of a machine's files that no path of Windows leads to: named pipes, and what the kernel of Linux shows. */
const HIDDEN = new Set(['pipe', 'proc']);
const PIPES = '/pipe/';

/** Whether a name in the root of a machine's files is none of drive C. */
export function isHiddenFolder(name: string): boolean {
  return HIDDEN.has(name.replace(/\/$/, ''));
}

/**
 * A path of Windows as the machine's files have it: `C:\var\log` and `c:/var/log` are `/var/log`, `\\.\pipe\x` is `/pipe/x`. There is
 * one drive. Undefined for a path on another.
 */
export function filePathOf(path: string): string | undefined {
  const slashed = path.replaceAll('\\', '/');
  const pipe = /^\/\/[.?]\/pipe\/(.*)$/i.exec(slashed);
  if (pipe !== null) return PIPES + (pipe[1] ?? '');
  const [, drive, rest = ''] = /^(?:([a-z]):)?(.*)$/is.exec(slashed) ?? [];
  if (drive !== undefined && drive.toUpperCase() !== 'C') return undefined;
  const parts: string[] = [];
  for (const part of rest.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** `/var/log` as Windows writes it: `C:\var\log`. */
export function windowsPathOf(path: string): string {
  if (path.startsWith(PIPES)) return `\\\\.\\pipe\\${path.slice(PIPES.length)}`;
  return `C:${path === '/' ? '\\' : path.replaceAll('/', '\\')}`;
}

/** An endpoint of CRI as a machine's files and its network have it: a socket's path, or that of a named pipe. */
export function socketOfEndpoint(endpoint: string): string {
  const pipe = /^npipe:(?:\/\/)?(.*)$/.exec(endpoint)?.[1];
  if (pipe !== undefined) return filePathOf(pipe) ?? pipe;
  return endpoint.replace(/^unix:\/\//, '').replace(/^\/var\/run\//, '/run/');
}

export function endpointOfSocket(socket: string): string {
  return socket.startsWith(PIPES) ? `npipe:////./pipe/${socket.slice(PIPES.length)}` : `unix://${socket}`;
}

/** What Go says when nobody serves a named pipe; undefined for a socket. */
export function noSuchPipe(socket: string): string | undefined {
  if (!socket.startsWith(PIPES)) return undefined;
  return `open //./pipe/${socket.slice(PIPES.length)}: The system cannot find the file specified.`;
}
