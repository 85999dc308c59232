import { listObjects } from '../objects.ts';
import { StatusError } from '../errors.ts';
import { labelText } from '../printers/table.ts';
import { annotationLines, labelLines } from './common.ts';
import { eventLines } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import type { EndpointSlice, Service } from './types.ts';
import { DescribeWriter } from './writer.ts';

/** The slices of a service of the target's namespace; none when they cannot be had. */
export async function slicesOf(target: DescribeTarget, service = target.name): Promise<EndpointSlice[]> {
  const mapping = (await target.session.mapper()).find('endpointslices.discovery.k8s.io');
  if (!mapping) return [];
  try {
    return (await listObjects(target.session, mapping, target.namespace, {
      selector: `kubernetes.io/service-name=${service}`,
    })) as unknown as EndpointSlice[];
  } catch (error) {
    if (error instanceof StatusError) return [];
    throw error;
  }
}

/** Up to three addresses of the ready endpoints of one port. */
export function endpointText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const found: string[] = [];
  for (const slice of slices) {
    for (const port of slice.ports ?? []) {
      if ((port.name ?? '') !== portName) continue;
      for (const endpoint of slice.endpoints ?? []) {
        if (endpoint.conditions?.ready === false) continue;
        for (const address of endpoint.addresses)
          found.push(
            address.includes(':') ? `[${address}]:${port.port ?? ''}` : `${address}:${port.port ?? ''}`,
          );
      }
    }
  }
  return found.length > 3 ? `${found.slice(0, 3).join(',')} + ${found.length - 3} more...` : found.join(',');
}

export async function describeService(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as Service;
  const slices = await slicesOf(target);
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `Selector:\t${labelText(spec?.selector ?? {})}`);
  out.line(0, `Type:\t${spec?.type ?? ''}`);
  if (spec?.ipFamilyPolicy) out.line(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`);
  out.line(0, `IP Families:\t${spec?.ipFamilies?.length ? spec.ipFamilies.join(',') : '<none>'}`);
  out.line(0, `IP:\t${spec?.clusterIP ?? ''}`);
  out.line(0, `IPs:\t${spec?.clusterIPs?.length ? spec.clusterIPs.join(',') : '<none>'}`);
  if (spec?.externalIPs?.length) out.line(0, `External IPs:\t${spec.externalIPs.join(',')}`);
  if (spec?.loadBalancerIP) out.line(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`);
  if (spec?.externalName) out.line(0, `External Name:\t${spec.externalName}`);
  if (status?.loadBalancer?.ingress?.length) {
    out.line(
      0,
      `LoadBalancer Ingress:\t${status.loadBalancer.ingress.map((each) => (each.ip ? (each.ipMode ? `${each.ip} (${each.ipMode})` : each.ip) : (each.hostname ?? ''))).join(', ')}`,
    );
  }
  for (const port of spec?.ports ?? []) {
    const name = port.name || '<unset>';
    out.line(0, `Port:\t${name}\t${port.port}/${port.protocol ?? 'TCP'}`);
    out.line(0, `TargetPort:\t${String(port.targetPort ?? port.port)}/${port.protocol ?? 'TCP'}`);
    if (port.nodePort) out.line(0, `NodePort:\t${name}\t${port.nodePort}/${port.protocol ?? 'TCP'}`);
    out.line(0, `Endpoints:\t${endpointText(slices, port.name ?? '')}`);
  }
  out.line(0, `Session Affinity:\t${spec?.sessionAffinity ?? ''}`);
  if (spec?.externalTrafficPolicy) out.line(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}`);
  if (spec?.internalTrafficPolicy) out.line(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}`);
  if (spec?.healthCheckNodePort) out.line(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}`);
  if (spec?.loadBalancerSourceRanges?.length)
    out.line(0, `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges.join(',')}`);
  await eventLines(out, target);
  return out.finish();
}
