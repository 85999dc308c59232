import type { CycleState } from './cycle-state.ts';
import type {
  BindPlugin,
  FilterPlugin,
  Handle,
  PermitPlugin,
  Plugin,
  PluginFactory,
  PostBindPlugin,
  PostFilterPlugin,
  PostFilterResult,
  PreBindPlugin,
  PreEnqueuePlugin,
  PreFilterExtensions,
  PreFilterPlugin,
  PreFilterResult,
  PreScorePlugin,
  QueuedPod,
  QueueSortPlugin,
  ReservePlugin,
  ScorePlugin,
} from './interface.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { Profile } from './profile.ts';
import type { Status } from './status.ts';
import { errorStatus, isRejected, unresolvable } from './status.ts';

/** Scores of one plugin, in the order of the nodes. */
export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: readonly number[];
  /** 0 to 100, before the weight. */
  readonly normalized: readonly number[];
}

export type PreFilterOutcome =
  | { readonly nodeNames: ReadonlySet<string> | undefined; readonly narrowedBy: readonly string[] }
  | { readonly status: Status; readonly failedBy: ReadonlySet<string> };

/** The plugins of one profile, by extension point. Models pkg/scheduler/framework/runtime (v1.34). */
export class Framework {
  readonly profile: Profile;
  readonly plugins: readonly Plugin[];
  readonly #queueSort: QueueSortPlugin;
  readonly #preEnqueue: readonly PreEnqueuePlugin[];
  readonly #preFilter: readonly PreFilterPlugin[];
  readonly #extensions: readonly (Plugin & PreFilterExtensions)[];
  readonly #filter: readonly FilterPlugin[];
  readonly #postFilter: readonly PostFilterPlugin[];
  readonly #preScore: readonly PreScorePlugin[];
  readonly #score: readonly { readonly plugin: ScorePlugin; readonly weight: number }[];
  readonly #reserve: readonly ReservePlugin[];
  readonly #permit: readonly PermitPlugin[];
  readonly #preBind: readonly PreBindPlugin[];
  readonly #bind: readonly BindPlugin[];
  readonly #postBind: readonly PostBindPlugin[];

