import { initial } from './0001-initial.ts';
import { etcdMembers } from './0002-etcd-members.ts';
import type { Migration } from './interface.ts';

/** In order. */
export const MIGRATIONS: readonly Migration[] = [initial, etcdMembers];

/** The format that this version of the app writes. */
export const FORMAT_VERSION = MIGRATIONS.length;
