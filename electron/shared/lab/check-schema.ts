import { z } from 'zod';
import { LocalizedText } from '../contract/text.ts';

/** Which objects a check is about. */
export const ObjectQuery = z.strictObject({
  /** e.g. `v1`, `apps/v1` */
  apiVersion: z.string(),
  /** e.g. `Pod` */
  kind: z.string(),
  /** Undefined: all namespaces, or a cluster-scoped kind. */
  namespace: z.string().optional(),
  name: z.string().optional(),
  /** A label selector as kubectl takes it, e.g. `app=web`. */
  selector: z.string().optional(),
  /** A partial object: every field given must be there with that value. */
  match: z.record(z.string(), z.unknown()).optional(),
  /** CEL over `object`; objects for which it is false, or fails, do not count. */
  where: z.string().optional(),
});
export type ObjectQuery = z.infer<typeof ObjectQuery>;

export const CountRule = z
  .strictObject({
    equals: z.number().int().min(0).optional(),
    atLeast: z.number().int().min(0).optional(),
    atMost: z.number().int().min(0).optional(),
  })
  .refine(
    (rule) => Object.values(rule).some((value) => value !== undefined),
    'give equals, atLeast or atMost',
  );
export type CountRule = z.infer<typeof CountRule>;

/** Words of the author for what is expected; without them the check words it itself. */
const worded = { expected: LocalizedText.optional(), portable: z.boolean().optional() };

export const ObjectCheck = z.strictObject({
  kind: z.literal('object'),
  query: ObjectQuery,
  /** Default: at least one. `equals: 0` asks for absence. */
  count: CountRule.optional(),
  ...worded,
});

/** How the number of matching objects went since the step began. */
export const HistoryCheck = z.strictObject({
  kind: z.literal('history'),
  query: ObjectQuery,
  /** The count met these rules one after the other (others may lie between). */
  sequence: z.array(CountRule).min(1).optional(),
  /** The count met this rule all the time. */
  always: CountRule.optional(),
  /** An object of the query was replaced: one is gone and another, with another uid, came after it. */
  replaced: z.literal(true).optional(),
  ...worded,
});

const RecordPattern = z.strictObject({
  kind: z.enum(['message', 'decision', 'state', 'input']).optional(),
  /** Regular expressions. */
  actor: z.string().optional(),
  to: z.string().optional(),
  /** Of the summary of a message, the subject of a decision or state, the action of an input. */
  about: z.string().optional(),
  action: z.string().optional(),
  state: z.string().optional(),
  /** Who an API server's answer says has asked, e.g. `^system:serviceaccount:default:`. */
  user: z.string().optional(),
});
export type RecordPattern = z.infer<typeof RecordPattern>;

/** Something happened since the step began, and what led to it. */
export const CauseCheck = z.strictObject({
  kind: z.literal('cause'),
  effect: RecordPattern,
  /** Somewhere in the chain of causes. */
  because: RecordPattern.optional(),
  /** Nowhere in the chain of causes. */
  notBecause: RecordPattern.optional(),
  ...worded,
});

export const CommandCheck = z.strictObject({
  kind: z.literal('command'),
  /** A regular expression over the command line. */
  pattern: z.string(),
  /** False: it must not have been used. */
  used: z.boolean().default(true),
  /** Exit code; undefined: any. */
  exit: z.number().int().optional(),
  ...worded,
});

/** What is in etcd, and how its members are. */
export const EtcdCheck = z.strictObject({
  kind: z.literal('etcd'),
  /** A key, or all keys below a prefix, as `etcdctl get` names them. */
  key: z
    .strictObject({
      name: z.string().optional(),
      prefix: z.string().optional(),
      /** CEL over `kv` (key, value, createRevision, modRevision, version, lease); keys for which it is false do not count. */
      where: z.string().optional(),
      /** Default: at least one. */
      count: CountRule.optional(),
    })
    .refine((key) => (key.name === undefined) !== (key.prefix === undefined), 'give name or prefix')
    .optional(),
  /**
   * CEL over `etcd` (clusterId, quorum, leader, term, revision, compactRevision, members) and `before`, the same
   * when the task opened. A member: name, machine, running, leader, learner, term, index, applied, dbSize,
   * dbSizeInUse, alarms.
   */
  where: z.string().optional(),
  /** True: it is enough that it held at one moment since the task opened. */
  ever: z.boolean().default(false),
  ...worded,
});

