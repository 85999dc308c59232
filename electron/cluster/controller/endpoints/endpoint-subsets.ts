import { canonicalText } from '../../apimachinery/names.ts';
import { nameOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import type { Endpoints, Pod, Service } from '../../api/types.ts';
import { isPodReady } from '../pod-status.ts';
import { belongsInEndpoints, endpointHostname, findPort, isHeadless, podAddresses } from './service-pods.ts';

export type EndpointSubset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<EndpointSubset['addresses']>[number];
type Port = NonNullable<EndpointSubset['ports']>[number];

/** An address on one port; without a port for a headless Service that has none. */
interface Endpoint {
  readonly address: Address;
  readonly port: Port | undefined;
  readonly ready: boolean;
}

/** The subsets of a Service's Endpoints. Models endpoint/endpoints_controller.go syncService (v1.34). */
export function endpointSubsets(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const anyway = service.spec?.publishNotReadyAddresses === true;
  const ports = service.spec?.ports ?? [];
  const endpoints: Endpoint[] = [];
  for (const pod of pods) {
    if (!belongsInEndpoints(pod, anyway)) continue;
    const address = addressOf(service, pod);
    if (address === undefined) continue;
    const ready = anyway || isPodReady(pod);
    if (ports.length === 0 && isHeadless(service)) endpoints.push({ address, port: undefined, ready });
    for (const servicePort of ports) {
      const number = findPort(pod, servicePort);
      if (number === undefined) continue;
      const { name, protocol = 'TCP', appProtocol } = servicePort;
      const port = {
        ...(name === undefined || name === '' ? {} : { name }),
        port: number,
        protocol,
        ...(appProtocol === undefined ? {} : { appProtocol }),
      };
      endpoints.push({ address, port, ready });
    }
  }
  return repack(endpoints);
}

function addressOf(service: Service, pod: Pod): Address | undefined {
  const six = service.spec?.ipFamilies?.[0] === 'IPv6';
  const ip = podAddresses(pod).find((address) => address.includes(':') === six);
  if (ip === undefined) return undefined;
  const nodeName = pod.spec?.nodeName;
  const hostname = endpointHostname(pod, service);
  return {
    ip,
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: uidOf(pod) },
  };
}

/** Ports with the same addresses share a subset. Models pkg/api/v1/endpoints RepackSubsets (v1.34); the order of subsets is ours (there a hash). */
function repack(endpoints: readonly Endpoint[]): EndpointSubset[] {
  const subsets = new Map<string, { ports: Port[]; members: readonly Endpoint[] }>();
  for (const members of Map.groupBy(endpoints, ({ port }) => canonicalText(port)).values()) {
    const once = new Map<string, Endpoint>();
    for (const member of members) {
      const key = canonicalText(member.address);
      if (!once.has(key) || member.ready) once.set(key, member);
    }
    const all = [...once.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(all.map(([address, { ready }]) => [address, ready]));
    const subset = subsets.get(key) ?? { ports: [], members: all.map(([, member]) => member) };
    const port = members[0]?.port;
    if (port !== undefined) subset.ports.push(port);
    subsets.set(key, subset);
  }
  return [...subsets.values()].map(({ ports, members }) => {
    const of = (ready: boolean): Address[] =>
      members
        .filter((member) => member.ready === ready)
        .map(({ address }) => address)
        .sort((a, b) => compareIPs(a.ip, b.ip) || (uidOfTarget(a) < uidOfTarget(b) ? -1 : 1));
    const [addresses, notReadyAddresses] = [of(true), of(false)];
    return {
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
      ...(ports.length === 0 ? {} : { ports: ports.sort(comparePorts) }),
    };
  });
}

function uidOfTarget({ targetRef }: Address): string {
  return targetRef?.uid ?? '';
}

function comparePorts(a: Port, b: Port): number {
  const [left, right] = [canonicalText(a), canonicalText(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** IPv4 by number, others by text. */
function compareIPs(a: string, b: string): number {
  if (a.includes(':') || b.includes(':')) return a < b ? -1 : a > b ? 1 : 0;
  const [left, right] = [a, b].map((ip) => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0));
  return (left as number) - (right as number);
}

const maxCapacity = 1000;

/** Cut to 1000 addresses, the ready ones first. Models truncateEndpoints (v1.34), which takes from each subset in proportion. */
export function truncate(subsets: readonly EndpointSubset[]): {
  subsets: EndpointSubset[];
  truncated: boolean;
} {
  let left = maxCapacity;
  let truncated = false;
  const take = (addresses: readonly Address[] | undefined): readonly Address[] | undefined => {
    if (addresses === undefined) return undefined;
    const taken = addresses.slice(0, left);
    if (taken.length < addresses.length) truncated = true;
    left -= taken.length;
    return taken.length === 0 ? undefined : taken;
  };
  const readies = subsets.map(({ addresses }) => take(addresses));
  const cut = subsets.map(({ ports, notReadyAddresses }, index) => {
    const addresses = readies[index];
    const others = take(notReadyAddresses);
    return {
      ...(addresses === undefined ? {} : { addresses }),
      ...(others === undefined ? {} : { notReadyAddresses: others }),
      ...(ports === undefined ? {} : { ports }),
    };
  });
  return {
    subsets: cut.filter(({ addresses, notReadyAddresses }) => addresses ?? notReadyAddresses),
    truncated,
  };
}
