import type { CausalLog } from '../../../base/causal-log.ts';
import type { DecisionRecord } from '../../../base/causal-record.ts';
import type { Pod } from '../../../cluster/api/types.ts';
import { objectKey } from '../../../cluster/client/object-key.ts';
import { resourceTypes } from '../../../cluster/client/resource-types.ts';
import { applyChanges } from '../../../cluster/scheduler/explain/apply-changes.ts';
import type {
  Beliefs,
  CycleResult,
  Outcome,
  Situation,
  World,
} from '../../../cluster/scheduler/explain/interface.ts';
import { ChangeSyntaxError, parseChange } from '../../../cluster/scheduler/explain/parse-change.ts';
import { Rerun } from '../../../cluster/scheduler/explain/rerun.ts';
import { sameCycle } from '../../../cluster/scheduler/explain/same-cycle.ts';
import { whyNot } from '../../../cluster/scheduler/explain/why-not.ts';
import { defaultProfile } from '../../../cluster/scheduler/plugins/registry.ts';
import type {
  Basis,
  CycleAnswer,
  QueueMove,
  WaitingPod,
  WhatIfAnswer,
  WhichCycle,
  WhyNotAnswer,
} from '../../../shared/contract/scheduling.ts';
import { matrixOf } from '../../../shared/scheduling/matrix.ts';
import type { PlacementView } from '../../../grading/interface.ts';
import { RpcError } from '../../../shared/rpc/rpc-error.ts';
import type { ObjectView } from '../../object-view.ts';
import type { EtcdDisk } from '../etcd-disk.ts';
import type { CycleRecord } from './decision-index.ts';
import { DecisionIndex, isCycle, isMove } from './decision-index.ts';
import { worldAt, worldNow } from './worlds.ts';

const nobody: Beliefs = { assumed: new Map(), nominated: new Map() };

/** So many Pods of each queue are told. */
const shownPods = 100;

/** A Pod with the cluster around it, from when a question is answered. */
interface Stage extends Basis {
  readonly situation: Situation;
  readonly pod: Pod;
}

/**
 * What the schedulers decided, from the causal log; and what they would decide, by doing cycles again over what etcd
 * holds, now or as it was when the decision was taken. Looks from outside: works while time stands still, and while
 * the scheduler does not run.
 */
export class SchedulingService {
  readonly #decisions: DecisionIndex;
  readonly #objects: ObjectView;
  readonly #disks: ReadonlyMap<string, EtcdDisk>;

  constructor(log: CausalLog, objects: ObjectView, disks: ReadonlyMap<string, EtcdDisk>) {
    this.#decisions = new DecisionIndex(log);
    this.#objects = objects;
    this.#disks = disks;
  }

