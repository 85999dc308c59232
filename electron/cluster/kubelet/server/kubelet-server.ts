import type { Pod, PodStatus } from '../../api/types.ts';
import type { CriClient } from '../../cri/interface.ts';
import { CriError } from '../../cri/interface.ts';
import type { ProcessContext } from '../../machine/interface.ts';
import type { HttpExchange } from '../../network/http.ts';
import { HttpCallError, HttpClientConnection } from '../../network/http-client.ts';
import { listenHttp } from '../../network/http-server.ts';
import type { Peer } from '../../network/interface.ts';
import { DialError } from '../../network/interface.ts';
import { proxyUpgrade } from '../../network/proxy-stream.ts';
import { metaOf } from '../pod-accessors.ts';
import type { RuntimePod } from '../runtime-cache.ts';
import { newest } from '../pod-status.ts';
import { cadvisorMetrics, resourceMetrics } from '../stats/metrics-text.ts';
import type { NodeStats } from '../stats/node-stats.ts';
import { statsSummary } from '../stats/summary.ts';
import type { LogOptions } from './container-logs.ts';
import { containerForLogs, LogReader, LogsUnavailable } from './container-logs.ts';

export const KUBELET_PORT = 10_250;

/** What the server looks at. */
export interface KubeletServerOptions {
  readonly process: ProcessContext;
  readonly cri: CriClient;
  /** The configuration it runs with, for `/configz`. */
  readonly config: object;
  readonly nodeName: string;
  readonly stats: NodeStats;
  pods(): readonly Pod[];
  status(pod: Pod): PodStatus | undefined;
  runtime(pod: Pod): RuntimePod;
}

/** Groups whose certificates may ask: kubeadm's kube-apiserver-kubelet-client is in the first. */
const ADMITTED: readonly string[] = ['kubeadm:cluster-admins', 'system:masters'];

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  return text === null || text === '' ? undefined : Number(text);
}

