import type { Container, Pod, PodSpec, Probe, Volume } from '../../../types.ts';
import { parseImageName } from './image-name.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const DEFAULT_MODE = 0o644;
const TOKEN_EXPIRATION_SECONDS = 60 * 60;

/** Specs never change, and the same one comes again: in every Pod of a template, and with every status. */
const defaultedSpecs = new WeakMap<PodSpec, PodSpec>();

/** Defaults of a Pod. Models pkg/apis/core/v1 SetDefaults_Pod and what it includes (v1.34). */
export function defaultPod(pod: Pod): Pod {
  const spec = pod.spec ?? ({ containers: [] } as unknown as PodSpec);
  let defaulted = defaultedSpecs.get(spec);
  if (defaulted === undefined) {
    defaulted = defaultSpecOfPod(spec);
    defaultedSpecs.set(spec, defaulted);
    defaultedSpecs.set(defaulted, defaulted);
  }
  return defaulted === pod.spec ? pod : { ...pod, spec: defaulted };
}

function defaultSpecOfPod(spec: PodSpec): PodSpec {
  const defaulted = defaultPodSpec(spec) as Mutable<PodSpec>;
  if (defaulted.enableServiceLinks === undefined) defaulted.enableServiceLinks = true;
  // A body may lack them: that is for validation to say.
  if (defaulted.containers !== undefined)
    defaulted.containers = mapItems(defaulted.containers, requestsFromLimits);
  if (defaulted.initContainers !== undefined) {
    defaulted.initContainers = mapItems(defaulted.initContainers, requestsFromLimits);
  }
  return defaulted;
}

/** Defaults of a Pod's spec wherever it occurs, as in a template; gives a new object. */
export function defaultPodSpec(spec: PodSpec): PodSpec {
  const result: Mutable<PodSpec> = { ...spec };
  result.dnsPolicy ??= 'ClusterFirst';
  result.restartPolicy ??= 'Always';
  result.terminationGracePeriodSeconds ??= 30;
  result.schedulerName ??= 'default-scheduler';
  result.securityContext ??= {};
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  if (account !== undefined && account !== '') {
    result.serviceAccountName = account;
    result.serviceAccount = account;
  }
  const hostNetwork = spec.hostNetwork === true;
  const container = (item: Container): Container => defaultContainer(item, hostNetwork);
  if (spec.containers !== undefined) result.containers = spec.containers.map(container);
  if (spec.initContainers !== undefined) result.initContainers = spec.initContainers.map(container);
  if (spec.ephemeralContainers !== undefined) {
    result.ephemeralContainers = spec.ephemeralContainers.map((item) => container(item) as typeof item);
  }
  if (spec.volumes !== undefined) result.volumes = mapItems(spec.volumes, defaultVolume);
  return result;
}

function defaultContainer(container: Container, hostNetwork: boolean): Container {
  const result: Mutable<Container> = { ...container };
  result.terminationMessagePath ??= '/dev/termination-log';
  result.terminationMessagePolicy ??= 'File';
  result.imagePullPolicy ??= pullPolicyOf(container.image ?? '');
  result.resources ??= {};
  if (container.ports !== undefined) {
    result.ports = mapItems(container.ports, (port) => {
      const protocol = port.protocol ?? 'TCP';
      const hostPort = hostNetwork && (port.hostPort ?? 0) === 0 ? port.containerPort : port.hostPort;
      if (protocol === port.protocol && hostPort === port.hostPort) return port;
      return hostPort === undefined ? { ...port, protocol } : { ...port, protocol, hostPort };
    });
  }
  if (container.env !== undefined) {
    result.env = mapItems(container.env, (variable) => {
      const fieldRef = variable.valueFrom?.fieldRef;
      if (fieldRef === undefined || fieldRef.apiVersion !== undefined) return variable;
      return {
        ...variable,
        valueFrom: { ...variable.valueFrom, fieldRef: { ...fieldRef, apiVersion: 'v1' } },
      };
    });
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[name];
    if (probe !== undefined) result[name] = defaultProbe(probe);
  }
  const { lifecycle } = container;
  if (lifecycle !== undefined) {
    const handlers: Record<string, unknown> = { ...lifecycle };
    for (const name of ['postStart', 'preStop'] as const) {
      const handler = lifecycle[name];
      if (handler?.httpGet !== undefined)
        handlers[name] = { ...handler, httpGet: defaultHttpGet(handler.httpGet) };
    }
    result.lifecycle = handlers as typeof lifecycle;
  }
  return result;
}

