import type { Clock } from '../../../base/clock.ts';
import type { ComponentStatus, KubeList, KubeObject } from '../../api/types.ts';
import { StatusError } from '../../apimachinery/status.ts';
import { HttpCallError, HttpClientConnection } from '../../network/http-client.ts';
import type { HttpBody } from '../../network/http.ts';
import type { NetworkAccess } from '../../network/interface.ts';
import { DialError } from '../../network/interface.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import { negotiate } from '../endpoints/negotiation.ts';
import { buildPredicate } from '../endpoints/predicate.ts';
import { transformAnswer } from '../endpoints/read-handlers.ts';
import { respondObject } from '../endpoints/responder.ts';
import type { ServedResource } from '../endpoints/served-resource.ts';

/** Virtual milliseconds. Models probeTimeOut (v1.34). */
const PROBE_TIMEOUT = 20_000;

/** Upstream takes these ports for granted, on its own machine. */
const PORTS: Readonly<Record<string, number>> = { 'controller-manager': 10_257, scheduler: 10_259 };

export interface ComponentStatusOptions {
  readonly net: NetworkAccess;
  readonly clock: Clock;
  /** What is wrong with etcd; undefined when it answers. */
  etcdProblem(): Promise<string | undefined>;
}

interface ProbeResult {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly message: string;
  readonly error?: string;
}

const textOf = (body: HttpBody | undefined): string => {
  if (body === undefined || body.type === 'object') return '';
  return body.type === 'text' ? body.text : new TextDecoder().decode(body.bytes);
};

async function probe({ net, clock }: ComponentStatusOptions, port: number): Promise<ProbeResult> {
  const url = `https://127.0.0.1:${port}/healthz`;
  try {
    const connection = new HttpClientConnection(
      await net.dial({ host: '127.0.0.1', port }, { protocol: 'https' }),
      clock,
    );
    const answer = await connection.call(
      { method: 'GET', target: '/healthz', headers: {} },
      { timeout: PROBE_TIMEOUT },
    );
    connection.connection.close();
    const message = textOf(answer.body);
    return { status: answer.status >= 200 && answer.status < 400 ? 'True' : 'False', message };
  } catch (error) {
    if (!(error instanceof DialError || error instanceof HttpCallError)) throw error;
    return { status: 'False', message: `Get "${url}": ${error.message}` };
  }
}

async function probeEtcd(options: ComponentStatusOptions): Promise<ProbeResult> {
  const problem = await options.etcdProblem();
  return problem === undefined
    ? { status: 'True', message: 'ok' }
    : { status: 'False', message: problem, error: problem };
}

function componentStatus(name: string, result: ProbeResult): ComponentStatus {
  return {
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: { name },
    conditions: [{ type: 'Healthy', ...result }],
  };
}

/** Asks the scheduler, the controller manager and etcd how they are, as each read asks. Models REST of componentstatus (v1.34). */
export function serveComponentStatuses(
  options: ComponentStatusOptions,
): NonNullable<ServedResource['review']> {
  const probes = new Map<string, () => Promise<ProbeResult>>([
    ...Object.entries(PORTS).map(([name, port]) => [name, () => probe(options, port)] as const),
    ['etcd-0', () => probeEtcd(options)],
  ]);
  const read = async (request: ApiRequest, resource: ServedResource): Promise<KubeObject | KubeList> => {
    const { name, query, verb } = request.info;
    if (verb === 'get') {
      const ask = probes.get(name);
      if (ask === undefined) throw new StatusError(500, undefined, `Component not found: ${name}`);
      return componentStatus(name, await ask());
    }
    const predicate = buildPredicate(
      resource.strategy,
      '',
      query.get('labelSelector') ?? '',
      query.get('fieldSelector') ?? '',
    );
    const all = await Promise.all(
      [...probes].map(async ([component, ask]) => componentStatus(component, await ask())),
    );
    const items = all.filter((item) => predicate.matches(item));
    return { kind: resource.strategy.listKind, apiVersion: 'v1', metadata: {}, items };
  };
  return async (request, resource) => {
    const { info, exchange, trail } = request;
    const { mediaType, transform } = negotiate(exchange.request.headers['accept'], {
      transforms: true,
      yaml: true,
    });
    const value = await read(request, resource);
    respondObject(exchange, info.query, trail, {
      status: 200,
      value: transformAnswer(value, transform, resource, request),
      mediaType,
    });
  };
}
