import type { Change } from '../interface.ts';
import { label } from './node-affinity.ts';
import type { Proposer } from './interface.ts';

/** So far `maxSkew` is raised. */
const maxRaise = 5;

/** Allows more skew, leaves a constraint out, or gives the node the label that the constraint counts by. */
export const proposeSpread: Proposer = ({ pod, node, nodes, verdict }) => {
  const constraints = pod.spec?.topologySpreadConstraints ?? [];
  const changes: Change[] = [];
  constraints.forEach((constraint, index) => {
    const { topologyKey, whenUnsatisfiable, maxSkew } = constraint;
    if (whenUnsatisfiable !== 'DoNotSchedule') return;
    if (verdict.reasons.some((reason) => reason.includes('missing required label'))) {
      if (node.node?.metadata?.labels?.[topologyKey] !== undefined) return;
      const domains = new Set(nodes.flatMap((one) => one.node?.metadata?.labels?.[topologyKey] ?? []));
      changes.push(...[...domains].slice(0, maxRaise).map((value) => label(node.name, topologyKey, value)));
    } else {
      for (let raised = maxSkew + 1; raised <= maxSkew + maxRaise; raised += 1) {
        changes.push({
          target: 'pod',
          patch: {
            spec: {
              topologySpreadConstraints: constraints.map((one, at) =>
                at === index ? { ...one, maxSkew: raised } : one,
              ),
            },
          },
          wording: {
            id: 'raise-max-skew',
            params: { topologyKey, from: String(maxSkew), to: String(raised) },
          },
        });
      }
    }
    changes.push({
      target: 'pod',
      patch: { spec: { topologySpreadConstraints: constraints.filter((_, at) => at !== index) } },
      wording: { id: 'drop-spread', params: { topologyKey } },
    });
  });
  return changes;
};
