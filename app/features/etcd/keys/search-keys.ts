import type { Bytes } from './bytes.ts';
import { bytesOf } from './bytes.ts';

export interface KeySearch {
  readonly keys: readonly Bytes[];
  /** How they were found: as etcd does (`prefix`), or, when nothing begins so, anywhere in the key. */
  readonly by: 'all' | 'prefix' | 'part';
}

/** Keys that begin with what was typed; when there is none, those that hold it. */
export function searchKeys(keys: Iterable<Bytes>, typed: string): KeySearch {
  const all = [...keys];
  const wanted = bytesOf(typed.trim());
  if (wanted === '') return { keys: all, by: 'all' };
  const beginning = all.filter((key) => key.startsWith(wanted));
  if (beginning.length > 0) return { keys: beginning, by: 'prefix' };
  return { keys: all.filter((key) => key.includes(wanted)), by: 'part' };
}
