import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { podInfo } from '../../framework/pod-info.ts';
import { termMatches } from '../../framework/affinity-terms.ts';
import type { Change } from '../interface.ts';
import { isMovable, removePod } from './other-pods.ts';
import type { Proposer, Refused } from './interface.ts';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
/** So many other Pods are proposed to go. */
const maxOthers = 5;

/** Leaves out a required term, or takes away a Pod of the same domain that stands against it. */
export const proposePodAffinity: Proposer = (refused) => {
  const [reason = ''] = refused.verdict.reasons;
  if (reason.includes('existing pods anti-affinity')) return others(refused);
  return reason.includes('anti-affinity')
    ? [...dropTerms(refused, 'podAntiAffinity', 'drop-pod-anti-affinity'), ...others(refused)]
    : dropTerms(refused, 'podAffinity', 'drop-pod-affinity');
};

function dropTerms(
  { pod }: Refused,
  kind: 'podAffinity' | 'podAntiAffinity',
  id: 'drop-pod-affinity' | 'drop-pod-anti-affinity',
): Change[] {
  const terms = pod.spec?.affinity?.[kind]?.[required] ?? [];
  return terms.map((term, index) => ({
    target: 'pod',
    patch: { spec: { affinity: { [kind]: { [required]: terms.filter((_, at) => at !== index) } } } },
    wording: { id, params: { topologyKey: term.topologyKey, index: String(index + 1) } },
  }));
}

/** Pods in a domain of the node that do not want this one near, or that it does not want near. */
function others({ pod, node, nodes }: Refused): Change[] {
  const asking = podInfo(pod);
  const against = (other: PodInfo, theirNode: NodeInfo): boolean => {
    const sameDomain = (key: string): boolean => {
      const [own, their] = [node, theirNode].map((one) => one.node?.metadata?.labels?.[key]);
      return own !== undefined && own === their;
    };
    return (
      (asking.affinity?.requiredAntiAffinity ?? []).some(
        (term) => sameDomain(term.topologyKey) && termMatches(term, other.pod, {}),
      ) ||
      (other.affinity?.requiredAntiAffinity ?? []).some(
        (term) => sameDomain(term.topologyKey) && termMatches(term, pod, {}),
      )
    );
  };
  const found: PodInfo[] = [];
  for (const theirs of nodes)
    for (const other of theirs.pods.values())
      if (isMovable(other) && against(other, theirs)) found.push(other);
  return found.slice(0, maxOthers).map(removePod);
}
