import { quote } from '../go-format.ts';
import { formatDuration } from '../duration.ts';
import { parseQuantity } from '../quantity.ts';
import { longTime } from './common.ts';
import type { Container, ContainerState, ContainerStatus, EnvVar, Pod, Probe } from './types.ts';
import type { DescribeWriter } from './writer.ts';

/** How a value of a container is found out: only a real Pod can answer for `metadata.name`. */
export type FieldResolver = (env: EnvVar) => string;

export interface ContainerOptions {
  readonly title: string;
  readonly indent: string;
  readonly statuses?: readonly ContainerStatus[] | undefined;
  readonly resolve?: FieldResolver;
}

/** The containers of a Pod or template. Models `describeContainers`. */
export function containerLines(
  out: DescribeWriter,
  containers: readonly Container[] | undefined,
  options: ContainerOptions,
): void {
  const { title, indent, statuses } = options;
  const byName = new Map((statuses ?? []).map((status) => [status.name, status]));
  out.line(0, containers && containers.length > 0 ? `${indent}${title}:` : `${indent}${title}: <none>`);
  for (const container of containers ?? []) {
    const status = byName.get(container.name);
    const nameIndent = indent === '' ? '' : ' ';
    out.line(1, `${nameIndent}${container.name}:`);
    const pad = (text: string): void => out.line(0, `    ${text}`);
    if (status) pad(`Container ID:\t${status.containerID ?? ''}`);
    pad(`Image:\t${container.image ?? ''}`);
    if (status) pad(`Image ID:\t${status.imageID}`);
    portLines(container, pad);
    commandLines(out, 'Command', container.command);
    commandLines(out, 'Args', container.args);
    if (status) statusLines(out, status);
    resourceLines(out, container);
    probeLines(out, container);
    envFromLines(out, container);
    envLines(out, container, options.resolve);
    mountLines(out, container);
  }
}

function portLines(container: Container, pad: (text: string) => void): void {
  const ports = container.ports ?? [];
  const list = (pick: (port: (typeof ports)[number]) => number): string =>
    ports.map((port) => `${pick(port)}/${port.protocol ?? 'TCP'}`).join(', ') || '<none>';
  pad(`${ports.length > 1 ? 'Ports' : 'Port'}:\t${list((port) => port.containerPort)}`);
  pad(`${ports.length > 1 ? 'Host Ports' : 'Host Port'}:\t${list((port) => port.hostPort ?? 0)}`);
}

function commandLines(out: DescribeWriter, title: string, words: readonly string[] | undefined): void {
  if (!words || words.length === 0) return;
  out.line(2, `${title}:`);
  for (const word of words) for (const line of word.split('\n')) out.line(3, line);
}

function statusLines(out: DescribeWriter, status: ContainerStatus): void {
  stateLines(out, 'State', status.state);
  if (status.lastState?.terminated) stateLines(out, 'Last State', status.lastState);
  out.line(2, `Ready:\t${status.ready ? 'True' : 'False'}`);
  out.line(2, `Restart Count:\t${status.restartCount}`);
}

function stateLines(out: DescribeWriter, title: string, state: ContainerState | undefined): void {
  if (state?.running) {
    out.line(2, `${title}:\tRunning`);
    out.line(3, `Started:\t${longTime(state.running.startedAt)}`);
  } else if (state?.waiting) {
    out.line(2, `${title}:\tWaiting`);
    if (state.waiting.reason) out.line(3, `Reason:\t${state.waiting.reason}`);
  } else if (state?.terminated) {
    const { reason, message, exitCode, signal, startedAt, finishedAt } = state.terminated;
    out.line(2, `${title}:\tTerminated`);
    if (reason) out.line(3, `Reason:\t${reason}`);
    if (message) out.line(3, `Message:\t${message}`);
    out.line(3, `Exit Code:\t${exitCode}`);
    if (signal) out.line(3, `Signal:\t${signal}`);
    out.line(3, `Started:\t${longTime(startedAt)}`);
    out.line(3, `Finished:\t${longTime(finishedAt)}`);
  } else out.line(2, `${title}:\tWaiting`);
}

function resourceLines(out: DescribeWriter, container: Container): void {
  for (const [title, amounts] of [
    ['Limits', container.resources?.limits],
    ['Requests', container.resources?.requests],
  ] as const) {
    const names = Object.keys(amounts ?? {}).sort();
    if (names.length > 0) out.line(2, `${title}:`);
    for (const name of names) out.line(3, `${name}:\t${amounts?.[name] ?? ''}`);
  }
}

function probeLines(out: DescribeWriter, container: Container): void {
  if (container.livenessProbe) out.line(2, `Liveness:\t${probeText(container.livenessProbe)}`);
  if (container.readinessProbe) out.line(2, `Readiness:\t${probeText(container.readinessProbe)}`);
  if (container.startupProbe) out.line(2, `Startup:\t${probeText(container.startupProbe)}`);
}

