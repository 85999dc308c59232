import type { Pod } from '../../api/types.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import { podKey } from '../framework/pod-info.ts';
import { applyChanges } from './apply-changes.ts';
import { proposers } from './candidates/registry.ts';
import type { Change, ChangeId, PluginVerdict, Remedy, Situation, WhyNot } from './interface.ts';
import type { NodeVerdicts } from './rerun.ts';
import { Rerun } from './rerun.ts';

/** Longest combination that is looked for, how many of one length are followed, and how many are tried at all. */
const maxChanges = 4;
const maxPlans = 12;
const maxTries = 200;
const maxRemedies = 6;

/** How much each change asks of people: what concerns the Pod alone comes first, what costs another Pod its place last. */
const costs: Partial<Record<ChangeId, number>> = {
  'drop-node-affinity': 2,
  'drop-pod-affinity': 2,
  'drop-pod-anti-affinity': 2,
  'drop-spread': 2,
  'drop-node-selector': 2,
  'label-node': 2,
  untaint: 3,
  'more-allocatable': 5,
  'remove-pod': 4,
  'claim-ask-less': 3,
  'free-volume': 4,
  'new-volume': 4,
  'bind-claim': 2,
  'volume-anywhere': 5,
  'label-volume': 5,
  'class-anywhere': 5,
  'class-waits': 5,
  'claim-many-pods': 5,
  'more-capacity': 6,
  'more-attachments': 6,
};

interface Plan {
  readonly changes: readonly Change[];
  readonly found: NodeVerdicts;
}

/**
 * What every filter says of a node, and the smallest sets of changes with which all of them let the Pod pass. Nothing
 * is worked out from texts: each set was tried by running the filters again on the changed situation.
 */
export function whyNot(from: Situation, pod: Pod, node: string): WhyNot | undefined {
  // The search of a large cluster may end before it comes to the node: here all are looked at.
  const situation: Situation = { world: from.world, beliefs: from.beliefs, profile: from.profile };
  const key = podKey(pod);
  const base = new Rerun(situation, key);
  const info = base.node(node);
  if (info === undefined) return undefined;
  const found = base.verdicts(pod, info);
  const { verdicts, before } = found;
  const head = { node, verdicts, before };
  if (refusal(found) === undefined) return { ...head, fits: true, remedies: [], complete: true };

  let plans: readonly Plan[] = [{ changes: [], found }];
  let tries = 0;
  const podUnder = (changes: readonly Change[]): Pod => applyChanges(situation, pod, changes).pod;
  const verdictsUnder = (changes: readonly Change[]): NodeVerdicts =>
    base.under(changes, () => base.verdicts(podUnder(changes), base.node(node) as NodeInfo));
  for (let length = 1; length <= maxChanges && plans.length > 0; length += 1) {
    const next: Plan[] = [];
    const solved: Plan[] = [];
    for (const plan of plans) {
      const proposed = base.under(plan.changes, () =>
        candidates(base, podUnder(plan.changes), node, plan.found),
      );
      for (const change of proposed) {
        if ((tries += 1) > maxTries) break;
        const changes = [...plan.changes, change];
        const now = { changes, found: verdictsUnder(changes) };
        if (refusal(now.found) === undefined) solved.push(now);
        else next.push(now);
      }
    }
    if (solved.length > 0) {
      const remedies = withoutWeaker(solved.sort((a, b) => cost(a) - cost(b)))
        .slice(0, maxRemedies)
        .map((plan) => prove(situation, pod, plan.changes));
      return { ...head, fits: false, remedies, complete: tries <= maxTries };
    }
    plans = next.sort((a, b) => refusals(a) - refusals(b) || cost(a) - cost(b)).slice(0, maxPlans);
  }
  return { ...head, fits: false, remedies: [], complete: tries <= maxTries && plans.length === 0 };
}

function prove(situation: Situation, pod: Pod, changes: readonly Change[]): Remedy {
  const changed = applyChanges(situation, pod, changes);
  return { changes, result: new Rerun(changed.situation, podKey(pod)).cycle(changed.pod) };
}

/** What may lift the first refusal; the others come after it, so that no set is tried in several orders. */
function candidates(run: Rerun, pod: Pod, name: string, found: NodeVerdicts): readonly Change[] {
  const verdict = refusal(found);
  const node = run.node(name);
  if (verdict === undefined || node === undefined) return [];
  return proposers[verdict.plugin]?.({ pod, node, verdict, nodes: run.nodes, objects: run.objects }) ?? [];
}

function refusal({ verdicts, before }: NodeVerdicts): PluginVerdict | undefined {
  return before ?? verdicts.find(({ code }) => code !== undefined);
}

function refusals({ found: { verdicts, before } }: Plan): number {
  return before === null ? verdicts.filter(({ code }) => code !== undefined).length : Number.MAX_SAFE_INTEGER;
}

function cost({ changes }: Plan): number {
  return changes.reduce((sum, { wording }) => sum + (costs[wording.id] ?? 1), 0);
}

/** Changes that are proposed in several strengths, by what they are about. */
const graded: Partial<Record<ChangeId, readonly string[]>> = {
  'raise-max-skew': ['topologyKey'],
  'more-attachments': ['node', 'driver'],
};

/** Of the same change in several strengths only the weakest is told: raising a skew by one makes raising it by two pointless. */
function withoutWeaker(plans: readonly Plan[]): readonly Plan[] {
  const seen = new Set<string>();
  return plans.filter(({ changes }) => {
    const key = changes
      .map(({ wording: { id, params } }) => {
        const about = graded[id]?.map((name) => params[name]) ?? params;
        return `${id} ${JSON.stringify(about)}`;
      })
      .join('|');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
