import { utf8Decode } from '../../network/byte-text.ts';
import { httpStatusText } from '../../network/http-status.ts';
import type { HttpRequest } from '../../network/http.ts';
import type { ContainerFiles } from '../container/interface.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html', htm: 'text/html', css: 'text/css', js: 'application/javascript', json: 'application/json', txt: 'text/plain', svg: 'image/svg+xml',
}; // prettier-ignore
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `27/Nov/2026:06:36:26 +0000` */
function logDate(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1] ?? ''}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

function pathOf(target: string): string {
  const path = target.split('?')[0] ?? '/';
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const nginxPage = (status: number): string => {
  const title = `${status} ${status === 405 ? 'Not Allowed' : status === 301 ? 'Moved Permanently' : httpStatusText(status)}`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
};
const apachePage = (status: number): string =>
  `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${httpStatusText(status)}</title>\n</head><body>\n<h1>${httpStatusText(status)}</h1>\n</body></html>\n`;

/** How a server calls itself, and its own pages. */
const STYLES = {
  nginx: { server: 'nginx', page: nginxPage },
  apache: { server: 'Apache', page: apachePage },
};

/** What a line of an access log is made from. */
export interface LoggedAnswer {
  readonly status: number;
  readonly size: number;
}

/** A request in the combined format, with the address that a proxy passed on. */
export function accessLogLine(
  { method, target, headers }: HttpRequest,
  { status, size }: LoggedAnswer,
  client: string,
  now: number,
): string {
  return `${client} - - [${logDate(now)}] "${method} ${target} HTTP/1.1" ${status} ${method === 'HEAD' ? 0 : size} "${headers['referer'] ?? '-'}" "${headers['user-agent'] ?? '-'}" "${headers['x-forwarded-for'] ?? '-'}"`;
}

/** An answer, and how long its body is in bytes. */
export interface SiteAnswer extends LoggedAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a server answers that shows the files below `root`. */
export function staticSite(
  { root, style }: { readonly root: string; readonly style: 'nginx' | 'apache' },
  request: HttpRequest,
  files: ContainerFiles,
): SiteAnswer {
  const { page, server } = STYLES[style];
  const { method, target } = request;
  const wanted = pathOf(target);
  const candidate = `${root}${wanted.endsWith('/') ? `${wanted}index.html` : wanted}`;
  const info = files.stat(candidate);
  const inside = !wanted.split('/').includes('..');
  const reads = method === 'GET' || method === 'HEAD';
  const folder = inside && info?.kind === 'directory';
  const indexless = wanted.endsWith('/') && files.stat(`${root}${wanted}`)?.kind === 'directory';
  const status = !reads
    ? 405
    : folder
      ? 301
      : inside && info?.kind === 'file'
        ? 200
        : inside && indexless
          ? 403
          : 404;
  const bytes = status === 200 ? files.read(candidate) : page(status);
  const extension = status === 200 ? (candidate.split('.').at(-1) ?? '') : 'html';
  return {
    status,
    size: bytes.length,
    headers: {
      server,
      'content-type': TYPES[extension] ?? 'application/octet-stream',
      ...(folder ? { location: `${wanted}/` } : {}),
    },
    body: status === 200 ? utf8Decode(bytes) : bytes,
  };
}
