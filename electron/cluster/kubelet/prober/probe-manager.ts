import type { Container, ContainerStatus, Pod, Probe } from '../../api/types.ts';
import type { ComponentContext } from '../../client/component-context.ts';
import type { Container as RuntimeContainer } from '../../cri/interface.ts';
import { expand } from '../container-environment.ts';
import { isSidecar, metaOf, specOf, uidOf } from '../pod-accessors.ts';
import type { PodEvents } from '../pod-events.ts';
import type { ProbeVerdicts } from '../pod-actions.ts';
import { newest } from '../pod-status.ts';
import type { RuntimeCache } from '../runtime-cache.ts';
import type { HandlerDependencies, HandlerResult } from './handlers.ts';
import { execCommand, grpcHealth, httpGet, PortError, resolvePort, tcpSocket, urlOf } from './handlers.ts';
import type { ProbeOutcome, ProbeType } from './probe-worker.ts';
import { ProbeWorker } from './probe-worker.ts';

const TYPES: readonly ProbeType[] = ['startup', 'liveness', 'readiness'];
const TITLES: Readonly<Record<ProbeType, string>> = {
  startup: 'Startup',
  liveness: 'Liveness',
  readiness: 'Readiness',
};
/** How often one that cannot be carried out is tried at once. */
const ATTEMPTS = 3;

export interface ProbeManagerDependencies {
  readonly context: ComponentContext;
  readonly handlers: HandlerDependencies;
  readonly cache: RuntimeCache;
  readonly events: PodEvents;
  /** The Pod as it was seen last. */
  readonly pod: (uid: string) => Pod | undefined;
  /** What is known of a Pod's containers is another. */
  readonly changed: (uid: string) => void;
}

function probeOf(spec: Container, type: ProbeType): Probe | undefined {
  return spec[`${type}Probe`];
}

/** Probes the containers of the node's Pods. Models pkg/kubelet/prober (v1.34). */
export class ProbeManager {
  readonly #deps: ProbeManagerDependencies;
  /** By Pod, then `container type`. */
  readonly #workers = new Map<string, Map<string, ProbeWorker>>();

  constructor(deps: ProbeManagerDependencies) {
    this.#deps = deps;
  }

