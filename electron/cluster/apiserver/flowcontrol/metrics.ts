import type { FlowControl } from './flow-control.ts';
import type { FlowCounts } from './interface.ts';
import type { PriorityLevel } from './priority-level.ts';

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** Labels and value of each line. */
  readonly samples: readonly (readonly [labels: string, value: number])[];
}

/** Lines of `/metrics` about priority and fairness, in upstream's names (v1.34). */
export function flowControlMetrics({ levels, counts }: FlowControl): readonly string[] {
  const byFlow = (value: (one: FlowCounts) => number) =>
    counts.map((one) => [`flow_schema="${one.schema}",priority_level="${one.level}"`, value(one)] as const);
  const limited = levels.filter(({ limit }) => limit !== undefined);
  const byLevel = (value: (one: PriorityLevel) => number) =>
    limited.map((one) => [`priority_level="${one.name}"`, value(one)] as const);
  const families: readonly Family[] = [
    {
      name: 'current_executing_requests',
      type: 'gauge',
      help: 'Requests that hold seats now; of a watch only its beginning counts.',
      samples: byFlow(({ executing }) => executing),
    },
    {
      name: 'current_executing_seats',
      type: 'gauge',
      help: 'Seats taken now.',
      samples: byLevel(({ seatsInUse }) => seatsInUse),
    },
    {
      name: 'current_inqueue_requests',
      type: 'gauge',
      help: 'Requests that wait in queues now.',
      samples: byFlow(({ waiting }) => waiting),
    },
    {
      name: 'dispatched_requests_total',
      type: 'counter',
      help: 'Requests that were given seats.',
      samples: byFlow(({ dispatched }) => dispatched),
    },
    {
      name: 'nominal_limit_seats',
      type: 'gauge',
      help: 'Seats of each limited level.',
      samples: byLevel(({ limit }) => limit ?? 0),
    },
    {
      name: 'rejected_requests_total',
      type: 'counter',
      help: 'Requests that were refused with 429, by reason.',
      samples: counts.flatMap(({ schema, level, rejected }) =>
        [...rejected].map(
          ([reason, count]) =>
            [`flow_schema="${schema}",priority_level="${level}",reason="${reason}"`, count] as const,
        ),
      ),
    },
  ];
  return families.flatMap(({ name, type, help, samples }) => [
    `# HELP apiserver_flowcontrol_${name} ${help}`,
    `# TYPE apiserver_flowcontrol_${name} ${type}`,
    ...samples.map(([labels, value]) => `apiserver_flowcontrol_${name}{${labels}} ${value}`),
  ]);
}