  /** @throws Error for an unknown plugin, a second queue sort, or none, or no bind plugin */
  constructor(profile: Profile, registry: Readonly<Record<string, PluginFactory>>, handle: Handle) {
    this.profile = profile;
    this.plugins = profile.plugins.map(({ name, args }) => {
      const factory = registry[name];
      if (factory === undefined) throw new Error(`plugin ${JSON.stringify(name)} is not registered`);
      return factory(args, handle);
    });
    const having = <T extends Plugin>(method: string): T[] =>
      this.plugins.filter((plugin) => method in plugin) as T[];
    const sorts = having<QueueSortPlugin>('less');
    const [sort] = sorts;
    if (sort === undefined) throw new Error(`no queue sort plugin is enabled`);
    if (sorts.length > 1) throw new Error(`only one queue sort plugin can be enabled`);
    this.#queueSort = sort;
    this.#preEnqueue = having('preEnqueue');
    this.#preFilter = having('preFilter');
    this.#extensions = having('addPod');
    this.#filter = having('filter');
    this.#postFilter = having('postFilter');
    this.#preScore = having('preScore');
    this.#reserve = having('reserve');
    this.#permit = having('permit');
    this.#preBind = having('preBind');
    this.#bind = having('bind');
    this.#postBind = having('postBind');
    if (this.#bind.length === 0) throw new Error(`at least one bind plugin is needed`);
    const weights = new Map(profile.plugins.map(({ name, weight }) => [name, weight ?? 1]));
    this.#score = having<ScorePlugin>('score').map((plugin) => ({
      plugin,
      weight: weights.get(plugin.name) ?? 1,
    }));
  }

  /** Filter plugins in the order in which they run. */
  get filterNames(): readonly string[] {
    return this.#filter.map(({ name }) => name);
  }

  /** What every filter says of a node, not only the first that refuses it; those with nothing to do are left out. */
  allVerdicts(state: CycleState, pod: PodInfo, node: NodeInfo): ReadonlyMap<string, Status | undefined> {
    const verdicts = new Map<string, Status | undefined>();
    for (const plugin of this.#filter) {
      if (state.skipFilter.has(plugin.name)) continue;
      const status = plugin.filter(state, pod, node);
      verdicts.set(plugin.name, status === undefined ? undefined : { ...status, plugin: plugin.name });
    }
    return verdicts;
  }

  less(a: QueuedPod, b: QueuedPod): boolean {
    return this.#queueSort.less(a, b);
  }

  preEnqueue(pod: PodInfo): Status | undefined {
    for (const plugin of this.#preEnqueue) {
      const status = plugin.preEnqueue(pod);
      if (status !== undefined) return { ...status, plugin: plugin.name };
    }
    return undefined;
  }

  preFilter(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): PreFilterOutcome {
    let nodeNames: ReadonlySet<string> | undefined;
    const narrowing: string[] = [];
    for (const plugin of this.#preFilter) {
      const result = plugin.preFilter(state, pod, nodes);
      if (result === undefined) continue;
      if ('code' in result) {
        if (result.code === 'Skip') {
          state.skipFilter.add(plugin.name);
          continue;
        }
        return { status: { ...result, plugin: plugin.name }, failedBy: new Set([plugin.name]) };
      }
      const narrowed = (result as PreFilterResult).nodeNames;
      if (narrowed === undefined) continue;
      narrowing.push(plugin.name);
      nodeNames =
        nodeNames === undefined ? narrowed : new Set([...nodeNames].filter((name) => narrowed.has(name)));
      if (nodeNames.size > 0) continue;
      const who = narrowing.length === 1 ? plugin.name : `${narrowing.join(', ')}`;
      const reason = `node(s) didn't satisfy plugin(s) [${who}]${narrowing.length === 1 ? '' : ' simultaneously'}`;
      return { status: unresolvable(reason), failedBy: new Set(narrowing) };
    }
    return { nodeNames, narrowedBy: narrowing };
  }

  /** Tells plugins that counted Pods in `preFilter` of one more on a node. */
  addPod(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#extensions)
      if (!state.skipFilter.has(plugin.name)) plugin.addPod(state, pod, other, node);
  }

  removePod(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#extensions)
      if (!state.skipFilter.has(plugin.name)) plugin.removePod(state, pod, other, node);
  }

  /** The first refusal; undefined when the node fits. */
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    for (const plugin of this.#filter) {
      if (state.skipFilter.has(plugin.name)) continue;
      const status = plugin.filter(state, pod, node);
      if (status !== undefined) return { ...status, plugin: plugin.name };
    }
    return undefined;
  }

  /** Asks each plugin until one nominates a node; otherwise joins what they said. */
  postFilter(
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
    filtered: ReadonlyMap<string, Status>,
  ): PostFilterResult {
    const reasons: string[] = [];
    for (const plugin of this.#postFilter) {
      const result = plugin.postFilter(state, pod, nodes, filtered);
      if (result.status === undefined) return result;
      if (!isRejected(result.status)) return { status: { ...result.status, plugin: plugin.name } };
      reasons.push(...result.status.reasons);
    }
    return { status: { code: 'Unschedulable', reasons } };
  }

  preScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined {
    for (const plugin of this.#preScore) {
      const status = plugin.preScore(state, pod, nodes);
      if (status?.code === 'Skip') state.skipScore.add(plugin.name);
      else if (status !== undefined) return { ...status, plugin: plugin.name };
    }
    return undefined;
  }

  score(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): PluginScores[] {
    const all: PluginScores[] = [];
    for (const { plugin, weight } of this.#score) {
      if (state.skipScore.has(plugin.name)) continue;
      const raw = nodes.map((node) => plugin.score(state, pod, node));
      const normalized = [...raw];
      plugin.normalize?.(state, pod, normalized);
      all.push({ plugin: plugin.name, weight, raw, normalized });
    }
    return all;
  }

  reserve(state: CycleState, pod: PodInfo, node: string): Status | undefined {
    for (const plugin of this.#reserve) {
      const status = plugin.reserve(state, pod, node);
      if (status !== undefined) return { ...status, plugin: plugin.name };
    }
    return undefined;
  }

  unreserve(state: CycleState, pod: PodInfo, node: string): void {
    for (const plugin of [...this.#reserve].reverse()) plugin.unreserve(state, pod, node);
  }

  /** `Wait` with the shortest timeout asked for when some plugin wants to wait. */
  permit(
    state: CycleState,
    pod: PodInfo,
    node: string,
  ): { readonly status: Status | undefined; readonly timeout: number } {
    let timeout = Infinity;
    let waiting: Status | undefined;
    for (const plugin of this.#permit) {
      const result = plugin.permit(state, pod, node);
      if (result.status === undefined) continue;
      if (result.status.code !== 'Wait')
        return { status: { ...result.status, plugin: plugin.name }, timeout: 0 };
      waiting = { ...result.status, plugin: plugin.name };
      timeout = Math.min(timeout, result.timeout);
    }
    return { status: waiting, timeout: waiting === undefined ? 0 : timeout };
  }

  async preBind(state: CycleState, pod: PodInfo, node: string): Promise<Status | undefined> {
    for (const plugin of this.#preBind) {
      const status = await plugin.preBind(state, pod, node);
      if (status !== undefined) return { ...status, plugin: plugin.name };
    }
    return undefined;
  }

  async bind(state: CycleState, pod: PodInfo, node: string): Promise<Status | undefined> {
    for (const plugin of this.#bind) {
      const status = await plugin.bind(state, pod, node);
      if (status?.code !== 'Skip')
        return status === undefined ? undefined : { ...status, plugin: plugin.name };
    }
    return errorStatus(new Error('no bind plugin took the Pod'));
  }

  postBind(state: CycleState, pod: PodInfo, node: string): void {
    for (const plugin of this.#postBind) plugin.postBind(state, pod, node);
  }
}
