import { utf8Decode } from '../../network/byte-text.ts';
import { httpStatusText } from '../../network/http-status.ts';
import type { HttpExchange } from '../../network/http.ts';
import type { Peer } from '../../network/interface.ts';
import type { ProcessContext } from '../../machine/interface.ts';
import type { ContainerWorld } from '../container/interface.ts';

/** What the server in a container answers. */
export type Site = (
  exchange: HttpExchange,
  peer: Peer,
  process: ProcessContext,
  world: ContainerWorld,
) => void;

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

/** Files below a folder of the container, with the access log that such servers write in the combined format. */
function staticFiles(root: string, server: string, page: (status: number) => string): Site {
  return (exchange, peer, process, world) => {
    const { method, target, headers } = exchange.request;
    const wanted = pathOf(target);
    const candidate = `${root}${wanted.endsWith('/') ? `${wanted}index.html` : wanted}`;
    const info = world.files.stat(candidate);
    const inside = !wanted.split('/').includes('..');
    const reads = method === 'GET' || method === 'HEAD';
    const folder = inside && info?.kind === 'directory';
    const indexless = wanted.endsWith('/') && world.files.stat(`${root}${wanted}`)?.kind === 'directory';
    const status = !reads
      ? 405
      : folder
        ? 301
        : inside && info?.kind === 'file'
          ? 200
          : inside && indexless
            ? 403
            : 404;
    const body = status === 200 ? utf8Decode(world.files.read(candidate)) : page(status);
    const extension = status === 200 ? (candidate.split('.').at(-1) ?? '') : 'html';
    const size = status === 200 ? world.files.read(candidate).length : body.length;
    process.stdout(
      `${peer.ip === process.ip ? '127.0.0.1' : peer.ip} - - [${logDate(process.clock.now())}] "${method} ${target} HTTP/1.1" ${status} ${method === 'HEAD' ? 0 : size} "${headers['referer'] ?? '-'}" "${headers['user-agent'] ?? '-'}" "${headers['x-forwarded-for'] ?? '-'}"`,
    );
    exchange.respond({
      status,
      headers: {
        server,
        date: new Date(process.clock.now()).toUTCString(),
        'content-type': TYPES[extension] ?? 'application/octet-stream',
        ...(folder ? { location: `${wanted}/` } : {}),
      },
      body: { type: 'text', text: body },
    });
  };
}

const nginxPage = (status: number): string => {
  const title = `${status} ${status === 405 ? 'Not Allowed' : status === 301 ? 'Moved Permanently' : httpStatusText(status)}`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
};
const apachePage = (status: number): string =>
  `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${httpStatusText(status)}</title>\n</head><body>\n<h1>${httpStatusText(status)}</h1>\n</body></html>\n`;

const text = (
  make: (exchange: HttpExchange, process: ProcessContext, world: ContainerWorld) => string,
): Site => {
  return (exchange, _peer, process, world) =>
    exchange.respond({
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        date: new Date(process.clock.now()).toUTCString(),
      },
      body: { type: 'text', text: make(exchange, process, world) },
    });
};

const requestLines = ({ request }: HttpExchange): string =>
  `${request.method} ${request.target} HTTP/1.1\n${Object.entries(request.headers)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')}`;

/** Images whose server answers HTTP, by repository. Other servers take connections and speak protocols that are not modelled. */
export const sites: ReadonlyMap<string, Site> = new Map<string, Site>([
  ['docker.io/library/nginx', staticFiles('/usr/share/nginx/html', 'nginx', nginxPage)],
  ['docker.io/nginxinc/nginx-unprivileged', staticFiles('/usr/share/nginx/html', 'nginx', nginxPage)],
  ['docker.io/library/httpd', staticFiles('/usr/local/apache2/htdocs', 'Apache', apachePage)],
  ['docker.io/hashicorp/http-echo', text((_exchange, process) => `${(/^-text=(.*)$/m.exec(process.argv.join('\n'))?.[1] ?? 'hello-world')}\n`)],
  ['docker.io/traefik/whoami', text((exchange, process, world) => `Hostname: ${world.hostname}\nIP: ${process.ip}\n${requestLines(exchange)}\n`)],
  ['docker.io/kicbase/echo-server', text((exchange, _process, world) => `Request served by ${world.hostname}\n\n${requestLines(exchange)}`)],
  ['registry.k8s.io/echoserver', text((exchange, _process, world) => `\n\nHostname: ${world.hostname}\n\nRequest Information:\n${requestLines(exchange)}`)],
  ['gcr.io/google-samples/hello-app', text((_exchange, _process, world) => `Hello, world!\nVersion: 1.0.0\nHostname: ${world.hostname}\n`)],
  ['registry.k8s.io/hpa-example', text(() => 'OK!')],
]); // prettier-ignore