/** Always for the tag `latest` (written or implied), else IfNotPresent, also where the name is malformed. */
function pullPolicyOf(image: string): string {
  return parseImageName(image)?.tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: Probe): Probe {
  const result: Mutable<Probe> = { ...probe };
  if ((probe.timeoutSeconds ?? 0) === 0) result.timeoutSeconds = 1;
  if ((probe.periodSeconds ?? 0) === 0) result.periodSeconds = 10;
  if ((probe.successThreshold ?? 0) === 0) result.successThreshold = 1;
  if ((probe.failureThreshold ?? 0) === 0) result.failureThreshold = 3;
  if (probe.httpGet !== undefined) result.httpGet = defaultHttpGet(probe.httpGet);
  if (probe.grpc !== undefined) result.grpc = { ...probe.grpc, service: probe.grpc.service ?? '' };
  return result;
}

function defaultHttpGet<T extends { readonly path?: string; readonly scheme?: string }>(action: T): T {
  const path = action.path === undefined || action.path === '' ? '/' : action.path;
  return { ...action, path, scheme: action.scheme ?? 'HTTP' };
}

function defaultVolume(volume: Volume): Volume {
  if (Object.keys(volume).every((name) => name === 'name')) return { ...volume, emptyDir: {} };
  for (const name of ['secret', 'configMap'] as const) {
    const source = volume[name];
    if (source !== undefined && source.defaultMode === undefined) {
      return { ...volume, [name]: { ...source, defaultMode: DEFAULT_MODE } };
    }
  }
  if (volume.hostPath !== undefined && volume.hostPath.type === undefined) {
    return { ...volume, hostPath: { ...volume.hostPath, type: '' } };
  }
  if (volume.downwardAPI !== undefined) {
    const { items } = volume.downwardAPI;
    const downwardAPI = {
      ...volume.downwardAPI,
      defaultMode: volume.downwardAPI.defaultMode ?? DEFAULT_MODE,
    };
    return {
      ...volume,
      downwardAPI: items === undefined ? downwardAPI : { ...downwardAPI, items: items.map(defaultFieldRef) },
    };
  }
  if (volume.projected !== undefined) return { ...volume, projected: defaultProjected(volume.projected) };
  return volume;
}

function defaultProjected(projected: NonNullable<Volume['projected']>): NonNullable<Volume['projected']> {
  const sources = projected.sources?.map((source) => {
    if (source.serviceAccountToken !== undefined) {
      const expirationSeconds = source.serviceAccountToken.expirationSeconds ?? TOKEN_EXPIRATION_SECONDS;
      return { ...source, serviceAccountToken: { ...source.serviceAccountToken, expirationSeconds } };
    }
    if (source.downwardAPI?.items !== undefined) {
      return {
        ...source,
        downwardAPI: { ...source.downwardAPI, items: source.downwardAPI.items.map(defaultFieldRef) },
      };
    }
    return source;
  });
  const defaultMode = projected.defaultMode ?? DEFAULT_MODE;
  return sources === undefined ? { ...projected, defaultMode } : { ...projected, defaultMode, sources };
}

function defaultFieldRef<
  T extends { readonly fieldRef?: { readonly apiVersion?: string; readonly fieldPath: string } },
>(item: T): T {
  if (item.fieldRef === undefined || item.fieldRef.apiVersion !== undefined) return item;
  return { ...item, fieldRef: { ...item.fieldRef, apiVersion: 'v1' } };
}

/** A limit without a request is the request too. */
function requestsFromLimits(container: Container): Container {
  const limits = container.resources?.limits;
  if (limits === undefined) return container;
  const requests = container.resources?.requests ?? {};
  let copy: Record<string, string> | undefined;
  for (const name in limits) {
    if (requests[name] !== undefined) continue;
    copy ??= { ...requests };
    copy[name] = limits[name] as string;
  }
  return copy === undefined
    ? container
    : { ...container, resources: { ...container.resources, requests: copy } };
}

/** `map` that keeps the array when no item changes. */
function mapItems<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  let copy: T[] | undefined;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index] as T;
    const changed = change(item);
    if (changed === item) continue;
    copy ??= [...items];
    copy[index] = changed;
  }
  return copy ?? items;
}
