import type { ApiRequest } from './api-request.ts';
import { respondText } from './responder.ts';

/** One thing that must be so for the server to be healthy. */
export interface HealthCheck {
  readonly name: string;
  /** Which of the three endpoints ask it. */
  readonly endpoints: readonly ('healthz' | 'livez' | 'readyz')[];
  /** True when it is so. */
  check(): boolean | Promise<boolean>;
}

/**
 * `/healthz`, `/livez` and `/readyz`, each with `?verbose`, `?exclude=` and a path per check.
 * Models apiserver/pkg/server/healthz (v1.34). Returns false for a path that is none of these.
 */
export async function serveHealth(request: ApiRequest, checks: readonly HealthCheck[]): Promise<boolean> {
  const { info, exchange, trail } = request;
  const [, endpoint = '', single = '', ...more] = info.path.split('/');
  if ((endpoint !== 'healthz' && endpoint !== 'livez' && endpoint !== 'readyz') || more.length > 0)
    return false;
  const all = checks.filter((check) => check.endpoints.includes(endpoint));
  if (single !== '') {
    const one = all.find((check) => check.name === single);
    if (one === undefined) return false;
    if (await one.check()) respondText(exchange, trail, 200, 'ok');
    else respondText(exchange, trail, 500, 'internal server error: reason withheld\n');
    return true;
  }
  const excluded = new Set(info.query.getAll('exclude'));
  const lines: string[] = [];
  let failed = false;
  for (const check of all) {
    if (excluded.has(check.name)) {
      lines.push(`[+]${check.name} excluded: ok`);
    } else if (await check.check()) {
      lines.push(`[+]${check.name} ok`);
    } else {
      failed = true;
      lines.push(`[-]${check.name} failed: reason withheld`);
    }
  }
  if (failed) {
    respondText(exchange, trail, 500, `${lines.join('\n')}\n${endpoint} check failed\n`);
  } else if (info.query.has('verbose')) {
    respondText(exchange, trail, 200, `${lines.join('\n')}\n${endpoint} check passed\n`);
  } else {
    respondText(exchange, trail, 200, 'ok');
  }
  return true;
}
