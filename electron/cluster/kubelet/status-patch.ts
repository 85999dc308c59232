import type { PodCondition, PodStatus } from '../api/types.ts';
import { sameJson } from './same-json.ts';

type Fields = Readonly<Record<string, unknown>>;

function listPatch(key: 'ip', before: readonly Fields[], after: readonly Fields[]): Fields[] {
  const gone = before.filter((item) => !after.some((other) => other[key] === item[key]));
  return [...after, ...gone.map((item) => ({ $patch: 'delete', [key]: item[key] }))];
}

function conditionsPatch(before: readonly PodCondition[], after: readonly PodCondition[]): Fields {
  const changed: Fields[] = [];
  for (const condition of after) {
    const old = before.find((other) => other.type === condition.type) as Fields | undefined;
    if (sameJson(condition, old)) continue;
    // What is merged keeps the fields that the patch does not name.
    const dropped = Object.keys(old ?? {}).filter(
      (key) => (condition as unknown as Fields)[key] === undefined && old?.[key] !== null,
    );
    changed.push({ ...condition, ...Object.fromEntries(dropped.map((key) => [key, null])) });
  }
  for (const { type } of before)
    if (!after.some((condition) => condition.type === type)) changed.push({ $patch: 'delete', type });
  return { '$setElementOrder/conditions': after.map(({ type }) => ({ type })), conditions: changed };
}

/**
 * The strategic merge patch that takes a Pod's status from one to the other; undefined when there is nothing to do.
 * Conditions merge by type, address lists by ip, all else is replaced. Models pkg/util/pod PatchPodStatus (v1.34).
 */
export function podStatusPatch(uid: string, before: PodStatus, after: PodStatus): Fields | undefined {
  const old = before as unknown as Fields;
  const fresh = after as unknown as Fields;
  const status: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    if (sameJson(old[key], fresh[key])) continue;
    if (key === 'conditions')
      Object.assign(status, conditionsPatch(before.conditions ?? [], after.conditions ?? []));
    else if (key === 'podIPs' || key === 'hostIPs') {
      status[key] = listPatch('ip', (old[key] ?? []) as Fields[], (fresh[key] ?? []) as Fields[]);
    } else status[key] = fresh[key] ?? null;
  }
  if (Object.keys(status).length === 0) return undefined;
  return { metadata: { uid }, status };
}
