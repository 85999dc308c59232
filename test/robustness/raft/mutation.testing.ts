import type { Message, Ready } from '../../../electron/cluster/raft/interface.ts';
import type { Raft } from '../../../electron/cluster/raft/raft.ts';

/** A bug that is put in on purpose: in raft, on the wire, or in the application around raft. All parts are optional. */
export interface Mutation {
  /** Changes a state machine that was just made. */
  readonly raft?: (raft: Raft) => void;
  /** What goes out instead. */
  readonly send?: (message: Message, raft: Raft) => Message;
  /** What is written instead. */
  readonly write?: (ready: Ready) => Pick<Ready, 'hardState' | 'entries' | 'snapshot'>;
  /** Messages leave before the disk has what they promise. */
  readonly sendsBeforeSync?: boolean;
  /** Syncs do nothing. */
  readonly neverSyncs?: boolean;
  /** Reads are answered without waiting until their index is applied. */
  readonly readsEarly?: boolean;
  /** Reads are answered at once from what is here. */
  readonly readsLocally?: boolean;
  /** A write is acknowledged when its entry is in the log. */
  readonly acknowledgesEarly?: boolean;
  readonly leaseBased?: boolean;
  /** Committed changes are applied as one simple step, whatever they say. */
  readonly noJoint?: boolean;
  readonly noConfChangeValidation?: boolean;
}
