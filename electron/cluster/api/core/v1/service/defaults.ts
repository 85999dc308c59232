import type { Service, ServicePort, ServiceSpec } from '../../../types.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const CLIENT_IP_TIMEOUT_SECONDS = 10800;

/** Defaults of a Service. Models pkg/apis/core/v1 SetDefaults_Service (v1.34). */
export function defaultService(service: Service): Service {
  const spec: Mutable<ServiceSpec> = { ...service.spec };
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (
    spec.sessionAffinity === 'ClientIP' &&
    spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined
  ) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: CLIENT_IP_TIMEOUT_SECONDS } };
  }
  spec.type ??= 'ClusterIP';
  if (spec.ports !== undefined) spec.ports = spec.ports.map(defaultPort);
  const { type } = spec;
  if (type === 'NodePort' || type === 'LoadBalancer') spec.externalTrafficPolicy ??= 'Cluster';
  if (type === 'NodePort' || type === 'LoadBalancer' || type === 'ClusterIP')
    spec.internalTrafficPolicy ??= 'Cluster';
  if (type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  return { ...service, spec };
}

function defaultPort(port: ServicePort): ServicePort {
  const { targetPort } = port;
  const unset = targetPort === undefined || targetPort === 0 || targetPort === '';
  return { ...port, protocol: port.protocol ?? 'TCP', targetPort: unset ? port.port : targetPort };
}

/** True when Services of this type have cluster IPs. */
export function needsClusterIP(spec: ServiceSpec | undefined): boolean {
  return spec?.type !== 'ExternalName';
}

export function needsNodePort(spec: ServiceSpec | undefined): boolean {
  return (
    spec?.type === 'NodePort' ||
    (spec?.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  );
}

/** Single-stack IPv4 and the list form of clusterIP. Models service/storage/alloc.go initIPFamilyFields (v1.34, one family). */
export function withIPFamilies(service: Service): Service {
  const { spec } = service;
  if (spec === undefined || !needsClusterIP(spec)) return service;
  const clusterIP = spec.clusterIP ?? spec.clusterIPs?.[0];
  return {
    ...service,
    spec: {
      ...spec,
      ...(clusterIP === undefined || clusterIP === ''
        ? {}
        : { clusterIP, clusterIPs: spec.clusterIPs ?? [clusterIP] }),
      ipFamilies: spec.ipFamilies ?? ['IPv4'],
      ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack',
    },
  };
}

/**
 * What was allocated before and not named in an update stays; what the new type cannot have and nobody
 * changed goes. Models patchAllocatedValues and dropTypeDependentFields (v1.34).
 */
export function carryOverAllocations(service: Service, old: Service): Service {
  const before = old.spec ?? {};
  const spec: Mutable<ServiceSpec> = { ...service.spec };
  if (needsClusterIP(spec) && needsClusterIP(before) && (spec.clusterIP ?? '') === '') {
    spec.clusterIP = before.clusterIP;
    spec.clusterIPs ??= before.clusterIPs;
  }
  const samePorts = JSON.stringify(nodePorts(spec)) === JSON.stringify(nodePorts(before));
  if (needsNodePort(spec) && needsNodePort(before)) {
    spec.ports = spec.ports?.map((port) => {
      if ((port.nodePort ?? 0) !== 0) return port;
      const known = before.ports?.find(
        (other) => other.port === port.port && other.protocol === port.protocol,
      )?.nodePort;
      return known === undefined ? port : { ...port, nodePort: known };
    });
  } else if (needsNodePort(before) && !needsNodePort(spec) && samePorts) {
    spec.ports = spec.ports?.map(({ nodePort: _dropped, ...port }) => port);
  }
  if (needsClusterIP(before) && !needsClusterIP(spec)) {
    if (spec.clusterIP === before.clusterIP) delete spec.clusterIP;
    delete spec.clusterIPs;
    delete spec.ipFamilies;
    delete spec.ipFamilyPolicy;
  }
  if (spec.type === 'ClusterIP' || spec.type === 'ExternalName') {
    if (spec.externalTrafficPolicy === before.externalTrafficPolicy) delete spec.externalTrafficPolicy;
  }
  if (spec.type === 'ExternalName') delete spec.internalTrafficPolicy;
  if (spec.type !== 'LoadBalancer' && before.type === 'LoadBalancer') {
    delete spec.allocateLoadBalancerNodePorts;
    if (spec.loadBalancerClass === before.loadBalancerClass) delete spec.loadBalancerClass;
  }
  return { ...service, spec };
}

function nodePorts(spec: ServiceSpec): number[] {
  return (spec.ports ?? []).map((port) => port.nodePort ?? 0);
}
