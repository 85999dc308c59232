/** Id of a record in the causal log; 0 means "no cause" (the beginning, or a spontaneous timer). */
export type RecordId = number;

/** What every record of the causal log carries. `time` is virtual milliseconds since the Unix epoch. */
interface RecordHead {
  readonly id: RecordId;
  readonly time: number;
  readonly cause: RecordId;
  /** Who: `<machine>/<process>`, or `learner`, `host`. */
  readonly actor: string;
}

/** A message crossed (or failed to cross) the simulated network. */
export interface MessageRecord extends RecordHead {
  readonly kind: 'message';
  /** Receiver, in the form of `actor`. */
  readonly to: string;
  readonly protocol: 'https' | 'grpc' | 'cri' | 'ssh' | 'tcp';
  readonly phase: 'request' | 'response' | 'item' | 'end';
  /** One line, e.g. `POST /api/v1/namespaces/default/pods`, `201 Created`, `ADDED pods default/web-1`. */
  readonly summary: string;
  /** Connection and call within it, so that a request finds its response and its watch items. */
  readonly connection: number;
  readonly call: number;
  /** The payload as it crossed. Shared and immutable; only kept while the record is in memory. */
  readonly body?: unknown;
  /** Verdicts, identity, status code … whatever the protocol adds. Small and JSON-safe. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
  /** Why it was not delivered. */
  readonly dropped?: 'link-cut' | 'machine-off' | 'no-listener' | 'closed' | undefined;
  /** Virtual milliseconds on the wire. */
  readonly latency: number;
}

/** A component decided something: a reconcile, a scheduling cycle, an admission verdict, a kubelet sync. */
export interface DecisionRecord extends RecordHead {
  readonly kind: 'decision';
  /** What it was about, e.g. `pods default/web-1`. */
  readonly subject: string;
  /** Short machine-readable verb, e.g. `scale-up`, `bind`, `no-op`. */
  readonly action: string;
  readonly desired?: string;
  readonly observed?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A process, machine, link or container changed state. */
export interface StateRecord extends RecordHead {
  readonly kind: 'state';
  /** e.g. `process cp-1/kube-scheduler`, `machine worker-1`, `link cp-1>worker-1`, `container worker-1/abc`. */
  readonly subject: string;
  readonly from: string;
  readonly state: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Something came from outside the simulation: a command, a click, a request through the gateway. */
export interface InputRecord extends RecordHead {
  readonly kind: 'input';
  readonly action: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export type CausalRecord = MessageRecord | DecisionRecord | StateRecord | InputRecord;

type WithoutHead<T> = T extends CausalRecord ? Omit<T, 'id' | 'time' | 'cause' | 'actor'> : never;
/** What a caller gives; the log adds id, time, cause and actor. */
export type NewRecord = WithoutHead<CausalRecord>;
