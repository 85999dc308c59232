import { ANONYMOUS } from '../../auth/interface.ts';
import type { CompactionRequest, RangeRequest, TxnRequest } from '../../client/interface.ts';
import { checkTxn as checkTxnAuth } from '../apply/auth-check.ts';
import type { CompactionResult } from '../apply/kv-applier.ts';
import type { ServerCore } from '../core.ts';
import type { Caller, Outcome, Reply } from '../interface.ts';
import { attempt } from '../proposer.ts';
import { checkDeleteRange, checkPut, checkRange, checkTxn } from '../validation.ts';
import type { Calls } from './interface.ts';

const MAX_TXN_OPS = 128;

/** The KV service. Models the part of server/etcdserver/v3_server.go about keys. */
export function kvCalls(core: ServerCore): Pick<Calls, 'Range' | 'Put' | 'DeleteRange' | 'Txn' | 'Compact'> {
  const { auth, kv, proposer, options } = core;
  const maxTxnOps = options.maxTxnOps ?? MAX_TXN_OPS;

  /** Reads for a caller who may; nothing is read in between, so that the permission cannot be outdated. */
  const read = (
    serializable: boolean,
    caller: Caller,
    reply: Reply<never>,
    check: (info: { username: string; revision: number }) => void,
    get: () => { readonly header: ReturnType<ServerCore['header']> },
  ): void => {
    const permitted = (): unknown => {
      if (auth.enabled) check(proposer.authInfo(caller) ?? ANONYMOUS);
      return proposer.fill(get());
    };
    if (serializable) (reply as Reply<unknown>)(attempt(permitted));
    else proposer.whenCurrent(reply, permitted);
  };

  return {
    Range(request: RangeRequest, caller, reply) {
      checkRange(request);
      read(
        request.serializable === true,
        caller,
        reply,
        (info) => auth.checkRange(info, request.key, request.rangeEnd),
        () => kv.range(request),
      );
    },
    Put(put, caller, reply) {
      checkPut(put);
      proposer.propose({ put }, caller, reply);
    },
    DeleteRange(deleteRange, caller, reply) {
      checkDeleteRange(deleteRange);
      proposer.propose({ deleteRange }, caller, reply);
    },
    Txn(txn: TxnRequest, caller, reply) {
      checkTxn(txn, maxTxnOps);
      if (!isReadOnly(txn)) {
        proposer.propose({ txn }, caller, reply);
        return;
      }
      read(
        isSerializable(txn),
        caller,
        reply,
        (info) => checkTxnAuth(auth, info, txn),
        () => kv.txn(txn),
      );
    },
    Compact(compaction: CompactionRequest, caller, reply) {
      proposer.propose({ compaction }, caller, (outcome: Outcome<CompactionResult>) => {
        if ('error' in outcome) {
          reply(outcome);
          return;
        }
        const { cleaned, ...response } = outcome.response;
        if (compaction.physical === true) void cleaned.then(() => reply({ response }));
        else reply({ response });
      });
    },
  };
}

function isReadOnly(txn: TxnRequest): boolean {
  return [...txn.success, ...txn.failure].every(
    (op) => 'requestRange' in op || ('requestTxn' in op && isReadOnly(op.requestTxn)),
  );
}

function isSerializable(txn: TxnRequest): boolean {
  return [...txn.success, ...txn.failure].every(
    (op) => 'requestRange' in op && op.requestRange.serializable === true,
  );
}