/** `http-get http://:80/ delay=0s timeout=1s period=10s #success=1 #failure=3` */
export function probeText(probe: Probe): string {
  const attributes = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${attributes}`;
  if (probe.httpGet) {
    const { scheme, host, port, path } = probe.httpGet;
    const name = String(port) === '' ? '' : `:${String(port)}`;
    const tail = path ? (path.startsWith('/') ? path : `/${path}`) : '';
    return `http-get ${(scheme ?? 'HTTP').toLowerCase()}://${host ?? ''}${name}${tail} ${attributes}`;
  }
  if (probe.tcpSocket)
    return `tcp-socket ${probe.tcpSocket.host ?? ''}:${String(probe.tcpSocket.port)} ${attributes}`;
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${attributes}`;
  return `unknown ${attributes}`;
}

function envFromLines(out: DescribeWriter, container: Container): void {
  if (!container.envFrom?.length) return;
  out.line(2, 'Environment Variables from:');
  for (const source of container.envFrom) {
    const from = source.configMapRef ? 'ConfigMap' : 'Secret';
    const ref = source.configMapRef ?? source.secretRef;
    const optional = String(ref?.optional === true);
    if (source.prefix)
      out.line(3, `${ref?.name ?? ''}\t${from} with prefix '${source.prefix}'\tOptional: ${optional}`);
    else out.line(3, `${ref?.name ?? ''}\t${from}\tOptional: ${optional}`);
  }
}

function envLines(out: DescribeWriter, container: Container, resolve: FieldResolver | undefined): void {
  const env = container.env ?? [];
  out.line(2, env.length === 0 ? 'Environment:\t<none>' : 'Environment:');
  for (const each of env) {
    const from = each.valueFrom;
    if (!from) {
      const lines = (each.value ?? '').split('\n');
      lines.forEach((line, i) => {
        if (i === 0) out.line(3, `${each.name}:\t${line}`);
        else out.line(3, `\t${line}`);
      });
    } else if (from.fieldRef) {
      out.line(
        3,
        `${each.name}:\t${resolve?.(each) ?? ''} (${from.fieldRef.apiVersion ?? 'v1'}:${from.fieldRef.fieldPath})`,
      );
    } else if (from.resourceFieldRef) {
      out.line(
        3,
        `${each.name}:\t${resourceValue(container, from.resourceFieldRef.resource, from.resourceFieldRef.divisor)} (${from.resourceFieldRef.resource})`,
      );
    } else if (from.secretKeyRef) {
      out.line(
        3,
        `${each.name}:\t<set to the key '${from.secretKeyRef.key}' in secret '${from.secretKeyRef.name ?? ''}'>\tOptional: ${from.secretKeyRef.optional === true}`,
      );
    } else if (from.configMapKeyRef) {
      out.line(
        3,
        `${each.name}:\t<set to the key '${from.configMapKeyRef.key}' of config map '${from.configMapKeyRef.name ?? ''}'>\tOptional: ${from.configMapKeyRef.optional === true}`,
      );
    }
  }
}

function resourceValue(container: Container, resource: string, divisor: string | undefined): string {
  const [kind, name = ''] = [resource.split('.')[0], resource.split('.').slice(1).join('.')];
  const amount =
    kind === 'limits' ? container.resources?.limits?.[name] : container.resources?.requests?.[name];
  const value = parseQuantity(amount ?? '0') ?? 0;
  const by = parseQuantity(divisor && divisor !== '0' ? divisor : '1') ?? 1;
  if (amount === undefined && kind === 'limits') return `node allocatable`;
  return String(Math.ceil(value / by));
}

function mountLines(out: DescribeWriter, container: Container): void {
  const mounts = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  out.line(2, mounts.length === 0 ? 'Mounts:\t<none>' : 'Mounts:');
  for (const mount of mounts) {
    const flags = [mount.readOnly ? 'ro' : 'rw', ...(mount.subPath ? [`path=${quote(mount.subPath)}`] : [])];
    out.line(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})`);
  }
  const devices = [...(container.volumeDevices ?? [])].sort((a, b) => (a.devicePath < b.devicePath ? -1 : 1));
  if (devices.length > 0) out.line(2, 'Devices:');
  for (const device of devices) out.line(3, `${device.devicePath} from ${device.name}`);
}

/** Values a Pod knows about itself. Models `EnvValueRetriever`. */
export function podFields(pod: Pod): FieldResolver {
  return (env) => {
    const path = env.valueFrom?.fieldRef?.fieldPath ?? '';
    const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
    if (keyed)
      return (
        (keyed[1] === 'labels' ? pod.metadata?.labels : pod.metadata?.annotations)?.[keyed[2] ?? ''] ?? ''
      );
    switch (path) {
      case 'metadata.name':
        return pod.metadata?.name ?? '';
      case 'metadata.namespace':
        return pod.metadata?.namespace ?? '';
      case 'metadata.uid':
        return pod.metadata?.uid ?? '';
      case 'spec.nodeName':
        return pod.spec?.nodeName ?? '';
      case 'spec.serviceAccountName':
        return pod.spec?.serviceAccountName ?? '';
      case 'status.hostIP':
        return pod.status?.hostIP ?? '';
      case 'status.podIP':
        return pod.status?.podIP ?? '';
      default:
        return '';
    }
  };
}

export function secondsText(seconds: number): string {
  return formatDuration(seconds * 1000);
}
