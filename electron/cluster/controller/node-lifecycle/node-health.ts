import { formatTime, parseTime } from '../../apimachinery/time.ts';
import type { Lease, Node, NodeCondition } from '../../api/types.ts';

/** Conditions that only the kubelet can know. */
const kubeletConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** What the monitor remembers of a node. Times are its own clock's. */
export interface NodeHealth {
  /** When a sign of life was last seen. */
  probedAt: number;
  heartbeat: string | undefined;
  renewed: string | undefined;
}

/** Milliseconds without a sign of life that are let pass. */
export interface GracePeriods {
  readonly monitor: number;
  readonly startup: number;
}

export function readyCondition(node: Node): NodeCondition | undefined {
  return node.status?.conditions?.find(({ type }) => type === 'Ready');
}

/** Takes in what the node's status and lease say. */
export function observe(
  health: NodeHealth | undefined,
  node: Node,
  lease: Lease | undefined,
  now: number,
): NodeHealth {
  const heartbeat = readyCondition(node)?.lastHeartbeatTime;
  const renewed = lease?.spec?.renewTime;
  if (health === undefined) {
    // Never heard of: it counts from its making when it has not spoken yet.
    const created = parseTime(node.metadata?.creationTimestamp) ?? now;
    return { probedAt: heartbeat === undefined && renewed === undefined ? created : now, heartbeat, renewed };
  }
  if (health.heartbeat !== heartbeat || health.renewed !== renewed) {
    health.probedAt = now;
    health.heartbeat = heartbeat;
    health.renewed = renewed;
  }
  return health;
}

/** The conditions of a node that has been silent for too long; undefined while it has not. Models tryUpdateNodeHealth (v1.34). */
export function silentConditions(
  health: NodeHealth,
  node: Node,
  periods: GracePeriods,
  now: number,
): readonly NodeCondition[] | undefined {
  const period = readyCondition(node) === undefined ? periods.startup : periods.monitor;
  if (now <= health.probedAt + period) return undefined;
  const conditions = [...(node.status?.conditions ?? [])];
  let changed = false;
  for (const type of kubeletConditions) {
    const index = conditions.findIndex((condition) => condition.type === type);
    const present = conditions[index];
    if (present === undefined) {
      changed = true;
      conditions.push({
        type,
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
        lastHeartbeatTime: node.metadata?.creationTimestamp,
        lastTransitionTime: formatTime(now),
      });
    } else if (present.status !== 'Unknown') {
      changed = true;
      conditions[index] = {
        ...present,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: formatTime(now),
      };
    }
  }
  return changed ? conditions : undefined;
}

/** How a zone is doing. Models ComputeZoneState (v1.34). */
export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

export function zoneState(ready: readonly boolean[], threshold: number): ZoneState {
  const bad = ready.filter((one) => !one).length;
  if (ready.length > 0 && bad === ready.length) return 'FullDisruption';
  return bad > 2 && bad / ready.length >= threshold ? 'PartialDisruption' : 'Normal';
}
