import { parseTime } from '../../apimachinery/time.ts';
import type { Pod, Service } from '../../api/types.ts';
import { podCondition } from '../pod-status.ts';

interface Seen {
  readonly service: number;
  readonly pods: ReadonlyMap<string, number>;
}

/**
 * When the change that a sync answers came about: the earliest new time among the Service and its Pods since the
 * last sync. Models endpointslice/trigger_time_tracker.go (v1.34).
 */
export class TriggerTimes {
  readonly #seen = new Map<string, Seen>();

  /** Virtual milliseconds, undefined when nothing shows the time of a change. */
  changed(key: string, service: Service, pods: readonly Pod[]): number | undefined {
    const before = this.#seen.get(key);
    const created = parseTime(service.metadata?.creationTimestamp) ?? 0;
    const times = new Map<string, number>();
    let earliest = Infinity;
    for (const pod of pods) {
      const time = triggerTimeOf(pod);
      if (time === undefined) continue;
      const name = pod.metadata?.name ?? '';
      times.set(name, time);
      if (before !== undefined && time > (before.pods.get(name) ?? 0)) earliest = Math.min(earliest, time);
    }
    if (before === undefined || created > before.service) earliest = Math.min(earliest, created);
    this.#seen.set(key, { service: created, pods: times });
    return Number.isFinite(earliest) ? earliest : undefined;
  }

  forget(key: string): void {
    this.#seen.delete(key);
  }
}

function triggerTimeOf(pod: Pod): number | undefined {
  return (
    parseTime(podCondition(pod, 'Ready')?.lastTransitionTime) ?? parseTime(pod.metadata?.creationTimestamp)
  );
}
