import { deepEqual } from '../../apimachinery/deep-equal.ts';
import type { IntOrString } from '../../apimachinery/int-or-string.ts';
import { matchesLabels, selectorFromSet } from '../../apimachinery/labels.ts';
import { namespaceOf } from '../../apimachinery/meta.ts';
import type { Pod, Service, ServicePort } from '../../api/types.ts';
import { objectKey } from '../../client/object-key.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import { isPodFinished, isPodReady } from '../pod-status.ts';

/** Calls `changed` with the key of each Service that changes, or whose endpoints a change of a Pod may touch. Models endpointslice/util GetServicesToUpdateOnPodChange (v1.34). */
export function watchServices(
  services: SharedInformer<Service>,
  pods: SharedInformer<Pod>,
  changed: (key: string) => void,
): void {
  const add = (service: Service): void => changed(objectKey(service));
  services.addEventHandler({ onAdd: add, onUpdate: (_, service) => add(service), onDelete: add });
  const tell = (...seen: readonly Pod[]): void => {
    for (const service of services.lister.namespace(namespaceOf(seen[0] as Pod)))
      if (seen.some((pod) => selects(service, pod))) changed(objectKey(service));
  };
  pods.addEventHandler({
    onAdd: (pod) => tell(pod),
    onUpdate: (old, pod) => {
      if (!looksSame(old, pod)) tell(old, pod);
    },
    onDelete: (pod) => tell(pod),
  });
}

/** The Pods that a Service selects; none without a selector. */
export function podsOf(service: Service, pods: SharedInformer<Pod>): Pod[] {
  return pods.lister.namespace(namespaceOf(service)).filter((pod) => selects(service, pod));
}

/** Has endpoints that its selector makes. */
export function hasSelector(service: Service): boolean {
  return service.spec?.selector !== undefined && service.spec.type !== 'ExternalName';
}

function selects(service: Service, pod: Pod): boolean {
  const selector = service.spec?.selector;
  return selector !== undefined && matchesLabels(selectorFromSet(selector), pod.metadata?.labels);
}

/** Whether nothing of a Pod that shows in endpoints has changed. */
function looksSame(old: Pod, pod: Pod): boolean {
  return (
    deepEqual(old.metadata?.labels, pod.metadata?.labels) &&
    (old.metadata?.deletionTimestamp === undefined) === (pod.metadata?.deletionTimestamp === undefined) &&
    old.spec?.nodeName === pod.spec?.nodeName &&
    old.spec?.hostname === pod.spec?.hostname &&
    old.spec?.subdomain === pod.spec?.subdomain &&
    old.status?.podIP === pod.status?.podIP &&
    deepEqual(old.status?.podIPs, pod.status?.podIPs) &&
    isPodReady(old) === isPodReady(pod) &&
    isPodFinished(old) === isPodFinished(pod)
  );
}

/** Models endpointslice/util ShouldPodBeInEndpoints (v1.34). */
export function belongsInEndpoints(pod: Pod, withTerminating: boolean): boolean {
  if (isPodFinished(pod) || podAddresses(pod).length === 0) return false;
  return withTerminating || pod.metadata?.deletionTimestamp === undefined;
}

export function podAddresses(pod: Pod): readonly string[] {
  const { podIP, podIPs } = pod.status ?? {};
  const many = (podIPs ?? []).map(({ ip }) => ip);
  return many.length > 0 ? many : podIP === undefined || podIP === '' ? [] : [podIP];
}

export function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None';
}

/** The Pod's name in DNS under a headless Service that is its subdomain. Models endpointslice/util ShouldSetHostname. */
export function endpointHostname(pod: Pod, service: Service): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {};
  const own = (hostname ?? '') !== '' && subdomain === service.metadata?.name;
  return own && namespaceOf(pod) === namespaceOf(service) ? hostname : undefined;
}

/** The number of the port that a Service's target names in this Pod, if it has one. Models pkg/api/pod FindPort (v1.34). */
export function findPort(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort as IntOrString | undefined;
  if (typeof target !== 'string') return target === undefined || target === 0 ? port.port : target;
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const container of [...(pod.spec?.containers ?? []), ...sidecars]) {
    for (const { name, protocol = 'TCP', containerPort } of container.ports ?? [])
      if (name === target && protocol === (port.protocol ?? 'TCP')) return containerPort;
  }
  return undefined;
}