const flag = (query: URLSearchParams, name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');

/** The kubelet's HTTPS server on 10250: logs, exec, attach, port-forward. Models pkg/kubelet/server (v1.34). */
export class KubeletServer {
  readonly #options: KubeletServerOptions;

  constructor(options: KubeletServerOptions) {
    this.#options = options;
  }

  /** @throws Error when the port is taken */
  listen(): void {
    const { process } = this.#options;
    listenHttp(process.net, KUBELET_PORT, (exchange, peer) => {
      process.go(() => this.#serve(exchange, peer));
    });
  }

  async #serve(exchange: HttpExchange, peer: Peer): Promise<void> {
    const { target } = exchange.request;
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
    const [verb = '', namespace = '', name = '', container = ''] = path
      .slice(1)
      .split('/')
      .map(decodeURIComponent);
    if (verb === 'healthz') return this.#text(exchange, 200, 'ok');
    // Authorization by SubjectAccessReview is not modelled: membership of these groups stands for it.
    const groups = peer.certificate?.organizations ?? [];
    if (peer.certificate === undefined) return this.#text(exchange, 401, 'Unauthorized');
    if (!groups.some((group) => ADMITTED.includes(group)))
      return this.#text(
        exchange,
        403,
        `Forbidden (user=${peer.certificate.commonName}, verb=${exchange.request.method === 'GET' ? 'get' : 'create'}, resource=nodes, subresource(s)=[proxy])\n`,
      );
    if (verb === 'pods' || verb === 'pods/') return this.#podList(exchange);
    if (verb === 'configz') return this.#object(exchange, { kubeletconfig: this.#options.config });
    if (verb === 'stats' && namespace === 'summary') return this.#stats(exchange, 'summary');
    if (verb === 'metrics' && (namespace === 'resource' || namespace === 'cadvisor'))
      return this.#stats(exchange, namespace);
    const known = ['containerLogs', 'exec', 'attach', 'portForward'].includes(verb);
    if (!known) return this.#text(exchange, 404, '404 page not found\n');
    const pod = this.#options
      .pods()
      .find((each) => metaOf(each).name === name && metaOf(each).namespace === namespace);
    if (pod === undefined)
      return this.#text(
        exchange,
        404,
        verb === 'containerLogs' ? `pod ${JSON.stringify(name)} does not exist\n` : 'pod does not exist',
      );
    if (verb === 'containerLogs') return this.#logs(exchange, pod, container, query);
    return this.#stream(exchange, verb, pod, container, query);
  }

  async #stats(exchange: HttpExchange, what: 'summary' | 'resource' | 'cadvisor'): Promise<void> {
    const { process, nodeName, stats } = this.#options;
    try {
      const pods = [...(await stats.pods()).values()];
      const [node, now] = [stats.node(), process.clock.now()];
      if (what === 'summary') {
        const images = await stats.images();
        const { system } = process.kernel.memory;
        const { bootedAt } = stats;
        this.#object(exchange, statsSummary({ nodeName, now, bootedAt, node, system, pods, images }));
      } else {
        const inputs = { node, pods, now };
        this.#text(
          exchange,
          200,
          what === 'resource' ? resourceMetrics(inputs) : cadvisorMetrics(inputs, process.machine.cpus),
        );
      }
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      this.#text(exchange, 500, `Internal Error: failed to list pod stats: ${error.message}`);
    }
  }

  #podList(exchange: HttpExchange): void {
    const items = this.#options
      .pods()
      .map((pod) => ({ ...pod, status: this.#options.status(pod) ?? pod.status }));
    this.#object(exchange, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items });
  }

  #object(exchange: HttpExchange, value: object): void {
    exchange.respond({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { type: 'object', value },
    });
  }

  #logs(exchange: HttpExchange, pod: Pod, name: string, query: URLSearchParams): void {
    const { process, runtime, status } = this.#options;
    const seconds = numberOf(query, 'sinceSeconds');
    const time = query.get('sinceTime');
    const options: LogOptions = {
      follow: flag(query, 'follow'),
      previous: flag(query, 'previous'),
      timestamps: flag(query, 'timestamps'),
      tailLines: numberOf(query, 'tailLines'),
      limitBytes: numberOf(query, 'limitBytes'),
      since:
        seconds !== undefined
          ? process.clock.now() - seconds * 1000
          : time === null
            ? undefined
            : Date.parse(time),
    };
    let id: string;
    try {
      id = containerForLogs(pod, status(pod), name, options.previous);
    } catch (error) {
      if (!(error instanceof LogsUnavailable)) throw error;
      this.#text(exchange, 400, error.message);
      return;
    }
    const { runtimeName } = runtime(pod);
    const containers = (): ReturnType<typeof runtime>['containers'] => runtime(pod).containers;
    const found = containers().find((candidate) => candidate.id === id);
    if (found === undefined) {
      this.#text(exchange, 200, `unable to retrieve container logs for ${runtimeName}://${id}`);
      return;
    }
    const reader = new LogReader(process.files, found.logPath, options);
    const present = reader.present();
    if (!options.follow) {
      this.#text(exchange, 200, present);
      return;
    }
    exchange.respond({ status: 200, headers: { 'content-type': 'text/plain' }, stream: true });
    const send = (text: string): void => {
      if (text !== '') exchange.sendItem({ type: 'text', text }, `${text.length} bytes of log`);
    };
    let over = false;
    const finish = (): void => {
      if (over) return;
      over = true;
      watch.dispose();
      timer.dispose();
      exchange.end();
    };
    const poll = (): void => {
      if (over) return;
      send(reader.more());
      const running = containers().some(
        (candidate) => candidate.id === id && candidate.state === 'CONTAINER_RUNNING',
      );
      if (!running || reader.exhausted) finish();
    };
    // Like upstream: told by the file system, and once a second to see whether the container still runs.
    const folder = found.logPath.slice(0, found.logPath.lastIndexOf('/'));
    const watch = process.files.watch(folder, poll);
    const timer = process.clock.setInterval(poll, 1_000);
    exchange.onCancel(() => {
      over = true;
      watch.dispose();
      timer.dispose();
    });
    send(present);
    if (reader.exhausted) finish();
  }

  async #stream(
    exchange: HttpExchange,
    verb: string,
    pod: Pod,
    name: string,
    query: URLSearchParams,
  ): Promise<void> {
    const { process, cri, runtime } = this.#options;
    const here = runtime(pod);
    try {
      let url: string;
      if (verb === 'portForward') {
        const sandbox = here.sandboxes.find((candidate) => candidate.state === 'SANDBOX_READY');
        if (sandbox === undefined)
          return this.#text(
            exchange,
            500,
            `pod not found ("${metaOf(pod).name}_${metaOf(pod).namespace}(${here.uid})")`,
          );
        ({ url } = await cri.call('PortForward', { podSandboxId: sandbox.id }));
      } else {
        const container = newest(here, name);
        if (container === undefined)
          return this.#text(exchange, 500, `container not found (${JSON.stringify(name)})`);
        const tty = flag(query, 'tty');
        const stdin = flag(query, 'input');
        const containerId = container.id;
        if (container.state !== 'CONTAINER_RUNNING')
          return this.#text(exchange, 500, `container not found (${JSON.stringify(name)})`);
        ({ url } =
          verb === 'exec'
            ? await cri.call('Exec', { containerId, cmd: query.getAll('command'), tty, stdin })
            : await cri.call('Attach', { containerId, tty, stdin }));
      }
      const { port, pathname } = new URL(url);
      const backend = new HttpClientConnection(
        await process.net.dial({ host: process.machine.name, port: Number(port) }, { protocol: 'https' }),
        process.clock,
      );
      const refused = await proxyUpgrade(exchange, backend, {
        method: 'POST',
        target: pathname,
        headers: { upgrade: 'leme-stream' },
      });
      if (refused !== undefined) this.#text(exchange, refused.status, refused.text);
    } catch (error) {
      if (!(error instanceof CriError || error instanceof DialError || error instanceof HttpCallError))
        throw error;
      this.#text(exchange, 500, error.message);
    }
  }

  #text(exchange: HttpExchange, status: number, text: string): void {
    exchange.respond({
      status,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: { type: 'text', text },
    });
  }
}
