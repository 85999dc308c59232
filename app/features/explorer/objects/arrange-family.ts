import type { Relative } from '../../../../electron/shared/contract/api.ts';

export interface FamilyRow {
  readonly relative: Relative;
  /** 0 at the top. */
  readonly depth: number;
}

/** Relatives as lines of a tree: each below the one it belongs to, in the order of kind and name. */
export function arrange(relatives: readonly Relative[]): FamilyRow[] {
  const uids = new Set(relatives.map(({ uid }) => uid));
  const below = Map.groupBy(relatives, ({ parent }) => (parent !== null && uids.has(parent) ? parent : ''));
  const rows: FamilyRow[] = [];
  const add = (parent: string, depth: number): void => {
    const children = [...(below.get(parent) ?? [])].sort((a, b) =>
      `${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1,
    );
    for (const relative of children) {
      rows.push({ relative, depth });
      add(relative.uid, depth + 1);
    }
  };
  add('', 0);
  return rows;
}
