import type { Pod } from '../api/types.ts';
import type { PodSandboxConfig } from '../cri/interface.ts';
import { metaOf, specOf } from './pod-accessors.ts';

export interface ClusterDns {
  readonly servers: readonly string[];
  /** e.g. `cluster.local`; '' for none. */
  readonly domain: string;
}

type DnsConfig = NonNullable<PodSandboxConfig['dnsConfig']>;

/**
 * What a Pod's resolv.conf says by its policy; undefined where it is the machine's. Models pkg/kubelet/network/dns (v1.34).
 */
export function podDnsConfig(pod: Pod, cluster: ClusterDns): DnsConfig | undefined {
  const { dnsPolicy = 'ClusterFirst', hostNetwork, dnsConfig } = specOf(pod);
  const isCluster =
    cluster.servers.length > 0 &&
    (dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true));
  if (!isCluster && dnsPolicy !== 'None') return undefined;
  const { domain } = cluster;
  const suffixes =
    isCluster && domain !== '' ? [`${metaOf(pod).namespace}.svc.${domain}`, `svc.${domain}`, domain] : [];
  const options = new Map<string, string>(isCluster ? [['ndots', 'ndots:5']] : []);
  for (const { name = '', value } of dnsConfig?.options ?? [])
    options.set(name, value === undefined || value === '' ? name : `${name}:${value}`);
  return {
    servers: [...new Set([...(isCluster ? cluster.servers : []), ...(dnsConfig?.nameservers ?? [])])],
    searches: [...new Set([...suffixes, ...(dnsConfig?.searches ?? [])])],
    options: [...options.values()],
  };
}
