import { initial } from './0001-initial.ts';
import { etcdMembers } from './0002-etcd-members.ts';
import { redoLog } from './0003-redo-log.ts';
import type { Migration } from './interface.ts';

/** In order. */
export const MIGRATIONS: readonly Migration[] = [initial, etcdMembers, redoLog];

/** The format that this version of the app writes. */
export const FORMAT_VERSION = MIGRATIONS.length;
