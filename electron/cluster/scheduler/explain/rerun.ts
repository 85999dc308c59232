import type { Clock } from '../../../base/clock.ts';
import type { Rand } from '../../../base/rand.ts';
import { applyMergePatch } from '../../apimachinery/patch/merge-patch.ts';
import type { Node, Pod } from '../../api/types.ts';
import type { ApiClient } from '../../client/interface.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { Snapshot } from '../cache/scheduler-cache.ts';
import { SchedulerCache } from '../cache/scheduler-cache.ts';
import { cycleDetail } from '../cycle-trace.ts';
import type { ClusterObjects } from '../framework/cluster-objects.ts';
import { CycleState } from '../framework/cycle-state.ts';
import { filterWithNominated } from '../framework/filter-with-nominated.ts';
import { fitErrorMessage } from '../framework/fit-error.ts';
import { Framework } from '../framework/framework.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { podInfo, podKey } from '../framework/pod-info.ts';
import { informerObjects } from '../informer-objects.ts';
import { Nominator } from '../nominator.ts';
import { inTreeRegistry } from '../plugins/registry.ts';
import { SearchStart } from '../sampling.ts';
import { schedulePod } from '../schedule-pod.ts';
import { FrozenListers } from './frozen-listers.ts';
import type { Change, CycleResult, PluginVerdict, Search, Situation } from './interface.ts';

// Nothing waits and nothing is left to chance: of equals the first is taken, and `tied` names them all.
const noClock = { now: () => 0 } as unknown as Clock;
const first = { int: () => 0 } as unknown as Rand;
const everything: Search = { start: 0, percentage: 100 };

/** What all filters say of one node, or what refused the Pod before any was asked. */
export interface NodeVerdicts {
  readonly verdicts: readonly PluginVerdict[];
  readonly before: PluginVerdict | null;
}

/**
 * Scheduling cycles over a situation that stays as it is: the product's own framework, plugins and cache, with nothing
 * bound and nobody preempted in the end. A Pod that is asked about is not counted where it is.
 */
export class Rerun {
  /** What plugins look up. */
  readonly objects: ClusterObjects;
  readonly #listers: FrozenListers;
  readonly #framework: Framework;
  readonly #cache = new SchedulerCache(noClock);
  readonly #nominator = new Nominator();
  readonly #nodes = new Map<string, Node>();
  /** Pods for which room is being made. */
  readonly #waiting = new Map<string, PodInfo>();
  readonly #search: Search;
  #snapshot: Snapshot;

