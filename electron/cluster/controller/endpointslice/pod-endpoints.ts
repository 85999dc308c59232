import { nameOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import { canonicalText } from '../../apimachinery/names.ts';
import type { Node, Pod, Service } from '../../api/types.ts';
import {
  belongsInEndpoints,
  endpointHostname,
  findPort,
  isHeadless,
  podAddresses,
} from '../endpoints/service-pods.ts';
import { isPodReady } from '../pod-status.ts';
import type { AddressType, EndpointGroup, SliceEndpoint, SlicePort } from './slice-reconciler.ts';

const zoneLabel = 'topology.kubernetes.io/zone';

/** The endpoints of a Service's Pods by their ports; one empty group where there are none. Models reconciler.go reconcileByAddressType (v1.34). */
export function podEndpoints(
  service: Service,
  pods: readonly Pod[],
  nodeOf: (name: string) => Node | undefined,
): EndpointGroup[] {
  return addressTypes(service).flatMap((addressType) => {
    const groups = new Map<
      string,
      { addressType: AddressType; ports: SlicePort[]; endpoints: SliceEndpoint[] }
    >();
    for (const pod of pods) {
      if (!belongsInEndpoints(pod, true)) continue;
      const node = nodeOf(pod.spec?.nodeName ?? '');
      // The node went, or is not seen yet: the Pod is looked at again when it changes.
      if (node === undefined && (pod.spec?.nodeName ?? '') !== '') continue;
      const addresses = podAddresses(pod).filter((ip) => ip.includes(':') === (addressType === 'IPv6'));
      if (addresses.length === 0) continue;
      const ports = portsOf(service, pod);
      const key = canonicalText(ports);
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      group.endpoints.push(endpointOf(service, pod, node, addresses));
      groups.set(key, group);
    }
    // Names what there will be, so that it can be told from slices not made yet.
    return groups.size === 0 ? [{ addressType, ports: [], endpoints: [] }] : [...groups.values()];
  });
}

function addressTypes({ spec }: Service): AddressType[] {
  const families = spec?.ipFamilies ?? [];
  return families.length === 0 ? ['IPv4'] : families.map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'));
}

function portsOf(service: Service, pod: Pod): SlicePort[] {
  const ports = service.spec?.ports ?? [];
  // A headless Service needs no ports, and then its endpoints have all.
  if (ports.length === 0 && isHeadless(service)) return [];
  return ports.flatMap((servicePort) => {
    const port = findPort(pod, servicePort);
    if (port === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    return [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function endpointOf(
  service: Service,
  pod: Pod,
  node: Node | undefined,
  addresses: readonly string[],
): SliceEndpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata?.deletionTimestamp !== undefined;
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const zone = node?.metadata?.labels?.[zoneLabel];
  const hostname = endpointHostname(pod, service);
  return {
    addresses: addresses.slice(0, 1),
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(node === undefined ? {} : { nodeName: nameOf(node) }),
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: uidOf(pod) },
    ...(zone === undefined ? {} : { zone }),
  };
}
