import { ageOf } from '../../../../apimachinery/duration.ts';
import { formatLabelSelector } from '../../../../apimachinery/labels.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration, withGeneration } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { NetworkPolicy, NetworkPolicyPort } from '../../../types.ts';
import { validateNetworkPolicy } from './validation.ts';

/** NetworkPolicies; nothing enforces them. Models pkg/registry/networking/networkpolicy (v1.34). */
export const NETWORK_POLICY_STRATEGY: KindStrategy<NetworkPolicy> = defineStrategy<NetworkPolicy>({
  ...described('networking.k8s.io/v1', 'networkpolicies'),
  applyDefaults: defaultNetworkPolicy,
  prepareForCreate: withFirstGeneration,
  prepareForUpdate: withGeneration,
  validate: validateNetworkPolicy,
  tableRow: (policy, now) => [
    policy.metadata?.name ?? '',
    formatLabelSelector(policy.spec?.podSelector ?? {}),
    ageOf(policy.metadata?.creationTimestamp, now),
  ],
});

/** Models SetDefaults_NetworkPolicy (v1.34). */
function defaultNetworkPolicy(policy: NetworkPolicy): NetworkPolicy {
  const { spec } = policy;
  if (spec === undefined) return policy;
  const withProtocol = <T extends { readonly ports?: readonly NetworkPolicyPort[] }>(rule: T): T =>
    rule.ports === undefined
      ? rule
      : { ...rule, ports: rule.ports.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' })) };
  const types = ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
  return {
    ...policy,
    spec: {
      ...spec,
      ...(spec.ingress === undefined ? {} : { ingress: spec.ingress.map(withProtocol) }),
      ...(spec.egress === undefined ? {} : { egress: spec.egress.map(withProtocol) }),
      policyTypes: spec.policyTypes ?? types,
    },
  };
}
