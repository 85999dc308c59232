import { z } from 'zod';

/** One value for each node, in the order of the nodes; a single number stands for all of them. */
const Column = z.union([z.number(), z.array(z.number())]);

/** What one scheduling cycle found, in columns; `shared/scheduling/matrix.ts` makes rows of it. */
export const CycleDetail = z.looseObject({
  scheduler: z.string(),
  attempt: z.number(),
  nodes: z.number(),
  feasible: z.number(),
  /** Filter plugins that had something to say of this Pod, in the order in which they ran. */
  filters: z.array(z.string()),
  fits: z.array(z.string()),
  refused: z.array(z.string()),
  /** By refused node: its place in `refusals`. */
  why: Column,
  refusals: z.array(z.object({ plugin: z.string(), code: z.string(), reasons: z.array(z.string()) })),
  rejected: z.record(z.string(), z.number()),
  scores: z.array(z.object({ plugin: z.string(), weight: z.number(), raw: Column, normalized: Column })),
  totals: Column,
  tied: z.array(z.string()).optional(),
  message: z.string().optional(),
  nominatedNode: z.string().optional(),
  candidates: z
    .array(
      z.object({
        node: z.string(),
        victims: z.array(z.object({ pod: z.string(), priority: z.number() })),
        pdbViolations: z.number(),
      }),
    )
    .optional(),
});
export type CycleDetail = z.infer<typeof CycleDetail>;

export const Outcome = z.enum(['bind', 'preempt', 'unschedulable', 'error', 'gated']);
export type Outcome = z.infer<typeof Outcome>;

export const CycleResult = z.object({
  outcome: Outcome,
  /** Where it binds, or would. */
  node: z.string().nullable(),
  message: z.string().nullable(),
  detail: CycleDetail,
});
export type CycleResult = z.infer<typeof CycleResult>;

export const QueueName = z.enum(['active', 'backoff', 'unschedulable', 'binding', 'unseen']);
export type QueueName = z.infer<typeof QueueName>;

/** A move between the queues of the scheduler, and what moved the Pod: a cluster event, or time. */
export const QueueMove = z.object({
  record: z.number(),
  time: z.number(),
  queue: z.string(),
  why: z.string(),
  rejectors: z.array(z.string()),
});
export type QueueMove = z.infer<typeof QueueMove>;

/** A decision that is kept in the causal log. */
export const KeptCycle = z.object({
  record: z.number(),
  time: z.number(),
  outcome: Outcome,
  node: z.string().nullable(),
  attempt: z.number(),
});
export type KeptCycle = z.infer<typeof KeptCycle>;

/** Which Pod, and which of its decisions; without one the newest. */
export const WhichCycle = z.object({
  namespace: z.string(),
  name: z.string().min(1),
  record: z.number().nullable().default(null),
});
export type WhichCycle = z.infer<typeof WhichCycle>;

/** `record`: as it was decided; `rerun`: nothing is kept, so the cycle was done now, with nothing bound. */
export const CycleAnswer = z.object({
  pod: z.string(),
  /** The node it is bound to now, by whomever; null: none, or the Pod is gone. */
  on: z.string().nullable(),
  source: z.enum(['record', 'rerun']),
  record: z.number().nullable(),
  time: z.number().nullable(),
  result: CycleResult,
  queue: QueueName.nullable(),
  moves: z.array(QueueMove),
  /** Newest first. */
  kept: z.array(KeptCycle),
});
export type CycleAnswer = z.infer<typeof CycleAnswer>;

/** `id` names a sentence in `shared/scheduling/change-text.ts`. */
export const Wording = z.object({ id: z.string(), params: z.record(z.string(), z.string()) });
export type Wording = z.infer<typeof Wording>;

export const PluginVerdict = z.object({
  plugin: z.string(),
  /** Absent: it passes. */
  code: z.string().optional(),
  reasons: z.array(z.string()),
});
export type PluginVerdict = z.infer<typeof PluginVerdict>;

/**
 * From when the cluster was taken: as the scheduler saw it when it decided, or as it is now. `faithful`: the cycle done
 * again without a change found what was recorded; null where nothing is recorded to compare with.
 */
export const Basis = z.object({ when: z.enum(['decision', 'now']), faithful: z.boolean().nullable() });
export type Basis = z.infer<typeof Basis>;

export const WhyNotAnswer = Basis.extend({
  node: z.string(),
  fits: z.boolean(),
  verdicts: z.array(PluginVerdict),
  /** The Pod is refused before any node is looked at, by this. */
  before: PluginVerdict.nullable(),
  /** Alternatives; the changes of each are needed together. */
  remedies: z.array(
    z.object({
      changes: z.array(Wording),
      outcome: Outcome,
      selected: z.string().nullable(),
      feasible: z.number(),
    }),
  ),
  /** False: the search was ended early. */
  complete: z.boolean(),
});
export type WhyNotAnswer = z.infer<typeof WhyNotAnswer>;

export const WhatIfAnswer = Basis.extend({
  changes: z.array(Wording),
  before: CycleResult,
  after: CycleResult,
});
export type WhatIfAnswer = z.infer<typeof WhatIfAnswer>;

/** A Pod that is not bound, and where it waits. */
export const WaitingPod = z.object({
  namespace: z.string(),
  name: z.string(),
  scheduler: z.string(),
  queue: QueueName,
  priority: z.number(),
  attempts: z.number(),
  /** What put it there. */
  why: z.string(),
  since: z.number().nullable(),
  message: z.string().nullable(),
  nominatedNode: z.string().nullable(),
});
export type WaitingPod = z.infer<typeof WaitingPod>;
