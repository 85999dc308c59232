import { z } from 'zod';

/** One record of the causal log, without its body. */
export const RecordSummary = z.object({
  id: z.number(),
  /** Virtual milliseconds since the Unix epoch. */
  time: z.number(),
  /** 0: no cause. */
  cause: z.number(),
  kind: z.enum(['message', 'decision', 'state', 'input']),
  actor: z.string(),
  /** Receiver of a message. */
  to: z.string().nullable(),
  protocol: z.string().nullable(),
  phase: z.enum(['request', 'response', 'item', 'end']).nullable(),
  summary: z.string(),
  dropped: z.string().nullable(),
  latency: z.number(),
});
export type RecordSummary = z.infer<typeof RecordSummary>;

/** Messages between two components that were too many to show one by one. */
export const Flow = z.object({
  from: z.string(),
  to: z.string(),
  protocol: z.string(),
  count: z.number(),
  /** Newest record of the flow, so that it can be opened. */
  last: z.number(),
});
export type Flow = z.infer<typeof Flow>;

/** What happened since the item before: up to `limit` records one by one, the rest as flows. */
export const RecordBatch = z.object({
  records: z.array(RecordSummary),
  flows: z.array(Flow),
  /** Heartbeats between members of etcd, which are routine and therefore not among the records. */
  beats: z.array(Flow).optional(),
  /** It happened before the stream was opened: to be listed, not to be played. */
  history: z.boolean().optional(),
});
export type RecordBatch = z.infer<typeof RecordBatch>;

export const RecordFilter = z.object({
  /** Periodic work (leases, heartbeats) and what follows from it. */
  includePeriodic: z.boolean().default(false),
  limit: z.number().int().min(1).max(500).default(120),
});

/** A body for people. `hidden`: it holds values of Secrets that were left out. */
export const HttpText = z.object({ text: z.string(), truncated: z.boolean(), hidden: z.boolean() });
export type HttpText = z.infer<typeof HttpText>;

const Headers = z.array(z.object({ name: z.string(), value: z.string() }));

/** What each stage of the API server said, in its order; absent: the request did not come so far. */
export const HttpVerdicts = z.object({
  user: z.string().nullable(),
  groups: z.array(z.string()),
  /** Who really asked, when the user is impersonated. */
  impersonator: z.string().nullable(),
  authn: z.string().nullable(),
  /** Flow schema and priority level. */
  flowControl: z.string().nullable(),
  authz: z.string().nullable(),
  /** One line per plugin that changed the object or refused it. */
  admission: z.array(z.string()),
  validation: z.string().nullable(),
  storage: z.string().nullable(),
  /** Everything else that was recorded beside the answer. */
  more: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type HttpVerdicts = z.infer<typeof HttpVerdicts>;

/** A request with its answer, whichever of the two was opened. */
export const HttpExchangeView = z.object({
  /** Null: not kept any more. `headers` null: only its line is. */
  request: z
    .object({
      id: z.number(),
      time: z.number(),
      latency: z.number(),
      method: z.string(),
      target: z.string(),
      headers: Headers.nullable(),
      body: HttpText.nullable(),
    })
    .nullable(),
  /** Null: not answered yet. */
  response: z
    .object({
      id: z.number(),
      time: z.number(),
      latency: z.number(),
      status: z.string(),
      stream: z.boolean(),
      headers: Headers.nullable(),
      body: HttpText.nullable(),
    })
    .nullable(),
  verdicts: HttpVerdicts.nullable(),
});
export type HttpExchangeView = z.infer<typeof HttpExchangeView>;

export const RecordDetail = z.object({
  record: RecordSummary,
  /** Everything else the record says (verdicts, identity, desired, observed …), JSON text. */
  detail: z.string(),
  /** The payload as text (YAML for API objects, JSON otherwise); null when it is no longer kept. */
  body: z.string().nullable(),
  bodyTruncated: z.boolean(),
  /** For messages of HTTP: the request and its answer side by side. */
  http: HttpExchangeView.nullable(),
  /** From the root cause down to the direct cause. */
  causes: z.array(RecordSummary),
  /** Direct consequences, oldest first, bounded. */
  consequences: z.array(RecordSummary),
});
export type RecordDetail = z.infer<typeof RecordDetail>;
