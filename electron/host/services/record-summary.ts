import type { CausalRecord, DecisionRecord, InputRecord } from '../../base/causal-record.ts';
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
      return { ...head, summary: `${record.action} ${record.subject}${difference(record)}` };
    case 'state':
      return {
        ...head,
        summary: `${record.subject}: ${record.from === '' ? '' : `${record.from} → `}${record.state}`,
      };
    case 'input':
      return { ...head, summary: describeInput(record) };
  }
}

/** What a decision saw and wants, where they differ. */
function difference({ desired, observed }: DecisionRecord): string {
  if (desired === undefined || observed === undefined || desired === observed) return '';
  return ` (${observed} → ${desired})`;
}

/** A request from outside by its line, anything else by its action and what it was about. */
function describeInput({ action, detail }: InputRecord): string {
  const { method, target } = detail ?? {};
  if (typeof method === 'string' && typeof target === 'string')
    return action === 'request' ? `${method} ${target}` : `${action} ${method} ${target}`;
  const about = Object.values(detail ?? {}).filter((value) => typeof value === 'string');
  return [action, ...about].join(' ');
}
