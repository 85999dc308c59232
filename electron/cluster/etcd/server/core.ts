import type { Context } from '../../../base/context.ts';
import type { AuthStore } from '../auth/auth-store.ts';
import type { Backend } from '../backend/interface.ts';
import type { ResponseHeader, Uint64 } from '../client/interface.ts';
import type { Lessor } from '../lease/lessor.ts';
import type { MvccStore } from '../mvcc/store.ts';
import type { AlarmStore } from './apply/alarm-store.ts';
import type { KvApplier } from './apply/kv-applier.ts';
import type { Quota } from './apply/quota.ts';
import type { Consensus } from './interface.ts';
import type { EtcdServerOptions } from './options.ts';
import type { Proposer } from './proposer.ts';

/** The parts of a member that its calls work on. */
export interface ServerCore {
  readonly context: Context;
  readonly options: EtcdServerOptions;
  readonly memberId: Uint64;
  readonly backend: Backend;
  readonly mvcc: MvccStore;
  readonly lessor: Lessor;
  readonly auth: AuthStore;
  readonly alarms: AlarmStore;
  readonly quota: Quota;
  readonly kv: KvApplier;
  readonly consensus: Consensus;
  readonly proposer: Proposer;
  /** `revision`: of the store, at present when absent. */
  header(revision?: number): ResponseHeader;
}
