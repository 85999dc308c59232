import type { Node, NodeCondition } from '../api/types.ts';
import { isAlreadyExists, isNotFound } from '../client/api-errors.ts';
import type { ComponentContext } from '../client/component-context.ts';
import type { ApiClient, ResourceClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { NodeEvents } from './node-events.ts';
import type { NodeFacts } from './node-object.ts';
import { sameJson } from './same-json.ts';
import { initialNode, nodeLabels, nodeStatus } from './node-object.ts';

/** The node as it was looked at last, when there was nothing to say of it. */
interface Settled {
  readonly node: Node;
  readonly facts: NodeFacts;
}

const PRESSURE_EVENTS: Readonly<Record<string, { readonly under: string; readonly free: string }>> = {
  MemoryPressure: { under: 'NodeHasInsufficientMemory', free: 'NodeHasSufficientMemory' },
  DiskPressure: { under: 'NodeHasDiskPressure', free: 'NodeHasNoDiskPressure' },
  PIDPressure: { under: 'NodeHasInsufficientPID', free: 'NodeHasSufficientPID' },
};

/** Whether there is nothing new to say: heartbeats are told of only together with something else. */
function sameStatus(a: NonNullable<Node['status']>, b: NonNullable<Node['status']>): boolean {
  const silent = ({ conditions, ...rest }: NonNullable<Node['status']>): object => ({
    ...rest,
    conditions: (conditions ?? []).map((condition) => ({ ...condition, lastHeartbeatTime: undefined })),
  });
  return sameJson(silent(a), silent(b));
}

/** Registers the node and keeps its status current. Models pkg/kubelet/kubelet_node_status.go (v1.34). */
export class NodeStatusUpdater {
  readonly #context: ComponentContext;
  readonly #nodes: ResourceClient<Node>;
  readonly #events: NodeEvents;
  readonly #facts: () => NodeFacts;
  /** After a thaw nothing is announced that was announced before. */
  readonly #quiet: boolean;
  /** The node as the watch showed it last. */
  readonly #seen: (name: string) => Node | undefined;
  #node: Node | undefined;
  #settled: Settled | undefined;
  /** When the status was written last, in virtual milliseconds; undefined before the first look at it. */
  #reportedAt: number | undefined;
  #announcedBoot = '';
  /** Told once the start has been announced, which waits until the API server has answered a few times. */
  #held: string[] | undefined = [];
  #updating: Promise<void> | undefined;

  constructor(
    context: ComponentContext,
    client: ApiClient,
    events: NodeEvents,
    facts: () => NodeFacts,
    quiet: boolean,
    seen: (name: string) => Node | undefined,
  ) {
    this.#context = context;
    this.#nodes = client.resource<Node>(resourceTypes.nodes);
    this.#events = events;
    this.#facts = facts;
    this.#quiet = quiet;
    this.#seen = seen;
  }

  get registered(): boolean {
    return this.#node !== undefined;
  }

  get uid(): string {
    return this.#node?.metadata?.uid ?? '';
  }

  /** As of the last update. */
  get volumesAttached(): readonly string[] {
    return (this.#node?.status?.volumesAttached ?? []).map(({ name }) => name);
  }

  /** Runs until the process ends. */
  async run(): Promise<void> {
    await this.#register();
    const { settings } = this.#facts();
    await this.update();
    this.#announce();
    for (const reason of this.#held ?? []) this.#sayStatus(reason);
    this.#held = undefined;
    this.#context.clock.setInterval(
      () => this.#context.go(() => this.update()),
      settings.nodeStatusUpdateFrequency,
    );
  }

  /** Brings the status in the API up to date; does nothing when there is nothing to say. Never fails. */
  async update(): Promise<void> {
    if (this.#node === undefined) return;
    const before = this.#updating;
    const work = (async (): Promise<void> => {
      await before;
      try {
        await this.#update();
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#context.log.error('Error updating node status, will retry', { err: message });
        if (isNotFound(error)) {
          this.#node = undefined;
          this.#settled = undefined;
          this.#reportedAt = undefined;
          await this.#register();
        }
      }
    })();
    this.#updating = work;
    await work;
  }

  async #register(): Promise<void> {
    let delay = 100;
    for (;;) {
      try {
        this.#node = await this.#tryRegister();
        return;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#context.log.error('Unable to register node with API server', { err: message });
        await this.#context.clock.sleep(delay);
        delay = Math.min(delay * 2, 7_000);
      }
    }
  }

  async #tryRegister(): Promise<Node> {
    const facts = this.#facts();
    if (this.#quiet) {
      try {
        return await this.#nodes.get(facts.settings.nodeName);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    this.#context.log.info('Attempting to register node', { node: facts.settings.nodeName });
    try {
      const created = await this.#nodes.create(initialNode(facts));
      this.#context.log.info('Successfully registered node', { node: facts.settings.nodeName });
      return created;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    const existing = await this.#nodes.get(facts.settings.nodeName);
    const labels = nodeLabels(facts.machine, facts.settings);
    const missing = Object.entries(labels).filter(
      ([key, value]) => existing.metadata?.labels?.[key] !== value,
    );
    if (missing.length === 0) return existing;
    const patch = { metadata: { labels: Object.fromEntries(missing) } };
    return this.#nodes.patch(facts.settings.nodeName, 'application/strategic-merge-patch+json', patch);
  }

  /** Without asking: the watch may not have shown yet what was written from here, and nothing before that counts. */
  #newest(name: string): Node | undefined {
    const seen = this.#seen(name);
    if (seen === undefined || this.#node === undefined || seen.metadata?.uid !== this.#node.metadata?.uid)
      return undefined;
    const versionOf = ({ metadata }: Node): number => Number(metadata?.resourceVersion);
    return versionOf(seen) >= versionOf(this.#node) ? seen : undefined;
  }

  async #update(): Promise<void> {
    const facts = this.#facts();
    const { nodeName, nodeStatusReportFrequency } = facts.settings;
    const current = this.#newest(nodeName) ?? (await this.#nodes.get(nodeName));
    this.#node = current;
    const now = this.#context.clock.now();
    const reportedAt = this.#reportedAt ?? heartbeatOf(current);
    const due = now - reportedAt >= nodeStatusReportFrequency;
    if (!due && this.#isSettled(current, facts)) return;
    const status = nodeStatus(facts, current.status);
    if (!due && sameStatus(current.status ?? {}, status)) {
      this.#settled = { node: current, facts };
      this.#reportedAt = reportedAt;
      return;
    }
    const changed = this.#changes(current.status?.conditions ?? [], status.conditions ?? []);
    const patch = statusPatch(current, status);
    this.#node = await this.#nodes.patch(nodeName, 'application/strategic-merge-patch+json', patch, 'status');
    this.#settled = undefined;
    this.#reportedAt = now;
    for (const reason of changed) {
      if (this.#held === undefined) this.#sayStatus(reason);
      else this.#held.push(reason);
    }
  }

  /** The same node and the same facts again: what is said follows from both, so it need not be put together and compared. */
  #isSettled(node: Node, facts: NodeFacts): boolean {
    const { now } = facts;
    return this.#settled?.node === node && sameJson({ ...this.#settled.facts, now }, facts);
  }

  /** Which conditions to tell of. */
  #changes(before: readonly NodeCondition[], after: readonly NodeCondition[]): string[] {
    const told: string[] = [];
    for (const condition of after) {
      const old = before.find((other) => other.type === condition.type);
      if (old?.status === condition.status) continue;
      if (condition.type === 'Ready' && (old !== undefined || condition.status === 'True')) {
        told.push(condition.status === 'True' ? 'NodeReady' : 'NodeNotReady');
      }
      const pressure = PRESSURE_EVENTS[condition.type];
      if (pressure !== undefined && old !== undefined)
        told.push(condition.status === 'True' ? pressure.under : pressure.free);
    }
    return told;
  }

  #announce(): void {
    if (this.#quiet) return;
    const { settings, bootId } = this.#facts();
    const { nodeName } = settings;
    this.#events.say('Normal', 'Starting', 'Starting kubelet.');
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'])
      this.#sayStatus(reason);
    this.#events.say('Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
    const known = this.#node?.status?.nodeInfo?.bootID ?? '';
    if (known !== '' && known !== bootId && this.#announcedBoot !== bootId) {
      this.#events.say('Warning', 'Rebooted', `Node ${nodeName} has been rebooted, boot id: ${bootId}`);
    }
    this.#announcedBoot = bootId;
  }

  #sayStatus(reason: string): void {
    this.#events.say('Normal', reason, `Node ${this.#facts().settings.nodeName} status is now: ${reason}`);
  }
}

function heartbeatOf(node: Node): number {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready');
  return ready?.lastHeartbeatTime === undefined ? 0 : Date.parse(ready.lastHeartbeatTime);
}

/** Conditions and addresses merge by type; other fields only when they differ. */
function statusPatch(current: Node, status: NonNullable<Node['status']>): unknown {
  const old = (current.status ?? {}) as Readonly<Record<string, unknown>>;
  const changed = Object.entries(status).filter(
    ([key, value]) => key !== 'conditions' && !sameJson(old[key], value),
  );
  const order = (status.conditions ?? []).map(({ type }) => ({ type }));
  return {
    status: {
      // What is no more has to be taken away by name.
      ...Object.fromEntries(changed.map(([key, value]) => [key, value ?? null])),
      '$setElementOrder/conditions': order,
      conditions: status.conditions,
    },
  };
}
