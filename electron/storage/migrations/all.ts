import { initial } from './0001-initial.ts';
import type { Migration } from './interface.ts';

/** In order. */
export const MIGRATIONS: readonly Migration[] = [initial];

/** The format that this version of the app writes. */
export const FORMAT_VERSION = MIGRATIONS.length;
