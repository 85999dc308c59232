import { StatusError } from '../errors.ts';
import { getObject } from '../objects.ts';
import { annotationLines, formatSelector, header, labelLines } from './common.ts';
import { eventLines } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import { endpointText, slicesOf } from './service.ts';
import type {
  Endpoints,
  EndpointSlice,
  Ingress,
  IngressBackend,
  IngressClass,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Service,
} from './types.ts';
import { DescribeWriter } from './writer.ts';

async function backendText(target: DescribeTarget, backend: IngressBackend): Promise<string> {
  const { service, resource } = backend;
  if (!service)
    return resource
      ? `APIGroup: ${resource.apiGroup ?? '<nil>'}, Kind: ${resource.kind}, Name: ${resource.name}`
      : '';
  const port = service.port?.name || String(service.port?.number ?? 0);
  const text = `${service.name}:${port}`;
  const mapping = (await target.session.mapper()).find('services');
  if (!mapping) return text;
  try {
    const object = (await getObject(
      target.session,
      mapping,
      target.namespace,
      service.name,
    )) as unknown as Service;
    const chosen = object.spec?.ports?.find(
      (each) => String(each.port) === port || (each.name !== undefined && each.name === port),
    );
    return `${text} (${endpointText(await slicesOf(target, service.name), chosen?.name ?? '')})`;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return `${text} (<error: ${error.message}>)`;
  }
}

export async function describeIngress(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as Ingress;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  const addresses = (status?.loadBalancer?.ingress ?? []).map((each) => each.ip || (each.hostname ?? ''));
  out.line(0, `Address:\t${addresses.join(',')}`);
  out.line(0, `Ingress Class:\t${spec?.ingressClassName ?? '<none>'}`);
  const fallback = spec?.defaultBackend ? await backendText(target, spec.defaultBackend) : '<default>';
  out.line(0, `Default backend:\t${fallback}`);
  if (spec?.tls?.length) {
    out.line(0, 'TLS:');
    for (const { secretName, hosts } of spec.tls)
      out.line(
        1,
        secretName
          ? `${secretName} terminates ${(hosts ?? []).join(',')}`
          : `SNI routes ${(hosts ?? []).join(',')}`,
      );
  }
  out.write(0, 'Rules:\n  Host\tPath\tBackends\n');
  out.line(1, '----\t----\t--------');
  const rules = (spec?.rules ?? []).filter((rule) => rule.http);
  for (const rule of rules) {
    out.line(1, `${rule.host || '*'}\t`);
    for (const path of rule.http?.paths ?? [])
      out.line(2, `\t${path.path ?? ''} \t${await backendText(target, path.backend)}`);
  }
  if (rules.length === 0) out.line(1, `*\t*\t${fallback}`);
  annotationLines(out, metadata?.annotations);
  await eventLines(out, target);
  return out.finish();
}

export async function describeIngressClass(target: DescribeTarget): Promise<string> {
  const { metadata, spec } = target.object as unknown as IngressClass;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `Controller:\t${spec?.controller ?? ''}`);
  if (spec?.parameters) {
    out.line(0, 'Parameters:');
    if (spec.parameters.apiGroup) out.line(1, `APIGroup:\t${spec.parameters.apiGroup}`);
    out.line(1, `Kind:\t${spec.parameters.kind}`);
    out.line(1, `Name:\t${spec.parameters.name}`);
  }
  await eventLines(out, target);
  return out.finish();
}

export async function describeEndpoints(target: DescribeTarget): Promise<string> {
  const { metadata, subsets } = target.object as unknown as Endpoints;
  const out = new DescribeWriter();
  header(out, metadata);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, 'Subsets:');
  for (const subset of subsets ?? []) {
    const list = (addresses: readonly { ip: string }[] | undefined): string =>
      (addresses ?? []).map(({ ip }) => ip).join(',') || '<none>';
    out.line(1, `Addresses:\t${list(subset.addresses)}`);
    out.line(1, `NotReadyAddresses:\t${list(subset.notReadyAddresses)}`);
    if (subset.ports?.length) {
      out.line(1, 'Ports:');
      out.line(2, 'Name\tPort\tProtocol');
      out.line(2, '----\t----\t--------');
      for (const port of subset.ports)
        out.line(2, `${port.name || '<unset>'}\t${port.port}\t${port.protocol ?? ''}`);
    }
    out.line(0, '');
  }
  await eventLines(out, target);
  return out.finish();
}

