/** What a message between members of etcd is, in words that a sentence can be made of. */
export interface ParsedRaft {
  /** Key below `narrative.raft`. */
  readonly kind:
    | 'votes'
    | 'preVotes'
    | 'granted'
    | 'rejected'
    | 'preGranted'
    | 'preRejected'
    | 'appends'
    | 'appended'
    | 'beats'
    | 'beaten'
    | 'snapshot'
    | 'timeout'
    | 'other';
  readonly term: number;
  readonly what: string;
}

const RAFT = /^(Msg[A-Za-z]+) term (\d+)(?:: (.*))?$/;
const KINDS: Readonly<Record<string, ParsedRaft['kind']>> = {
  MsgVote: 'votes',
  MsgPreVote: 'preVotes',
  MsgApp: 'appends',
  MsgAppResp: 'appended',
  MsgHeartbeat: 'beats',
  MsgHeartbeatResp: 'beaten',
  MsgSnap: 'snapshot',
  MsgTimeoutNow: 'timeout',
};

/** `MsgVoteResp term 4: granted` → granted, 4. Undefined for what is no message of Raft. */
export function parseRaft(summary: string): ParsedRaft | undefined {
  const [, type = '', term = '', rest = ''] = RAFT.exec(summary) ?? [];
  if (type === '') return undefined;
  const granted = rest === 'granted';
  const kind =
    type === 'MsgVoteResp'
      ? granted
        ? 'granted'
        : 'rejected'
      : type === 'MsgPreVoteResp'
        ? granted
          ? 'preGranted'
          : 'preRejected'
        : (KINDS[type] ?? 'other');
  return { kind, term: Number(term), what: kind === 'other' || rest === '' ? summary : rest };
}
