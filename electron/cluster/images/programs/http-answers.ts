import type { HttpBehaviour, HttpRoute } from '../../../shared/images/behaviour-schema.ts';
import type { HttpExchange } from '../../network/http.ts';
import type { Peer } from '../../network/interface.ts';
import { utf8Encode } from '../../network/byte-text.ts';
import type { ContainerWorld } from '../container/interface.ts';
import type { GrpcHealth } from './grpc-answers.ts';
import type { ServiceOptions } from './service-program.ts';
import type { SiteAnswer } from './static-site.ts';
import { accessLogLine, staticSite } from './static-site.ts';
import { fillIn } from './template.ts';

const NOT_FOUND = '404 page not found\n';

function fits(
  route: HttpRoute,
  method: string,
  path: string,
  uptime: number,
  world: ContainerWorld,
): boolean {
  const below = route.path.endsWith('/*') ? route.path.slice(0, -1) : undefined;
  const isPath =
    below === undefined ? path === route.path : path.startsWith(below) || path === below.slice(0, -1);
  return (
    isPath &&
    (route.method === undefined || route.method === method) &&
    uptime >= route.after &&
    (route.until === undefined || uptime < route.until) &&
    (route.whenFile === undefined || world.files.stat(route.whenFile) !== undefined)
  );
}

/** What a behaviour answers to HTTP: the first route that fits, else its site, else 404. Times count from now. */
export function httpAnswers(
  http: HttpBehaviour,
  options: ServiceOptions,
  health?: GrpcHealth,
): (exchange: HttpExchange, peer: Peer) => void {
  const { process, world, say } = options;
  const { clock } = process;
  const since = clock.now();
  return (exchange, peer) => {
    const { request } = exchange;
    const client = peer.ip === process.ip ? '127.0.0.1' : peer.ip;
    const path = request.target.split('?')[0] ?? '/';
    const uptime = clock.now() - since;
    const route = http.routes.find((each) => fits(each, request.method, path, uptime, world));
    const answer = (): void => {
      if (route?.setsHealth !== undefined) health?.set(route.setsHealth.service, route.setsHealth.status);
      const { status, size, headers, body } = answerOf(route);
      if (http.accessLog || http.site !== undefined)
        say('stdout', accessLogLine(request, { status, size }, client, clock.now()));
      exchange.respond({
        status,
        headers: { date: new Date(clock.now()).toUTCString(), ...headers },
        body: { type: 'text', text: body },
      });
    };
    const answerOf = (chosen: HttpRoute | undefined): SiteAnswer => {
      if (chosen === undefined && http.site !== undefined) return staticSite(http.site, request, world.files);
      const text = chosen?.body ?? NOT_FOUND;
      const body = fillIn(text, options, { http: exchange, client });
      const headers = { 'content-type': 'text/plain; charset=utf-8', ...chosen?.headers };
      return { status: chosen?.status ?? 404, size: utf8Encode(body).length, headers, body };
    };
    if (route !== undefined && route.work > 0) world.cpu.spend(route.work);
    if (route === undefined || route.latency === 0) answer();
    else clock.setTimeout(answer, route.latency);
  };
}