  /** @throws RpcError NotFound */
  cycle(which: WhichCycle): CycleAnswer {
    const key = `${which.namespace}/${which.name}`;
    const decisions = this.#decisions.of(key);
    const cycles = decisions.filter(isCycle);
    const record = this.#chosen(which, cycles);
    const head = {
      pod: key,
      on: (this.#objects.get('pods', key) as Pod | undefined)?.spec?.nodeName ?? null,
      queue: this.#queueOf(key, decisions),
      moves: decisions.filter(isMove).map(moveOf),
      kept: cycles.map(keptOf).reverse(),
    };
    if (record !== undefined)
      return mutable({
        ...head,
        source: 'record',
        record: record.id,
        time: record.time,
        result: resultOf(record),
      });
    const { situation, pod } = this.#now(key);
    const result = new Rerun(situation, key).cycle(pod);
    return mutable({ ...head, source: 'rerun', record: null, time: null, result });
  }

  /** @throws RpcError NotFound */
  whyNot(which: WhichCycle, node: string): WhyNotAnswer {
    const { situation, pod, when, faithful } = this.#stage(which);
    const found = whyNot(situation, pod, node);
    if (found === undefined) throw new RpcError('NotFound', `there is no node ${JSON.stringify(node)}`);
    const { remedies, ...rest } = found;
    return mutable({
      ...rest,
      when,
      faithful,
      remedies: remedies.map(({ changes, result }) => ({
        changes: changes.map(({ wording }) => wording),
        outcome: result.outcome,
        selected: result.node,
        feasible: result.detail.feasible,
      })),
    });
  }

  /** @throws RpcError NotFound, Refused */
  whatIf(which: WhichCycle, texts: readonly string[]): WhatIfAnswer {
    const { situation, pod, when, faithful } = this.#stage(which);
    const key = objectKey(pod);
    try {
      let asked = pod;
      const changes = texts.map((text) => {
        const change = parseChange(text, asked);
        asked = applyChanges(situation, asked, [change]).pod;
        return change;
      });
      const changed = applyChanges(situation, pod, changes);
      return mutable({
        when,
        faithful,
        changes: changes.map(({ wording }) => wording),
        before: new Rerun(situation, key).cycle(pod),
        after: new Rerun(changed.situation, key).cycle(changed.pod),
      });
    } catch (error) {
      if (error instanceof ChangeSyntaxError) throw new RpcError('Refused', error.message);
      throw error;
    }
  }

  /** What the framework says of a Pod as the cluster is now, wherever the Pod is. */
  placement(pod: Pod): PlacementView {
    const profile = this.#decisions.profileOf(schedulerOf(pod));
    const situation = { world: worldNow(this.#objects), beliefs: nobody, profile };
    const { rows } = matrixOf(
      new Rerun(situation, objectKey(pod)).cycle(pod).detail as Parameters<typeof matrixOf>[0],
    );
    const fits = rows.filter((row) => row.fits);
    return {
      fits: fits.map(({ node }) => node),
      best: fits.filter(({ rank }) => rank === null || rank === 1).map(({ node }) => node),
      refusals: new Map(
        rows.flatMap((row) => (row.fits ? [] : [[row.node, row.reasons.join(', ')] as const])),
      ),
    };
  }

  /** Pods without a node and how many wait in each queue; of many Pods only the first are told. */
  queues(): { pods: WaitingPod[]; counts: Record<string, number> } {
    const counts: Record<string, number> = {};
    const pods: WaitingPod[] = [];
    for (const pod of this.#objects.list('pods') as readonly Pod[]) {
      if ((pod.spec?.nodeName ?? '') !== '' || (pod.status?.phase ?? 'Pending') !== 'Pending') continue;
      const decisions = this.#decisions.of(objectKey(pod));
      const queue = this.#queueOf(objectKey(pod), decisions) ?? 'unseen';
      counts[queue] = (counts[queue] ?? 0) + 1;
      if ((counts[queue] ?? 0) <= shownPods) pods.push(waiting(pod, queue, decisions));
    }
    return { pods, counts };
  }

  /** Where it waits, from what was told last of it; null: it is bound, or gone. */
  #queueOf(key: string, decisions: readonly DecisionRecord[]): CycleAnswer['queue'] {
    const pod = this.#objects.get('pods', key) as Pod | undefined;
    if (pod === undefined || (pod.spec?.nodeName ?? '') !== '') return null;
    const last = decisions.at(-1);
    if (last === undefined) return 'unseen';
    if (isMove(last)) return moveOf(last).queue as CycleAnswer['queue'];
    if (last.action === 'bind') return 'binding';
    return last.action === 'error' ? 'backoff' : 'unschedulable';
  }

  #chosen({ record, name }: WhichCycle, cycles: readonly CycleRecord[]): CycleRecord | undefined {
    if (record === null) return cycles.at(-1);
    const found = cycles.find(({ id }) => id === record);
    if (found === undefined) throw new RpcError('NotFound', `record ${record} of ${name} is no longer kept`);
    return found;
  }

  /** As it was when the decision was taken, if that can be had; otherwise as it is. */
  #stage(which: WhichCycle): Stage {
    const key = `${which.namespace}/${which.name}`;
    const record = this.#chosen(which, this.#decisions.of(key).filter(isCycle));
    const stage = record === undefined ? undefined : this.#then(key, record);
    if (record === undefined || stage === undefined)
      return { ...this.#now(key), when: 'now', faithful: null };
    const again = new Rerun(stage.situation, key).cycle(stage.pod);
    return { ...stage, when: 'decision', faithful: sameCycle(again.detail, record.detail) };
  }

  #then(key: string, { id, detail: { seen } }: CycleRecord): Omit<Stage, keyof Basis> | undefined {
    const world = seen === undefined ? undefined : worldAt(this.#disks.values(), seen);
    const pod = world?.list(resourceTypes.pods).find((one) => objectKey(one) === key);
    if (world === undefined || pod === undefined) return undefined;
    const assumed = typeof seen?.assumed === 'number' ? this.#boundBefore(id, world) : seen?.assumed;
    const beliefs = { assumed: new Map(assumed), nominated: new Map(seen?.nominated) };
    const search = { start: seen?.start ?? 0, percentage: seen?.percentage ?? 0 };
    return { situation: { world, beliefs, profile: seen?.profile ?? defaultProfile, search }, pod };
  }

  /** Pods without a node of which the last thing decided, before a record, is where they go. */
  #boundBefore(id: number, world: World): [string, string][] {
    return world.list(resourceTypes.pods).flatMap((pod): [string, string][] => {
      if ((pod.spec?.nodeName ?? '') !== '') return [];
      const key = objectKey(pod);
      const last = this.#decisions.of(key).findLast((decision) => decision.id < id);
      return last !== undefined && last.action === 'bind' ? [[key, last.observed ?? '']] : [];
    });
  }

