import type {
  CycleAnswer,
  CycleDetail,
  WaitingPod,
  WhatIfAnswer,
  WhyNotAnswer,
} from '../../electron/shared/contract/scheduling.ts';

const TIME = Date.UTC(2026, 2, 2, 12, 4, 30);

/** Test only: a decision over so many nodes. Half a dozen and more: some refuse, each for one of four reasons. */
function fakeDetail(count: number, bound: boolean): CycleDetail {
  const workers = Array.from({ length: count - 1 }, (_, index) => `worker-${index + 1}`);
  const refuses = (index: number): boolean => !bound || (count > 10 && index % 3 === 2);
  const fits = workers.filter((_, index) => !refuses(index));
  const refused = ['cp-1', ...workers.filter((_, index) => refuses(index))];
  const free = fits.map((_, index) => 97 - ((index * 7) % 31));
  const balanced = fits.map((_, index) => 99 - ((index * 5) % 17));
  const spread = fits.map((_, index) => (index % 3) * 3 + 2);
  const spreadOf = (value: number): number => Math.floor((100 * (13 - value)) / 11);
  const totals = fits.map(
    (_, index) =>
      300 + (free[index] as number) + (balanced[index] as number) + 2 * spreadOf(spread[index] as number),
  );
  const best = Math.max(...totals);
  return {
    scheduler: 'default-scheduler',
    attempt: bound ? 1 : 3,
    nodes: count,
    feasible: fits.length,
    filters: ['NodeUnschedulable', 'NodeName', 'TaintToleration', 'NodeResourcesFit', 'PodTopologySpread'],
    fits,
    refused,
    why: refused.map((_, index) => (index === 0 ? 0 : 1 + (index % 3))),
    refusals: [
      {
        plugin: 'TaintToleration',
        code: 'UnschedulableAndUnresolvable',
        reasons: ['node(s) had untolerated taint(s)'],
      },
      { plugin: 'NodeResourcesFit', code: 'Unschedulable', reasons: ['Insufficient cpu'] },
      {
        plugin: 'NodeUnschedulable',
        code: 'UnschedulableAndUnresolvable',
        reasons: ['node(s) were unschedulable'],
      },
      {
        plugin: 'PodTopologySpread',
        code: 'Unschedulable',
        reasons: ["node(s) didn't match pod topology spread constraints"],
      },
    ],
    rejected: { TaintToleration: 1 },
    scores: bound
      ? [
          { plugin: 'TaintToleration', weight: 3, raw: 0, normalized: 100 },
          { plugin: 'NodeResourcesFit', weight: 1, raw: free, normalized: free },
          { plugin: 'PodTopologySpread', weight: 2, raw: spread, normalized: spread.map(spreadOf) },
          { plugin: 'NodeResourcesBalancedAllocation', weight: 1, raw: balanced, normalized: balanced },
          { plugin: 'ImageLocality', weight: 1, raw: 0, normalized: 0 },
        ]
      : [],
    totals: bound ? totals : 0,
    ...(bound && totals.filter((total) => total === best).length > 1
      ? { tied: fits.filter((_, index) => totals[index] === best).slice(0, 3) }
      : {}),
    ...(bound
      ? {}
      : {
          message: `0/${count} nodes are available: 1 node(s) had untolerated taint(s), ${count - 1} Insufficient cpu. preemption: 0/${count} nodes are available: ${count} Preemption is not helpful for scheduling.`,
        }),
  };
}

/** Test only: what is recorded of a Pod; `big` is pending, everything else is bound. */
export function fakeCycle(name: string, count: number): CycleAnswer {
  const bound = name !== 'big' && name !== 'batch-0';
  const detail = fakeDetail(count, bound);
  const best = detail.fits.indexOf((detail.tied ?? detail.fits)[0] as string);
  const node = bound ? (detail.fits[best] as string) : null;
  const outcome = bound ? ('bind' as const) : ('unschedulable' as const);
  return {
    pod: `default/${name}`,
    on: node,
    source: 'record',
    record: 4001,
    time: TIME,
    result: { outcome, node, message: detail.message ?? null, detail },
    queue: bound ? null : 'unschedulable',
    moves: bound
      ? []
      : [
          {
            record: 3990,
            time: TIME - 9000,
            queue: 'backoff',
            why: 'NodeUpdateLabel',
            rejectors: ['NodeAffinity'],
          },
          {
            record: 3995,
            time: TIME - 7000,
            queue: 'active',
            why: 'BackoffComplete',
            rejectors: ['NodeAffinity'],
          },
        ],
    kept: Array.from({ length: detail.attempt }, (_, index) => ({
      record: 4001 - index * 20,
      time: TIME - index * 8000,
      outcome,
      node,
      attempt: detail.attempt - index,
    })),
  };
}

/** Test only. */
export function fakeWhyNot(node: string): WhyNotAnswer {
  return {
    when: 'decision',
    faithful: true,
    node,
    fits: false,
    verdicts: [
      { plugin: 'NodeUnschedulable', reasons: [] },
      { plugin: 'NodeName', reasons: [] },
      {
        plugin: 'TaintToleration',
        code: 'UnschedulableAndUnresolvable',
        reasons: ['node(s) had untolerated taint(s)'],
      },
      { plugin: 'NodeResourcesFit', code: 'Unschedulable', reasons: ['Insufficient cpu'] },
      { plugin: 'PodTopologySpread', reasons: [] },
    ],
    before: null,
    remedies: [
      {
        changes: [
          { id: 'tolerate', params: { taint: 'node-role.kubernetes.io/control-plane:NoSchedule' } },
          { id: 'ask-less', params: { resource: 'cpu', by: '200m', from: '900m', to: '700m' } },
        ],
        outcome: 'bind',
        selected: node,
        feasible: 1,
      },
      {
        changes: [
          { id: 'untaint', params: { node, taint: 'node-role.kubernetes.io/control-plane:NoSchedule' } },
          { id: 'remove-pod', params: { pod: 'default/web-7c5ddbdf54-x2x9k' } },
        ],
        outcome: 'bind',
        selected: 'worker-2',
        feasible: 2,
      },
    ],
    complete: true,
  };
}

/** Test only. */
export function fakeWhatIf(name: string, count: number, changes: readonly string[]): WhatIfAnswer {
  const before = fakeCycle(name, count).result;
  return {
    when: 'decision',
    faithful: true,
    changes: changes.map((patch) => ({ id: 'patch-pod', params: { patch } })),
    before,
    after: fakeCycle('web', count).result,
  };
}

/** Test only: one Pod in each queue. */
export function fakeQueues(): { pods: WaitingPod[]; counts: Record<string, number> } {
  const pod = (name: string, queue: WaitingPod['queue'], why: string): WaitingPod => ({
    namespace: 'default',
    name,
    scheduler: 'default-scheduler',
    queue,
    priority: 0,
    attempts: queue === 'unseen' ? 0 : 3,
    why,
    since: queue === 'unseen' ? null : TIME,
    message: queue === 'unseen' ? null : '0/4 nodes are available: 4 Insufficient cpu.',
    nominatedNode: null,
  });
  const pods = [
    pod('batch-0', 'backoff', 'AssignedPodDelete'),
    pod('big', 'unschedulable', 'ScheduleAttemptFailure'),
    pod('gpu', 'unschedulable', 'ScheduleAttemptFailure'),
    pod('of-another-scheduler', 'unseen', ''),
  ];
  return { pods, counts: { backoff: 1, unschedulable: 2, unseen: 1 } };
}
