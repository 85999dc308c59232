import type { Node } from '../../api/types.ts';

const zoneLabels = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
const regionLabels = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];

/** Region and zone of a node in one text; empty without either. Models component-helpers/node/topology GetZoneKey (v1.34). */
export function zoneKey(node: Node | undefined): string {
  const labels = node?.metadata?.labels ?? {};
  const valueOf = (keys: readonly string[]): string =>
    keys.map((key) => labels[key] ?? '').find((value) => value !== '') ?? '';
  const [region, zone] = [valueOf(regionLabels), valueOf(zoneLabels)];
  return region === '' && zone === '' ? '' : `${region}:\0:${zone}`;
}

/**
 * The order in which nodes are looked at: one of each zone in turn, so that a sample of a large cluster has nodes of all
 * zones. Models pkg/scheduler/backend/cache nodeTree (v1.34), which has zones and their nodes in the order of their arrival;
 * here they are in the order of their names, so that a cycle can be done again without knowing what arrived when.
 */
export function nodeOrder<T extends { readonly name: string; readonly node: Node | undefined }>(
  nodes: Iterable<T>,
): T[] {
  const zones = new Map<string, T[]>();
  for (const info of nodes) {
    const key = zoneKey(info.node);
    const zone = zones.get(key);
    if (zone === undefined) zones.set(key, [info]);
    else zone.push(info);
  }
  const lists = [...zones]
    .sort(([a], [b]) => compare(a, b))
    .map(([, list]) => list.sort((a, b) => compare(a.name, b.name)));
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const order: T[] = [];
  for (let turn = 0; turn < longest; turn += 1)
    for (const list of lists) if (turn < list.length) order.push(list[turn] as T);
  return order;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
