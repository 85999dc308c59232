import type { RecordSummary } from '../../../electron/shared/contract/records.ts';
import { useText } from '../../i18n/use-text.ts';
import { useDiagram } from '../../stores/diagram.ts';
import { shortName } from '../records/short-name.ts';
import { parseRaft, parseRole } from './parse-raft.ts';
import { parseItem, parseRequest } from './parse-summary.ts';

/** A record as one sentence in the language that is set. */
export function useSentence(): (record: RecordSummary) => string {
  const { t, te } = useText();
  const diagram = useDiagram();

  function message(record: RecordSummary, from: string, to: string): string {
    if (record.dropped !== null) {
      const key = `narrative.lost.${record.dropped}`;
      return t(te(key) ? key : 'narrative.lost.closed', { from, to, what: record.summary });
    }
    const raft = parseRaft(record.summary);
    if (raft !== undefined)
      return t(`narrative.raft.${raft.kind}`, { from, to, n: raft.term, what: raft.what });
    switch (record.phase) {
      case 'response':
        return t(/^[45]\d\d\b/.test(record.summary) ? 'narrative.refuses' : 'narrative.responds', {
          from,
          to,
          what: record.summary,
        });
      case 'item': {
        const { type, what } = parseItem(record.summary);
        return t(`narrative.tells.${type}`, { from, to, what });
      }
      case 'end':
        return t('narrative.ends', { from, to });
      case 'request':
      case null: {
        const { verb, what } = parseRequest(record.summary);
        return t(`narrative.asks.${verb}`, { from, to, what });
      }
    }
  }

  function state(from: string, what: string): string {
    const role = parseRole(what);
    return role === undefined
      ? t('narrative.state', { from, what })
      : t(`narrative.becomes.${role}`, { from });
  }

  return (record) => {
    const from = shortName(record.actor, diagram.sharedNames);
    const what = record.summary;
    switch (record.kind) {
      case 'message':
        return message(record, from, shortName(record.to ?? '', diagram.sharedNames));
      case 'decision':
        return t('narrative.decides', { from, what });
      case 'state':
        return state(from, what);
      case 'input':
        return t('narrative.input', { what });
    }
  };
}
