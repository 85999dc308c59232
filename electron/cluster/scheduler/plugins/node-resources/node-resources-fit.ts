import type { Node, Pod } from '../../../api/types.ts';
import { fieldErrorMessage } from '../../../apimachinery/validation/field-error.ts';
import { argsValidation } from '../../config/plugin-args-validation.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { FilterPlugin, ScorePlugin } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { NodeResourcesFitArgs } from '../../framework/plugin-args.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { podInfo } from '../../framework/pod-info.ts';
import { isAtLeast } from '../../framework/release.ts';
import type { Resource } from '../../framework/resource.ts';
import { readResourceList } from '../../framework/resource.ts';
import type { Status } from '../../framework/status.ts';
import { ResourceAllocation } from './resource-allocation.ts';
import { strategyScorer } from './scoring-strategies.ts';

const tooManyPods = 'Too many pods';

/** Refuses nodes with too little left; prefers the emptier ones, or as its arguments say. Models plugins/noderesources/fit.go (v1.34). */
export class NodeResourcesFit implements FilterPlugin, ScorePlugin {
  readonly name = 'NodeResourcesFit';
  readonly events: readonly EventRegistration[] = [
    { resource: 'AssignedPod', actions: ['Delete'] },
    {
      resource: 'AssignedPod',
      actions: ['UpdateScaleDown'],
      hint: (pod, old) => (frees(podInfo(old as Pod).requests, pod.requests) ? 'Queue' : 'Skip'),
    },
    {
      resource: 'Node',
      actions: ['Add', 'UpdateAllocatable'],
      hint: (pod, _old, node) => (couldHold(node as Node, pod.requests) ? 'Queue' : 'Skip'),
    },
    { resource: 'UnscheduledPod', actions: ['UpdateScaleDown'] },
  ];

  readonly #ignored: ReadonlySet<string>;
  readonly #ignoredGroups: ReadonlySet<string>;
  readonly #allocation: ResourceAllocation;
  /** Before v1.34 a request larger than the node itself did not tell preemption that it is of no use. */
  readonly #tellsHelpless: boolean;

  /** @throws Error for arguments that are not valid */
  constructor(args: NodeResourcesFitArgs, release: string) {
    const errors = argsValidation.NodeResourcesFit('', args).map(fieldErrorMessage);
    if (errors.length > 0) throw new Error(errors.length === 1 ? errors.join('') : `[${errors.join(', ')}]`);
    this.#ignored = new Set(args.ignoredResources);
    this.#ignoredGroups = new Set(args.ignoredResourceGroups);
    this.#allocation = new ResourceAllocation(
      args.scoringStrategy.resources,
      strategyScorer(args.scoringStrategy),
      false,
    );
    this.#tellsHelpless = isAtLeast(release, 34);
  }

  filter(_state: CycleState, { requests }: PodInfo, node: NodeInfo): Status | undefined {
    const { requested, allocatable } = node;
    if (
      node.pods.size + 1 <= allocatable.pods &&
      fits(requests.milliCpu, requested.milliCpu, allocatable.milliCpu) &&
      fits(requests.memory, requested.memory, allocatable.memory) &&
      fits(requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage) &&
      requests.scalars === undefined
    )
      return undefined;
    return this.#refusal(requests, node);
  }

  score(_state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): number[] {
    return this.#allocation.score(pod, nodes);
  }

  #refusal(requests: Resource, { pods, requested, allocatable }: NodeInfo): Status | undefined {
    const reasons: string[] = [];
    let helpless = false;
    if (pods.size + 1 > allocatable.pods) reasons.push(tooManyPods);
    const check = (name: string, want: number, used: number, all: number): void => {
      if (fits(want, used, all)) return;
      reasons.push(`Insufficient ${name}`);
      if (want > all) helpless = true;
    };
    check('cpu', requests.milliCpu, requested.milliCpu, allocatable.milliCpu);
    check('memory', requests.memory, requested.memory, allocatable.memory);
    check(
      'ephemeral-storage',
      requests.ephemeralStorage,
      requested.ephemeralStorage,
      allocatable.ephemeralStorage,
    );
    for (const [name, want] of requests.scalars ?? []) {
      if (this.#isIgnored(name)) continue;
      check(name, want, requested.scalars?.get(name) ?? 0, allocatable.scalars?.get(name) ?? 0);
    }
    if (reasons.length === 0) return undefined;
    const unresolvable = helpless && this.#tellsHelpless;
    return { code: unresolvable ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons };
  }

  /** Huge pages and the like have no group, and are never ignored. */
  #isIgnored(name: string): boolean {
    const slash = name.indexOf('/');
    return slash >= 0 && (this.#ignored.has(name) || this.#ignoredGroups.has(name.slice(0, slash)));
  }
}

function fits(want: number, used: number, all: number): boolean {
  return want <= 0 || want <= all - used;
}

/** True when what shrinks held something that is asked for. */
function frees(gone: Resource, wanted: Resource): boolean {
  if (wanted.milliCpu > 0 && gone.milliCpu > 0) return true;
  if (wanted.memory > 0 && gone.memory > 0) return true;
  if (wanted.ephemeralStorage > 0 && gone.ephemeralStorage > 0) return true;
  for (const [name, amount] of wanted.scalars ?? [])
    if (amount > 0 && (gone.scalars?.get(name) ?? 0) > 0) return true;
  return false;
}

/** True when the node, were it empty, could take the Pod. */
function couldHold(node: Node, wanted: Resource): boolean {
  const all = readResourceList(node.status?.allocatable as Readonly<Record<string, string>> | undefined);
  if (all.pods < 1 || wanted.milliCpu > all.milliCpu || wanted.memory > all.memory) return false;
  if (wanted.ephemeralStorage > all.ephemeralStorage) return false;
  for (const [name, amount] of wanted.scalars ?? []) if (amount > (all.scalars?.get(name) ?? 0)) return false;
  return true;
}
