export interface MetricSample {
  /** In the order in which they are written. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One family as Prometheus' text format has it. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly samples: readonly MetricSample[];
}