/** What is on a machine. Each part that is given counts the same. */
export const NodeCheck = z.strictObject({
  kind: z.literal('node'),
  machine: z.string(),
  powered: z.boolean().optional(),
  /** A systemd unit, without `.service`. */
  unit: z.strictObject({ name: z.string(), active: z.boolean().default(true) }).optional(),
  /** A Unix socket that somebody listens at. */
  socket: z.strictObject({ path: z.string(), listening: z.boolean().default(true) }).optional(),
  /** What the container runtime keeps: it is seen whether or not the runtime and the kubelet are up. */
  containers: z
    .strictObject({
      /** Regular expressions over `namespace/name` of the Pod and over the container's name. */
      pod: z.string().optional(),
      name: z.string().optional(),
      state: z.enum(['running', 'exited']).default('running'),
      /** Default: at least one. */
      count: CountRule.optional(),
    })
    .optional(),
  /** An image that has been pulled, as one would name it, e.g. `redis:7`. */
  image: z.strictObject({ name: z.string(), present: z.boolean().default(true) }).optional(),
  process: z.strictObject({ name: z.string(), running: z.boolean().default(true) }).optional(),
  file: z
    .strictObject({
      /** A file, or a folder with something in it. */
      path: z.string(),
      exists: z.boolean().default(true),
      /** A regular expression over the text. */
      contains: z.string().optional(),
    })
    .optional(),
  ...worded,
});

/** Where Pods were bound since the task opened, by whomever, judged by the filters and scores of the scheduler's framework. */
export const PlacementCheck = z.strictObject({
  kind: z.literal('placement'),
  /** Pods. */
  query: ObjectQuery,
  /** How many of them; default: at least one. */
  count: CountRule.optional(),
  /** `fits`: every filter lets the Pod pass on that node, as the cluster was then; `best`: and no node scores more. */
  choice: z.enum(['fits', 'best']).default('fits'),
  ...worded,
});

/** A line in the logs of Pods' containers, or in the journal of a systemd unit. */
export const LogCheck = z.strictObject({
  kind: z.literal('log'),
  /** Pods; each with such a line counts once. */
  query: ObjectQuery.optional(),
  /** Only this container of them. */
  container: z.string().optional(),
  unit: z.strictObject({ machine: z.string(), name: z.string() }).optional(),
  /** A regular expression over one line. */
  contains: z.string().optional(),
  /** CEL over `line` (its text) and, with a query, `object` (the Pod). */
  where: z.string().optional(),
  /** How many Pods, or of a unit how many lines; default: at least one. */
  count: CountRule.optional(),
  /** Lines from before the task opened count too. */
  earlier: z.boolean().default(false),
  ...worded,
});

/** The moment at which something comes true: a count of objects, or a record of the causal log. */
export const Moment = z
  .strictObject({
    query: ObjectQuery.optional(),
    /** Default: at least one. */
    count: CountRule.optional(),
    record: RecordPattern.optional(),
  })
  .refine((moment) => (moment.query === undefined) !== (moment.record === undefined), 'give query or record');
export type Moment = z.infer<typeof Moment>;

/** How long after one moment another came. Each time the first comes true again, the clock starts again. */
export const TemporalCheck = z.strictObject({
  kind: z.literal('temporal'),
  from: Moment,
  to: Moment,
  /** Seconds of virtual time, at most. */
  within: z.number().positive().optional(),
  /** Seconds of virtual time, at least. */
  after: z.number().min(0).optional(),
  ...worded,
});

export const CheckSpec = z.discriminatedUnion('kind', [
  ObjectCheck,
  HistoryCheck,
  CauseCheck,
  CommandCheck,
  EtcdCheck,
  NodeCheck,
  PlacementCheck,
  LogCheck,
  TemporalCheck,
]);
export type CheckSpec = z.infer<typeof CheckSpec>;
export type CheckSpecOf<K extends CheckSpec['kind']> = Extract<CheckSpec, { kind: K }>;
