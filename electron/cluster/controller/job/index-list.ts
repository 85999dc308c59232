/** `0-2,5` as numbers below `limit`. Models job/indexed_job_utils.go parseIndexesFromString (v1.34). */
export function parseIndexes(text: string | undefined, limit: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    if (part === '') continue;
    const [first = '', last = first] = part.split('-');
    for (let index = Number(first); index <= Number(last) && index < limit; index += 1) indexes.add(index);
  }
  return indexes;
}

/** Numbers as `0-2,5`; two neighbours as `3,4`, as upstream writes them. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (sorted[to + 1] === (sorted[to] as number) + 1) to += 1;
    const [first, last] = [sorted[from], sorted[to]];
    parts.push(to === from ? `${first}` : to === from + 1 ? `${first},${last}` : `${first}-${last}`);
    from = to + 1;
  }
  return parts.join(',');
}
