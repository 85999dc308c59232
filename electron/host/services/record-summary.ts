import type { CausalRecord } from '../../base/causal-record.ts';
import type { RecordSummary } from '../../shared/contract/records.ts';

/** A record as lists and the diagram show it. */
export function summarize(record: CausalRecord): RecordSummary {
  const { id, time, cause, kind, actor } = record;
  const head = {
    id,
    time,
    cause,
    kind,
    actor,
    to: null,
    protocol: null,
    phase: null,
    dropped: null,
    latency: 0,
  };
  switch (record.kind) {
    case 'message':
      return {
        ...head,
        to: record.to,
        protocol: record.protocol,
        phase: record.phase,
        summary: record.summary,
        dropped: record.dropped ?? null,
        latency: record.latency,
      };
    case 'decision':
      return { ...head, summary: `${record.action} ${record.subject}` };
    case 'state':
      return {
        ...head,
        summary: `${record.subject}: ${record.from === '' ? '' : `${record.from} → `}${record.state}`,
      };
    case 'input':
      return { ...head, summary: record.action };
  }
}