  /** `key`: the Pod that will be asked about. */
  constructor({ world, beliefs, profile, search = everything }: Situation, key: string) {
    this.#search = search;
    for (const node of world.list(resourceTypes.nodes)) {
      this.#nodes.set(node.metadata?.name ?? '', node);
      this.#cache.setNode(node);
    }
    for (const pod of world.list(resourceTypes.pods))
      this.#place(pod, key, beliefs.assumed, beliefs.nominated);
    this.#snapshot = this.#cache.snapshot();
    this.#listers = new FrozenListers(world);
    this.objects = informerObjects(this.#listers);
    const framework: Framework = new Framework(profile, inTreeRegistry, {
      images: () => ({ imageNodes: this.#cache.imageNodes, nodeCount: this.#cache.nodeCount }),
      objects: this.objects,
      nodes: () => this.#snapshot.nodes,
      // Only binding and preempting use it.
      client: undefined as unknown as ApiClient,
      rand: first,
      filter: (state, pod, node) => this.#filter(state, pod, node),
      addPod: (state, pod, other, node) => framework.addPod(state, pod, other, node),
      removePod: (state, pod, other, node) => framework.removePod(state, pod, other, node),
      preempt: () => undefined,
    });
    this.#framework = framework;
  }

  get nodes(): readonly NodeInfo[] {
    return this.#snapshot.nodes;
  }

  node(name: string): NodeInfo | undefined {
    return this.#snapshot.byName.get(name);
  }

  /**
   * Looks with nodes changed and Pods taken away, then puts everything back: much cheaper than another re-run of a large
   * cluster. What changes the asked Pod is up to the caller.
   */
  under<T>(changes: readonly Change[], look: () => T): T {
    const undo: (() => void)[] = [];
    for (const change of changes) {
      if (change.target === 'node') undo.push(this.#patchNode(change.name, change.patch));
      else if (change.target === 'remove-pod') undo.push(this.#takeAway(change.name));
      else if (change.target === 'object')
        undo.push(this.#listers.patch(change.type, change.name, change.patch));
    }
    if (undo.length > 0) this.#snapshot = this.#cache.snapshot();
    try {
      return look();
    } finally {
      for (const back of undo.reverse()) back();
      if (undo.length > 0) this.#snapshot = this.#cache.snapshot();
    }
  }

  /** One whole cycle. */
  cycle(pod: Pod, attempt = 1): CycleResult {
    const info = podInfo(unbound(pod));
    const state = new CycleState();
    const framework = this.#framework;
    const nodeCount = this.#snapshot.nodes.length;
    const cycle = { framework, state, attempt, nodeCount };
    const gate = framework.preEnqueue(info);
    if (gate !== undefined) {
      const message = gate.reasons.join(', ');
      const detail = cycleDetail(
        { ...cycle, feasible: [], refused: new Map(), scored: undefined },
        { message },
      );
      return { outcome: 'gated', node: null, message, detail };
    }
    const filter = (s: CycleState, one: PodInfo, node: NodeInfo) => this.#filter(s, one, node);
    const { start, percentage } = this.#search;
    const sampling = { start: new SearchStart(start), percentage };
    const result = schedulePod(framework, state, info, this.#snapshot, filter, first, sampling);
    if (result.outcome === 'fits') {
      const { feasible, refused, scored, node } = result;
      const detail = cycleDetail({ ...cycle, feasible, refused, scored });
      return { outcome: 'bind', node, message: null, detail };
    }
    if (result.outcome === 'error') {
      const { message } = result;
      const detail = cycleDetail(
        { ...cycle, feasible: [], refused: new Map(), scored: undefined },
        { message },
      );
      return { outcome: 'error', node: null, message, detail };
    }
    const { diagnosis } = result;
    const post =
      nodeCount === 0 ? undefined : framework.postFilter(state, info, this.#snapshot.nodes, diagnosis.byNode);
    const message = fitErrorMessage({ ...diagnosis, postFilter: post?.status?.reasons.join('. ') ?? '' });
    const nominatedNode = post?.nominatedNodeName;
    const detail = cycleDetail(
      { ...cycle, feasible: [], refused: diagnosis.byNode, scored: undefined },
      {
        message,
        ...(nominatedNode === undefined ? {} : { nominatedNode }),
        ...(post?.candidates === undefined ? {} : { candidates: post.candidates }),
      },
    );
    return {
      outcome: nominatedNode === undefined ? 'unschedulable' : 'preempt',
      node: null,
      message,
      detail,
    };
  }

  /** Asks all filters about one node; the scheduler itself stops at the first that refuses. */
  verdicts(pod: Pod, node: NodeInfo): NodeVerdicts {
    const info = podInfo(unbound(pod));
    const state = new CycleState();
    const gate = this.#framework.preEnqueue(info);
    if (gate !== undefined) return { verdicts: [], before: told(gate.plugin, gate) };
    const outcome = this.#framework.preFilter(state, info, this.#snapshot.nodes);
    if ('status' in outcome)
      return {
        verdicts: [],
        before: told(outcome.status.plugin ?? [...outcome.failedBy][0], outcome.status),
      };
    const verdicts = [...this.#framework.allVerdicts(state, info, node)].map(([plugin, status]) =>
      told(plugin, status),
    );
    // With Pods nominated to the node it is fuller than it looks.
    const crowded = this.#filter(state, info, node);
    if (crowded !== undefined && verdicts.every(({ code }) => code === undefined)) {
      const at = verdicts.findIndex(({ plugin }) => plugin === crowded.plugin);
      if (at >= 0) verdicts[at] = told(crowded.plugin, crowded);
    }
    return { verdicts, before: null };
  }

  #patchNode(name: string, patch: object): () => void {
    const node = this.#nodes.get(name);
    if (node === undefined) return () => undefined;
    const set = (next: Node): void => {
      this.#nodes.set(name, next);
      this.#cache.setNode(next);
    };
    set(applyMergePatch(node, patch) as Node);
    return () => set(node);
  }

  #takeAway(key: string): () => void {
    const info = this.#cache.getPod(key);
    const assumed = this.#cache.assumed.get(key);
    const room = this.#nominator.nodeOf(key);
    if (info !== undefined) this.#cache.removePod(info.pod);
    this.#nominator.delete(key);
    return () => {
      if (info !== undefined && assumed !== undefined) this.#cache.assume(info, assumed);
      else if (info !== undefined) this.#cache.setPod(info.pod);
      const waiting = this.#waiting.get(key);
      if (room !== undefined && waiting !== undefined) this.#nominator.set(waiting, room);
    };
  }

  #filter(state: CycleState, pod: PodInfo, node: NodeInfo) {
    return filterWithNominated(this.#framework, this.#nominator, state, pod, node);
  }

  /** Where the scheduler has the Pod. */
  #place(
    pod: Pod,
    asked: string,
    assumed: ReadonlyMap<string, string>,
    nominated: ReadonlyMap<string, string>,
  ) {
    const key = podKey(pod);
    const { phase, nominatedNodeName } = pod.status ?? {};
    if (key === asked || phase === 'Succeeded' || phase === 'Failed') return;
    if ((pod.spec?.nodeName ?? '') !== '') {
      this.#cache.setPod(pod);
      return;
    }
    const node = assumed.get(key);
    const room = nominated.get(key) ?? nominatedNodeName ?? '';
    if (node !== undefined) this.#cache.assume(podInfo(pod), node);
    else if (room !== '') {
      const info = podInfo(pod);
      this.#waiting.set(key, info);
      this.#nominator.set(info, room);
    }
  }
}

/** As it was before it was bound. */
function unbound(pod: Pod): Pod {
  if ((pod.spec?.nodeName ?? '') === '') return pod;
  const { nodeName: _, ...spec } = pod.spec ?? { containers: [] };
  return { ...pod, spec };
}

function told(
  plugin: string | undefined,
  status: { readonly code: string; readonly reasons: readonly string[] } | undefined,
): PluginVerdict {
  return { plugin: plugin ?? '', code: status?.code, reasons: status?.reasons ?? [] };
}
