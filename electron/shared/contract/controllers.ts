import { z } from 'zod';

/** An object of the API by its type. */
export const ObjectLink = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  /** Empty for cluster-scoped objects. */
  namespace: z.string(),
  name: z.string(),
});
export type ObjectLink = z.infer<typeof ObjectLink>;

/** A process of kube-controller-manager. */
export const ManagerState = z.object({
  machine: z.string(),
  /** `<machine>/kube-controller-manager` */
  actor: z.string(),
  state: z.enum(['leading', 'standby', 'stopped']),
  /** As in the lease; empty without leader election. */
  identity: z.string(),
});
export type ManagerState = z.infer<typeof ManagerState>;

/** The Lease by which they agree who works. Times in virtual milliseconds since the Unix epoch. */
export const LeaseState = z.object({
  namespace: z.string(),
  name: z.string(),
  holder: z.string(),
  acquired: z.number().nullable(),
  renewed: z.number().nullable(),
  /** Milliseconds that it holds without being renewed. */
  duration: z.number(),
  transitions: z.number(),
});
export type LeaseState = z.infer<typeof LeaseState>;

/** What `--controllers` says of a controller; null: no process runs, so nobody has read a flag. */
export const ControllerChoice = z
  .enum(['all', 'named', 'excluded', 'off-by-default', 'not-listed'])
  .nullable();

/** `skipped`: it is enabled, but other flags leave it without what it needs. */
export const ControllerRunState = z.enum(['running', 'standby', 'stopped', 'disabled', 'skipped']);
export type ControllerRunState = z.infer<typeof ControllerRunState>;

/** One controller in a line. Counts are of keys; of passes since it was started. */
export const ControllerSummary = z.object({
  name: z.string(),
  alias: z.string(),
  state: ControllerRunState,
  choice: ControllerChoice,
  depth: z.number(),
  processing: z.number(),
  delayed: z.number(),
  failing: z.number(),
  passes: z.number(),
  failures: z.number(),
});
export type ControllerSummary = z.infer<typeof ControllerSummary>;

export const ControllersAnswer = z.object({
  now: z.number(),
  managers: z.array(ManagerState),
  lease: LeaseState.nullable(),
  /** Whose controllers these are; null: none runs. */
  machine: z.string().nullable(),
  /** Value of its `--controllers`. */
  selection: z.string(),
  controllers: z.array(ControllerSummary),
  /** Upstream's controllers that are not here. */
  notModelled: z.array(z.string()),
});
export type ControllersAnswer = z.infer<typeof ControllersAnswer>;

const QueuedKey = z.object({
  key: z.string(),
  /** The key in words, where it is no name: `pods default/web-1` for a uid. */
  label: z.string(),
  object: ObjectLink.nullable(),
  /** Failures in a row. */
  retries: z.number(),
  /** What the last of them said. */
  error: z.string().nullable(),
});

export const QueueState = z.object({
  name: z.string(),
  depth: z.number(),
  /** Oldest first; not all of many. */
  ready: z.array(QueuedKey.extend({ since: z.number() })),
  /** `again`: it changed meanwhile, so that it is handed out once more. */
  processing: z.array(QueuedKey.extend({ startedAt: z.number(), cause: z.number(), again: z.boolean() })),
  /** Keys that come back at a time, soonest first; with `retries`, after a failure. */
  delayed: z.array(QueuedKey.extend({ at: z.number() })),
  delays: z.number(),
  failing: z.number(),
});
export type QueueState = z.infer<typeof QueueState>;

/** What a controller wanted, saw and did; `record`: where it is in the causal log. */
export const ReconcileView = z.object({
  record: z.number(),
  time: z.number(),
  subject: z.string(),
  object: ObjectLink.nullable(),
  action: z.string(),
  desired: z.string(),
  observed: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type ReconcileView = z.infer<typeof ReconcileView>;

/** One pass of a key. `queue` empty: a decision outside any queue, of a loop by time. */
export const SyncView = z.object({
  queue: z.string(),
  key: z.string(),
  label: z.string(),
  object: ObjectLink.nullable(),
  startedAt: z.number(),
  endedAt: z.number(),
  error: z.string().nullable(),
  retries: z.number(),
  /** Record of what enqueued it, and of the last answer it got. */
  cause: z.number(),
  record: z.number(),
  decisions: z.array(ReconcileView),
});
export type SyncView = z.infer<typeof SyncView>;

/** Which controller, by name or alias; `machine` null: the one that leads, or else the first that runs. */
export const WhichController = z.object({
  machine: z.string().nullable().default(null),
  name: z.string().min(1),
});

export const ControllerAnswer = z.object({
  now: z.number(),
  machine: z.string().nullable(),
  summary: ControllerSummary,
  queues: z.array(QueueState),
  /** Newest first. */
  syncs: z.array(SyncView),
});
export type ControllerAnswer = z.infer<typeof ControllerAnswer>;
