import { untoleratedTaint } from '../../../api/helpers/tolerations.ts';
import type { Taint, Toleration } from '../../../api/types.ts';
import type { Change } from '../interface.ts';
import type { Proposer } from './interface.ts';

const unschedulableTaint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Tolerates the first taint that is not, or takes it off the node. */
export const proposeTolerations: Proposer = ({ pod, node }) => {
  const taints = node.node?.spec?.taints ?? [];
  const taint = untoleratedTaint(taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute']);
  if (taint === undefined) return [];
  return [
    tolerate(pod.spec?.tolerations, taint),
    {
      target: 'node',
      name: node.name,
      patch: { spec: { taints: taints.filter((one) => one !== taint) } },
      wording: { id: 'untaint', params: { node: node.name, taint: taintText(taint) } },
    },
  ];
};

/** Makes the node schedulable again, or tolerates that it is not. */
export const proposeUncordon: Proposer = ({ pod, node }) => {
  const taints = (node.node?.spec?.taints ?? []).filter(({ key }) => key !== unschedulableTaint.key);
  return [
    {
      target: 'node',
      name: node.name,
      patch: { spec: { unschedulable: null, taints } },
      wording: { id: 'uncordon', params: { node: node.name } },
    },
    tolerate(pod.spec?.tolerations, unschedulableTaint),
  ];
};

function tolerate(tolerations: readonly Toleration[] | undefined, taint: Taint): Change {
  const { key, value = '', effect } = taint;
  const toleration =
    value === '' ? { key, operator: 'Exists', effect } : { key, operator: 'Equal', value, effect };
  return {
    target: 'pod',
    patch: { spec: { tolerations: [...(tolerations ?? []), toleration] } },
    wording: { id: 'tolerate', params: { taint: taintText(taint) } },
  };
}

/** As `kubectl taint` takes it. */
function taintText({ key, value = '', effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`;
}