  /** Begins to probe a Pod that is to run; one that is known already goes on. */
  addPod(pod: Pod): void {
    const uid = uidOf(pod);
    if (this.#workers.has(uid)) return;
    const workers = new Map<string, ProbeWorker>();
    this.#workers.set(uid, workers);
    const { initContainers = [], containers } = specOf(pod);
    for (const spec of [...initContainers.filter(isSidecar), ...containers])
      for (const type of TYPES) {
        const probe = probeOf(spec, type);
        if (probe !== undefined)
          workers.set(`${spec.name} ${type}`, this.#worker(pod, spec, type, probe));
      } // prettier-ignore
  }

  removePod(uid: string): void {
    for (const worker of this.#workers.get(uid)?.values() ?? []) worker.stop();
    this.#workers.delete(uid);
  }

  /** The Pod is to end: only whether it is ready is still of interest. */
  stopLivenessAndStartup(uid: string): void {
    for (const [key, worker] of this.#workers.get(uid) ?? []) if (!key.endsWith(' readiness')) worker.stop();
  }

  /** What is known of a Pod's running containers. */
  verdicts(uid: string): ProbeVerdicts {
    return {
      failed: ({ id, config }) =>
        (['liveness', 'startup'] as const).find(
          (type) => this.#result(uid, config.metadata.name, type, id) === 'failure',
        ),
      isStarted: ({ id, config }) => this.#isStarted(uid, config.metadata.name, id),
    };
  }

  /** Whether a running container has started and is ready; if not, that is looked at at once. Models UpdatePodStatus. */
  judge(
    uid: string,
    { id, config }: RuntimeContainer,
  ): { readonly started: boolean; readonly ready: boolean } {
    const { name } = config.metadata;
    if (!this.#isStarted(uid, name, id)) return { started: false, ready: false };
    const worker = this.#workers.get(uid)?.get(`${name} readiness`);
    const ready = worker === undefined || worker.resultOf(id) === 'success';
    if (!ready) worker.trigger();
    return { started: true, ready };
  }

  #isStarted(uid: string, name: string, id: string): boolean {
    const worker = this.#workers.get(uid)?.get(`${name} startup`);
    return worker === undefined || worker.resultOf(id) === 'success';
  }

  #result(uid: string, name: string, type: ProbeType, id: string): ProbeOutcome | undefined {
    return this.#workers.get(uid)?.get(`${name} ${type}`)?.resultOf(id);
  }

  #worker(pod: Pod, spec: Container, type: ProbeType, probe: Probe): ProbeWorker {
    const { context, cache, changed } = this.#deps;
    const uid = uidOf(pod);
    const current = (): Pod => this.#deps.pod(uid) ?? pod;
    const known = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
    const before = known.find(({ name }) => name === spec.name);
    return new ProbeWorker(type, spec, probe, heldBefore(type, before), {
      context,
      pod: current,
      container: () => newest(cache.get(uid), spec.name),
      isStarted: ({ id }) => this.#isStarted(uid, spec.name, id),
      probe: (container) => this.#try(current(), spec, type, probe, container),
      changed: () => changed(uid),
    });
  }

  async #try(
    pod: Pod,
    spec: Container,
    type: ProbeType,
    probe: Probe,
    container: RuntimeContainer,
  ): Promise<'success' | 'failure' | undefined> {
    const { events, context } = this.#deps;
    let result: HandlerResult = { outcome: 'errored', error: '' };
    for (let attempt = 0; attempt < ATTEMPTS && result.outcome === 'errored'; attempt += 1)
      result = await this.#handle(pod, spec, probe, container);
    if (result.outcome === 'success') return 'success';
    if (result.outcome === 'warning') {
      events.container(
        pod,
        spec,
        'Warning',
        'ProbeWarning',
        `${TITLES[type]} probe warning: ${result.output}`,
      );
      return 'success';
    }
    const message =
      result.outcome === 'failure'
        ? `${TITLES[type]} probe failed: ${result.output}`
        : `${TITLES[type]} probe errored and resulted in unknown state: ${result.error}`;
    context.log.info('Probe failed', { pod: metaOf(pod).name, container: spec.name, output: message });
    events.container(pod, spec, 'Warning', 'Unhealthy', message);
    return result.outcome === 'failure' ? 'failure' : undefined;
  }

  async #handle(
    pod: Pod,
    spec: Container,
    probe: Probe,
    container: RuntimeContainer,
  ): Promise<HandlerResult> {
    const { handlers, cache } = this.#deps;
    const seconds = probe.timeoutSeconds ?? 1;
    const timeout = seconds * 1000;
    const podIp = specOf(pod).hostNetwork === true
      ? (pod.status?.hostIP ?? '')
      : (cache.get(uidOf(pod)).sandboxes[0]?.ip ?? ''); // prettier-ignore
    try {
      if (probe.exec !== undefined)
        return await execCommand(
          handlers,
          container.id,
          expanded(probe.exec.command ?? [], container),
          seconds,
        );
      if (probe.httpGet !== undefined)
        return await httpGet(handlers, urlOf(probe.httpGet, podIp, spec), probe.httpGet.httpHeaders, timeout);
      if (probe.tcpSocket !== undefined) {
        const { host = podIp, port } = probe.tcpSocket;
        return await tcpSocket(handlers, host === '' ? podIp : host, resolvePort(port, spec), timeout);
      }
      if (probe.grpc !== undefined) {
        const { port, service = '' } = probe.grpc;
        return await grpcHealth(handlers, { host: podIp, port }, service, timeout);
      }
      return { outcome: 'errored', error: `missing probe handler for ${metaOf(pod).name}:${spec.name}` };
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      return { outcome: 'errored', error: error.message };
    }
  }
}

/** `$(NAME)` of the container's environment, as in its own command. */
function expanded(command: readonly string[], container: RuntimeContainer): string[] {
  const values = new Map(container.config.envs.map(({ key, value }) => [key, value]));
  return command.map((text) => expand(text, values));
}

/** What a kubelet that was here before found out of the container that still runs. */
function heldBefore(type: ProbeType, status: ContainerStatus | undefined): string {
  if (status?.state?.running === undefined) return '';
  return (type === 'readiness' ? status.ready : status.started === true) ? idOf(status) : '';
}

const idOf = ({ containerID }: ContainerStatus): string => (containerID ?? '').replace(/^[a-z-]+:\/\//, '');