  #now(key: string): Omit<Stage, keyof Basis> {
    const pod = this.#objects.get('pods', key) as Pod | undefined;
    if (pod === undefined) throw new RpcError('NotFound', `there is no Pod ${key}`);
    const profile = this.#decisions.profileOf(schedulerOf(pod));
    return { situation: { world: worldNow(this.#objects), beliefs: nobody, profile }, pod };
  }
}

function waiting(pod: Pod, queue: WaitingPod['queue'], decisions: readonly DecisionRecord[]): WaitingPod {
  const last = decisions.at(-1);
  const cycle = decisions.filter(isCycle).at(-1);
  return {
    namespace: pod.metadata?.namespace ?? '',
    name: pod.metadata?.name ?? '',
    scheduler: schedulerOf(pod),
    queue,
    priority: pod.spec?.priority ?? 0,
    attempts: cycle?.detail.attempt ?? 0,
    why: last === undefined ? '' : isMove(last) ? moveOf(last).why : 'ScheduleAttemptFailure',
    since: last?.time ?? null,
    message: cycle?.detail.message ?? null,
    nominatedNode: pod.status?.nominatedNodeName ?? null,
  };
}

function resultOf(record: CycleRecord): CycleResult {
  const { action, observed = '', detail } = record;
  const bound = action === 'bind';
  return {
    outcome: action as Outcome,
    node: bound ? observed : null,
    message: bound ? null : (detail.message ?? observed),
    detail,
  };
}

function keptOf(record: CycleRecord): CycleAnswer['kept'][number] {
  const { outcome, node } = resultOf(record);
  return { record: record.id, time: record.time, outcome, node, attempt: record.detail.attempt };
}

function moveOf({ id, time, detail }: DecisionRecord): QueueMove {
  return {
    record: id,
    time,
    queue: String(detail?.['queue']),
    why: String(detail?.['why']),
    rejectors: (detail?.['rejectors'] as string[] | undefined) ?? [],
  };
}

function schedulerOf({ spec }: Pod): string {
  return (spec?.schedulerName ?? '') === '' ? 'default-scheduler' : (spec?.schedulerName as string);
}

/** The contract's types are mutable, what is told is not. */
function mutable<T>(value: unknown): T {
  return value as T;
}
