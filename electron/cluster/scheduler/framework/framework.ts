import type { EventRegistration } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import { CycleStateError } from './cycle-state.ts';
import { expandPlugins, scoreWeights } from './expand-plugins.ts';
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
  /** Events that may help a Pod, by the plugin that refused it. */
  readonly registrations: ReadonlyMap<string, readonly EventRegistration[]>;
  readonly #refusals = new WeakMap<Status, Status>();
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

  /** @throws Error with upstream's message for a profile that cannot run */
  constructor(profile: Profile, registry: Readonly<Record<string, PluginFactory>>, handle: Handle) {
    this.profile = profile;
    const instances = new Map<string, Plugin>();
    const needed = [...profile.plugins, ...Object.values(profile.points ?? {}).flatMap((set) => set.enabled)];
    for (const { name, args } of needed) {
      const factory = registry[name];
      if (factory === undefined || instances.has(name)) continue;
      instances.set(
        name,
        initialized(name, () => factory(args, handle)),
      );
    }
    const points = expandPlugins(profile, instances);
    this.plugins = [...instances.values()];
    this.registrations = new Map(this.plugins.map((plugin) => [plugin.name, plugin.events ?? []]));
    const sorts = points.queueSort as readonly QueueSortPlugin[];
    const name = JSON.stringify(profile.schedulerName);
    if (sorts.length !== 1)
      throw new Error(
        `only one queue sort plugin required for profile with scheduler name ${name}, but got ${sorts.length}`,
      );
    this.#queueSort = sorts[0] as QueueSortPlugin;
    this.#preEnqueue = points.preEnqueue as readonly PreEnqueuePlugin[];
    this.#preFilter = points.preFilter as readonly PreFilterPlugin[];
    this.#extensions = points.preFilter.filter((plugin) => 'addPod' in plugin) as (Plugin &
      PreFilterExtensions)[];
    this.#filter = points.filter as readonly FilterPlugin[];
    this.#postFilter = points.postFilter as readonly PostFilterPlugin[];
    this.#preScore = points.preScore as readonly PreScorePlugin[];
    this.#reserve = points.reserve as readonly ReservePlugin[];
    this.#permit = points.permit as readonly PermitPlugin[];
    this.#preBind = points.preBind as readonly PreBindPlugin[];
    this.#bind = points.bind as readonly BindPlugin[];
    this.#postBind = points.postBind as readonly PostBindPlugin[];
    if (this.#bind.length === 0)
      throw new Error(`at least one bind plugin is needed for profile with scheduler name ${name}`);
    const weights = scoreWeights(profile, instances);
    this.#score = (points.score as readonly ScorePlugin[]).map((plugin) => ({
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

  /** `NodeAffinity:2`: score plugins with their weights, in the order in which they run. */
  get scoreNames(): readonly string[] {
    return this.#score.map(({ plugin, weight }) => `${plugin.name}:${weight}`);
  }

  get hasScorePlugins(): boolean {
    return this.#score.length > 0;
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
    const filters = (state.filters ??= this.#filter.filter(({ name }) => !state.skipFilter.has(name)));
    for (const plugin of filters) {
      const status = filterBy(plugin, state, pod, node);
      if (status !== undefined) return this.#named(status, plugin.name);
    }
    return undefined;
  }

  /** Plugins say the same again and again: one object each will do. */
  #named(status: Status, plugin: string): Status {
    let named = this.#refusals.get(status);
    if (named === undefined) this.#refusals.set(status, (named = { ...status, plugin }));
    return named;
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
      const raw = scoresBy(plugin, state, pod, nodes);
      let normalized = raw;
      if (plugin.normalize !== undefined) {
        normalized = raw.slice();
        plugin.normalize(state, pod, normalized);
      }
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

  /** `timeouts`: milliseconds by plugin that wants the Pod to wait; empty when it may go on. */
  permit(
    state: CycleState,
    pod: PodInfo,
    node: string,
  ): { readonly status: Status | undefined; readonly timeouts: ReadonlyMap<string, number> } {
    const timeouts = new Map<string, number>();
    for (const plugin of this.#permit) {
      const { status, timeout } = plugin.permit(state, pod, node);
      if (status === undefined) continue;
      if (status.code !== 'Wait') return { status: { ...status, plugin: plugin.name }, timeouts: new Map() };
      timeouts.set(plugin.name, timeout);
    }
    return { status: undefined, timeouts };
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

function filterBy(plugin: FilterPlugin, state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
  try {
    return plugin.filter(state, pod, node);
  } catch (error) {
    if (error instanceof CycleStateError) return errorStatus(error);
    throw error;
  }
}

function scoresBy(
  plugin: ScorePlugin,
  state: CycleState,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
): number[] {
  try {
    return plugin.score(state, pod, nodes);
  } catch (error) {
    if (!(error instanceof CycleStateError)) throw error;
    throw new CycleStateError(`plugin ${JSON.stringify(plugin.name)} failed with: ${error.message}`);
  }
}

function initialized(name: string, make: () => Plugin): Plugin {
  try {
    return make();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`initializing plugin ${JSON.stringify(name)}: ${why}`, { cause: error });
  }
}
