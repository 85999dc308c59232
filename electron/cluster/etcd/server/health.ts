import type { HttpFrame, HttpRequest, HttpResponse } from '../../network/http.ts';
import type { Connection } from '../../network/interface.ts';
import { isEtcdError } from '../client/errors.ts';
import type { AlarmType } from '../client/maintenance.ts';
import type { EtcdServer } from './etcd-server.ts';
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from './metrics/prometheus-text.ts';
import { serverMetrics } from './metrics/server-metrics.ts';
import { isAtLeast, minorRelease } from './version.ts';

/**
 * `/health`, `/livez`, `/readyz`, `/metrics` and `/version` in HTTP, as the kubelet's probes and Prometheus ask for them.
 * Models server/etcdserver/api/etcdhttp. Healthy: no alarm, a leader, and a linearizable read works (with
 * `?serializable=true` a local one). Live: a local read works.
 */
export function serveHealthConnection(connection: Connection, server: EtcdServer): void {
  connection.onMessage((payload) => {
    const frame = payload as HttpFrame;
    if (frame.type !== 'request') return;
    const { call } = frame;
    answer(frame.request, server, (response) => {
      const reply: HttpFrame = { type: 'response', call, response };
      connection.send(reply, { phase: 'response', summary: String(response.status), call });
    });
  });
}

type Respond = (response: HttpResponse) => void;

const PATHS = ['/health', '/livez', '/readyz', '/metrics', '/version'];

function answer(request: HttpRequest, server: EtcdServer, respond: Respond): void {
  const { pathname, searchParams } = new URL(request.target, 'http://etcd');
  const { version } = server.options;
  const probes = isAtLeast(version, 3, 5);
  if (!PATHS.includes(pathname) || (!probes && (pathname === '/livez' || pathname === '/readyz'))) {
    respond(text(404, '404 page not found\n'));
  } else if (request.method !== 'GET') {
    respond(text(405, 'Method Not Allowed\n'));
  } else if (pathname === '/metrics') {
    respond({
      ...text(200, prometheusText(serverMetrics(server))),
      headers: { 'content-type': PROMETHEUS_CONTENT_TYPE },
    });
  } else if (pathname === '/version') {
    respond(json(200, versions(server)));
  } else if (pathname === '/livez') {
    read(server, true, (failure) => respond(checked([['serializable_read', failure]])));
  } else if (pathname === '/readyz') {
    const corrupt = server.alarms.has('CORRUPT') ? 'alarm activated: CORRUPT' : undefined;
    read(server, false, (failure) =>
      respond(
        checked([
          ['data_corruption', corrupt],
          ['linearizable_read', failure],
        ]),
      ),
    );
  } else health(server, searchParams, respond);
}

function versions(server: EtcdServer): object {
  const { version, cluster } = server.options;
  const agreed = cluster === undefined ? minorRelease(version) : (cluster.clusterVersion ?? 'not_decided');
  const plain = { etcdserver: version, etcdcluster: agreed };
  return isAtLeast(version, 3, 6) ? { ...plain, storage: agreed } : plain;
}

function read(server: EtcdServer, serializable: boolean, done: (failure: string | undefined) => void): void {
  server.call('Range', { key: 'a', limit: 1, serializable }, (outcome) => {
    if (!('error' in outcome)) {
      done(undefined);
      return;
    }
    const { error } = outcome;
    // That nobody said who asks is no illness.
    const refused = isEtcdError(error, 'userEmpty') || isEtcdError(error, 'permissionDenied');
    done(refused ? undefined : error.message);
  });
}

function checked(checks: readonly (readonly [string, string | undefined])[]): HttpResponse {
  const failed = checks.filter(([, failure]) => failure !== undefined);
  if (failed.length === 0) return text(200, 'ok\n');
  return text(503, failed.map(([name, failure]) => `[-]${name} failed: ${failure}\n`).join(''));
}

function health(server: EtcdServer, query: URLSearchParams, respond: Respond): void {
  const serializable = query.get('serializable') === 'true';
  const excluded = query.getAll('exclude');
  const withReason = isAtLeast(server.options.version, 3, 5);
  const end = (reason: string): void => {
    if (reason === '') server.health.success += 1;
    else server.health.failures += 1;
    const body = { health: reason === '' ? 'true' : 'false', ...(withReason ? { reason } : {}) };
    respond(json(reason === '' ? 200 : 503, body));
  };
  const alarm = server.alarms.get('NONE').find(({ alarm: type }) => !excluded.includes(type));
  if (alarm !== undefined) end(`ALARM ${alarm.alarm satisfies AlarmType}`);
  else if (!serializable && server.consensus.leader === '0') end('RAFT NO LEADER');
  else read(server, serializable, (failure) => end(failure === undefined ? '' : `RANGE ERROR:${failure}`));
}

function json(status: number, body: object): HttpResponse {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: { type: 'text', text: JSON.stringify(body) } };
}

function text(status: number, body: string): HttpResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return { status, headers, body: { type: 'text', text: body } };
}
