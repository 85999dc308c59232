import type { Backend } from '../../backend/interface.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { AlarmMember, AlarmType } from '../../client/maintenance.ts';

export type AlarmBuckets = Pick<Backend, 'bucket' | 'putInBucket' | 'deleteFromBucket'>;

/** Which members have raised which alarms, on every member alike. Models server/etcdserver/api/v3alarm. */
export class AlarmStore {
  readonly #buckets: AlarmBuckets;
  #alarms: readonly AlarmMember[] = [];

  constructor(buckets: AlarmBuckets) {
    this.#buckets = buckets;
    this.reload();
  }

  /** Reads the backend anew. */
  reload(): void {
    this.#alarms = [...this.#buckets.bucket('alarm').values()].map((text) => JSON.parse(text) as AlarmMember);
  }

  /** `NONE`: of every type. */
  get(type: AlarmType): readonly AlarmMember[] {
    return type === 'NONE' ? this.#alarms : this.#alarms.filter(({ alarm }) => alarm === type);
  }

  has(type: AlarmType): boolean {
    return this.#alarms.some(({ alarm }) => alarm === type);
  }

  activate(memberId: Uint64, alarm: AlarmType): AlarmMember {
    const known = this.#find(memberId, alarm);
    if (known !== undefined) return known;
    const raised = { memberId, alarm };
    this.#buckets.putInBucket('alarm', keyOf(raised), JSON.stringify(raised));
    this.#alarms = [...this.#alarms, raised];
    return raised;
  }

  /** Undefined when it was not raised. */
  deactivate(memberId: Uint64, alarm: AlarmType): AlarmMember | undefined {
    const known = this.#find(memberId, alarm);
    if (known === undefined) return undefined;
    this.#buckets.deleteFromBucket('alarm', keyOf(known));
    this.#alarms = this.#alarms.filter((other) => other !== known);
    return known;
  }

  #find(memberId: Uint64, type: AlarmType): AlarmMember | undefined {
    return this.#alarms.find((other) => other.memberId === memberId && other.alarm === type);
  }
}

function keyOf({ memberId, alarm }: AlarmMember): string {
  return `${memberId}/${alarm}`;
}
