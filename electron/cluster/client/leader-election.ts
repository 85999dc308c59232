import type { Draft, Lease } from '../api/types.ts';
import { isNotFound } from './api-errors.ts';
import type { ComponentContext } from './component-context.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { ApiClient } from './interface.ts';
import { resourceTypes } from './resource-types.ts';
import { formatMicroTime } from '../apimachinery/time.ts';

/** Milliseconds: how long a lease holds, how long its holder tries to renew it, and the pause between tries. */
export interface LeaderElectionTimes {
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
}

export const defaultLeaderElectionTimes: LeaderElectionTimes = {
  leaseDuration: 15_000,
  renewDeadline: 10_000,
  retryPeriod: 2_000,
};

export interface LeaderElectionOptions {
  readonly client: ApiClient;
  readonly recorder: EventRecorder;
  readonly namespace: string;
  readonly name: string;
  /** `<host>_<uuid>` */
  readonly identity: string;
  readonly times?: LeaderElectionTimes;
}

const jitter = 1.2;

/**
 * One candidate for a Lease. Time is only ever compared on the candidate's own clock: a lease counts from
 * when it was seen to change. Models client-go tools/leaderelection (v1.34).
 */
export class LeaderElector {
  readonly #context: ComponentContext;
  readonly #options: LeaderElectionOptions;
  readonly #times: LeaderElectionTimes;
  #observed: Lease | undefined;
  #observedAt = 0;
  #reported = '';
  /** What is asked of the API now. */
  #verb: 'get' | 'create' | 'update' = 'get';
  #wasMine = false;

  constructor(context: ComponentContext, options: LeaderElectionOptions) {
    this.#context = context;
    this.#options = options;
    this.#times = options.times ?? defaultLeaderElectionTimes;
  }

  get isLeader(): boolean {
    return this.#observed?.spec?.holderIdentity === this.#options.identity;
  }

  /** Resolves once this candidate holds the lease. */
  async acquire(): Promise<void> {
    const { namespace, name } = this.#options;
    this.#context.log.info(`attempting to acquire leader lease ${namespace}/${name}...`, {
      caller: 'leaderelection.go:257',
    });
    while (!(await this.#tryAcquireOrRenew())) {
      await this.#context.clock.sleep(this.#times.retryPeriod * (1 + jitter * this.#context.rand.float()));
    }
    // Whoever held the lease already, under this very identity, has not become leader now.
    if (!this.#wasMine) this.#say('became leader');
    this.#context.log.info(`successfully acquired lease ${namespace}/${name}`, {
      caller: 'leaderelection.go:271',
    });
  }

  /** Renews until that has not succeeded for `renewDeadline`; resolves when leadership is lost. */
  async renew(): Promise<void> {
    const { renewDeadline, retryPeriod } = this.#times;
    const { clock } = this.#context;
    for (;;) {
      const deadline = clock.now() + renewDeadline;
      let renewed = false;
      while (!renewed && clock.now() < deadline) {
        renewed = await Promise.race([
          this.#tryAcquireOrRenew(),
          clock.sleep(deadline - clock.now()).then(() => false),
        ]);
        if (!renewed) await clock.sleep(Math.min(retryPeriod, Math.max(0, deadline - clock.now())));
      }
      if (!renewed) break;
      await clock.sleep(retryPeriod);
    }
    this.#say('stopped leading');
    this.#context.log.info(
      `failed to renew lease ${this.#options.namespace}/${this.#options.name}: context deadline exceeded`,
      { caller: 'leaderelection.go:297' },
    );
  }

  async #tryAcquireOrRenew(): Promise<boolean> {
    try {
      return await this.#try();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const { namespace, name } = this.#options;
      const failed = {
        get: `error retrieving resource lock ${namespace}/${name}: ${message}`,
        create: `error initially creating lease lock: ${message}`,
        update: `Failed to update lease: ${message}`,
      };
      this.#context.log.error(failed[this.#verb], { caller: 'leaderelection.go:448' });
      return false;
    }
  }

  async #try(): Promise<boolean> {
    const { client, namespace, name, identity } = this.#options;
    const { clock } = this.#context;
    const leases = client.resource<Lease>(resourceTypes.leases, namespace);
    let lease = this.#observed;
    // A leader whose lease still holds writes at once; should that conflict, it looks first, as others do.
    const fast =
      lease !== undefined && this.isLeader && this.#observedAt + this.#times.leaseDuration > clock.now();
    if (fast && lease !== undefined) {
      try {
        this.#observe(await leases.update(this.#next(lease)));
        return true;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#context.log.error(
          `Failed to update lease optimistically: ${message}, falling back to slow path`,
          { caller: 'leaderelection.go:436' },
        );
      }
    }
    this.#verb = 'get';
    try {
      lease = await leases.get(name);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#verb = 'create';
      const created: Lease = {
        apiVersion: resourceTypes.leases.apiVersion,
        kind: resourceTypes.leases.kind,
        metadata: { name, namespace },
        spec: this.#spec(undefined),
      };
      this.#observe(await leases.create(created));
      return true;
    }
    if (JSON.stringify(lease.spec) !== JSON.stringify(this.#observed?.spec)) this.#observe(lease);
    const holder = lease.spec?.holderIdentity ?? '';
    this.#wasMine = holder === identity;
    const held =
      holder !== '' && this.#observedAt + (lease.spec?.leaseDurationSeconds ?? 0) * 1000 > clock.now();
    if (held && holder !== identity) return false;
    this.#verb = 'update';
    this.#observe(await leases.update(this.#next(lease)));
    return true;
  }

  #next(lease: Lease): Lease {
    return { ...lease, spec: { ...lease.spec, ...this.#spec(lease) } };
  }

  #spec(lease: Lease | undefined): Draft<NonNullable<Lease['spec']>> {
    const { identity } = this.#options;
    const now = formatMicroTime(this.#context.clock.now());
    const mine = lease?.spec?.holderIdentity === identity;
    const transitions = lease?.spec?.leaseTransitions ?? 0;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: this.#times.leaseDuration / 1000,
      acquireTime: mine ? (lease.spec?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: lease === undefined || mine ? transitions : transitions + 1,
    };
  }

  #observe(lease: Lease): void {
    this.#observed = lease;
    this.#observedAt = this.#context.clock.now();
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder === this.#reported) return;
    this.#reported = holder;
    if (holder !== '')
      this.#context.log.info('new leader elected', { caller: 'leaderelection.go:181', identity: holder });
  }

  #say(what: string): void {
    const { recorder, identity, name, namespace } = this.#options;
    const object = this.#observed ?? { metadata: { name, namespace } };
    recorder.event(
      { apiVersion: resourceTypes.leases.apiVersion, kind: resourceTypes.leases.kind, object },
      'Normal',
      'LeaderElection',
      `${identity} ${what}`,
    );
  }
}
