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
    | 'probes'
    | 'appended'
    | 'refused'
    | 'beats'
    | 'beaten'
    | 'snapshot'
    | 'timeout'
    | 'other';
  /** 0 where the summary does not say. */
  readonly term: number;
  readonly what: string;
}

const RAFT = /^(Msg[A-Za-z]+)(?: term (\d+))?[,: ]*(.*)$/;
const KINDS: Readonly<Record<string, ParsedRaft['kind']>> = {
  MsgVote: 'votes',
  MsgPreVote: 'preVotes',
  MsgHeartbeat: 'beats',
  MsgHeartbeatResp: 'beaten',
  MsgSnap: 'snapshot',
  MsgTimeoutNow: 'timeout',
};

/** `MsgVoteResp term 4: yes` → granted, 4. Undefined for what is no message of Raft. */
export function parseRaft(summary: string): ParsedRaft | undefined {
  const [, type = '', term = '0', rest = ''] = RAFT.exec(summary) ?? [];
  if (type === '') return undefined;
  const kind = kindOf(type, rest);
  return { kind, term: Number(term), what: kind === 'other' || rest === '' ? summary : rest };
}

function kindOf(type: string, rest: string): ParsedRaft['kind'] {
  switch (type) {
    case 'MsgVoteResp':
      return rest === 'yes' ? 'granted' : 'rejected';
    case 'MsgPreVoteResp':
      return rest === 'yes' ? 'preGranted' : 'preRejected';
    case 'MsgApp':
      return rest.startsWith('no entries') ? 'probes' : 'appends';
    case 'MsgAppResp':
      return rest.startsWith('rejected') ? 'refused' : 'appended';
    default:
      return KINDS[type] ?? 'other';
  }
}

const STATE = /^raft (\S+): (?:\w+ → )?(\w+)$/;
const ROLES: Readonly<Record<string, 'leader' | 'follower' | 'candidate' | 'pre-candidate'>> = {
  Leader: 'leader',
  Follower: 'follower',
  Candidate: 'candidate',
  PreCandidate: 'pre-candidate',
};

/** `raft cp-1/etcd: Follower → Candidate` → candidate. Undefined for any other change of state. */
export function parseRole(
  summary: string,
): 'leader' | 'follower' | 'candidate' | 'pre-candidate' | undefined {
  return ROLES[STATE.exec(summary)?.[2] ?? ''];
}