export async function describeEndpointSlice(target: DescribeTarget): Promise<string> {
  const slice = target.object as unknown as EndpointSlice;
  const out = new DescribeWriter();
  header(out, slice.metadata);
  labelLines(out, 'Labels', slice.metadata?.labels);
  annotationLines(out, slice.metadata?.annotations);
  out.line(0, `AddressType:\t${slice.addressType}`);
  if (!slice.ports?.length) out.line(0, 'Ports: <unset>');
  else {
    out.line(0, 'Ports:');
    out.line(1, 'Name\tPort\tProtocol');
    out.line(1, '----\t----\t--------');
    for (const port of slice.ports)
      out.line(1, `${port.name || '<unset>'}\t${port.port ?? '<unset>'}\t${port.protocol ?? ''}`);
  }
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length === 0) out.line(0, 'Endpoints: <none>');
  else out.line(0, 'Endpoints:');
  for (const each of endpoints) {
    out.line(1, `- Addresses:\t${each.addresses.join(', ') || '<none>'}`);
    out.line(2, 'Conditions:');
    out.line(3, `Ready:\t${each.conditions?.ready ?? '<unset>'}`);
    out.line(2, `Hostname:\t${each.hostname ?? '<unset>'}`);
    if (each.targetRef) out.line(2, `TargetRef:\t${each.targetRef.kind ?? ''}/${each.targetRef.name ?? ''}`);
    out.line(2, `NodeName:\t${each.nodeName ?? '<unset>'}`);
    out.line(2, `Zone:\t${each.zone ?? '<unset>'}`);
  }
  await eventLines(out, target);
  return out.finish();
}

/** Models `describeNetworkPolicySpec`. */
export function describeNetworkPolicy(target: DescribeTarget): Promise<string> {
  const { metadata, spec } = target.object as unknown as NetworkPolicy;
  const out = new DescribeWriter();
  header(out, metadata);
  const created = new Date(metadata?.creationTimestamp ?? 0).toISOString();
  out.line(0, `Created on:\t${created.slice(0, 10)} ${created.slice(11, 19)} +0000 UTC`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, 'Spec:');
  const selector = formatSelector(spec?.podSelector);
  out.line(
    1,
    `PodSelector:     ${selector === '<none>' ? '<none> (Allowing the specific traffic to all pods in this namespace)' : selector}`,
  );
  const types = spec?.policyTypes ?? [];
  if (types.includes('Ingress')) {
    out.line(1, 'Allowing ingress traffic:');
    ruleLines(
      out,
      'ingress',
      (spec?.ingress ?? []).map((rule) => ({ ports: rule.ports, peers: rule.from })),
    );
  } else out.line(1, 'Not affecting ingress traffic');
  if (types.includes('Egress')) {
    out.line(1, 'Allowing egress traffic:');
    ruleLines(
      out,
      'egress',
      (spec?.egress ?? []).map((rule) => ({ ports: rule.ports, peers: rule.to })),
    );
  } else out.line(1, 'Not affecting egress traffic');
  out.line(1, `Policy Types: ${types.join(', ')}`);
  return Promise.resolve(out.finish());
}

interface TrafficRule {
  readonly ports: readonly NetworkPolicyPort[] | undefined;
  readonly peers: readonly NetworkPolicyPeer[] | undefined;
}

function ruleLines(out: DescribeWriter, way: 'ingress' | 'egress', rules: readonly TrafficRule[]): void {
  if (rules.length === 0) return out.line(2, `<none> (Selected pods are isolated for ${way} connectivity)`);
  const [side, end] = way === 'ingress' ? ['From', 'source'] : ['To', 'destination'];
  rules.forEach(({ ports = [], peers = [] }, i) => {
    if (ports.length === 0) out.line(2, 'To Port: <any> (traffic allowed to all ports)');
    for (const port of ports)
      out.line(2, `To Port: ${String(port.port ?? '<any>')}/${port.protocol ?? 'TCP'}`);
    if (peers.length === 0) out.line(2, `${side}: <any> (traffic not restricted by ${end})`);
    for (const peer of peers) {
      out.line(2, `${side}:`);
      if (peer.namespaceSelector) out.line(3, `NamespaceSelector: ${formatSelector(peer.namespaceSelector)}`);
      if (peer.podSelector) out.line(3, `PodSelector: ${formatSelector(peer.podSelector)}`);
      if (peer.ipBlock) {
        out.line(3, 'IPBlock:');
        out.line(4, `CIDR: ${peer.ipBlock.cidr}`);
        out.line(4, `Except: ${(peer.ipBlock.except ?? []).join(', ')}`);
      }
    }
    if (i !== rules.length - 1) out.line(2, '----------');
  });
}
