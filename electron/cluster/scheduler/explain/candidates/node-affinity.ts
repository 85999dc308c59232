import type { NodeSelectorTerm } from '../../../api/helpers/node-selector.ts';
import { matchesNodeSelector, matchesNodeSelectorTerm } from '../../../api/helpers/node-selector.ts';
import type { Node } from '../../../api/types.ts';
import type { Change } from '../interface.ts';
import type { Proposer } from './interface.ts';

type Expression = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

/** Labels that the node lacks for the selector or for one of the terms, or what asks for them left out. */
export const proposeLabels: Proposer = ({ pod, node: { name, node } }) => {
  if (node === undefined) return [];
  const labels = node.metadata?.labels ?? {};
  const selector = pod.spec?.nodeSelector ?? {};
  const wrong = Object.entries(selector).find(([key, value]) => labels[key] !== value);
  if (wrong !== undefined) {
    const [key, value] = wrong;
    return [
      ...(isHostLabel(key) ? [] : [label(name, key, value)]),
      {
        target: 'pod',
        patch: { spec: { nodeSelector: { [key]: null } } },
        wording: { id: 'drop-node-selector', params: { selector: `${key}=${value}` } },
      },
    ];
  }
  const terms =
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (terms === undefined || matchesNodeSelector(terms, node)) return [];
  return [
    ...terms.flatMap((term: NodeSelectorTerm) => forTerm(term, node, name)),
    {
      target: 'pod',
      patch: {
        spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: null } } },
      },
      wording: { id: 'drop-node-affinity', params: {} },
    },
  ];
};

/** What the first expression of the term asks for that does not hold. */
export function forTerm(term: NodeSelectorTerm, node: Node, name: string): Change[] {
  const failing = (term.matchExpressions ?? []).find(
    (expression) => !matchesNodeSelectorTerm({ matchExpressions: [expression] }, node),
  );
  return failing === undefined ? [] : forExpression(failing, name);
}

/** By it a node is told from others: nobody gives it another value. */
export function isHostLabel(key: string): boolean {
  return key === 'kubernetes.io/hostname';
}

function forExpression({ key, operator, values = [] }: Expression, name: string): Change[] {
  if (isHostLabel(key)) return [];
  switch (operator) {
    case 'In':
      return values.map((value) => label(name, key, value));
    case 'Exists':
      return [label(name, key, '')];
    case 'DoesNotExist':
    case 'NotIn':
      return [
        {
          target: 'node',
          name,
          patch: { metadata: { labels: { [key]: null } } },
          wording: { id: 'unlabel-node', params: { node: name, key } },
        },
      ];
    case 'Gt':
      return [label(name, key, String(Number(values[0]) + 1))];
    case 'Lt':
      return [label(name, key, String(Number(values[0]) - 1))];
    default:
      return [];
  }
}

export function label(name: string, key: string, value: string): Change {
  return {
    target: 'node',
    name,
    patch: { metadata: { labels: { [key]: value } } },
    wording: { id: 'label-node', params: { node: name, label: `${key}=${value}` } },
  };
}
