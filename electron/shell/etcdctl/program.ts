import { alarm, compaction, defrag, moveLeader } from './commands/maintenance.ts';
import { auth } from './commands/auth.ts';
import { check } from './commands/check.ts';
import { completion } from './commands/completion.ts';
import { del } from './commands/del.ts';
import { elect } from './commands/elect.ts';
import { endpoint } from './commands/endpoint.ts';
import { get } from './commands/get.ts';
import { lease } from './commands/lease.ts';
import { lock } from './commands/lock.ts';
import { member } from './commands/member.ts';
import { put } from './commands/put.ts';
import { role } from './commands/role.ts';
import { snapshot } from './commands/snapshot.ts';
import { txn } from './commands/txn.ts';
import { user } from './commands/user.ts';
import { version } from './commands/version.ts';
import { watch } from './commands/watch.ts';
import { globalFlags, newerFlags } from './global-flags.ts';
import type { CommandSpec, Program } from './interface.ts';

const commands: readonly CommandSpec[] = [
  alarm,
  auth,
  check,
  compaction,
  completion(() => commands),
  defrag,
  del,
  elect,
  endpoint,
  get,
  lease,
  lock,
  member,
  moveLeader,
  put,
  role,
  snapshot,
  txn,
  user,
  version,
  watch,
];

export const etcdctlProgram: Program = {
  root: {
    name: 'etcdctl',
    usage: '',
    short: { en: 'The command line client of etcd', 'pt-BR': 'O cliente de linha de comando do etcd' },
    subcommands: commands,
  },
  globalFlags,
  newerFlags,
  envPrefix: 'ETCDCTL',
};
