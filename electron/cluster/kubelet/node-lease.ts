import type { Lease } from '../api/types.ts';
import { isNotFound } from '../client/api-errors.ts';
import type { ComponentContext } from '../client/component-context.ts';
import type { ApiClient, ResourceClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { formatMicroTime } from '../apimachinery/time.ts';

const NAMESPACE = 'kube-node-lease';

/** Renews the node's lease every quarter of its duration. Models component-helpers lease controller (v1.34). */
export class NodeLease {
  readonly #context: ComponentContext;
  readonly #leases: ResourceClient<Lease>;
  readonly #name: string;
  readonly #seconds: number;
  readonly #nodeUid: () => string;
  #lease: Lease | undefined;

  constructor(
    context: ComponentContext,
    client: ApiClient,
    nodeName: string,
    seconds: number,
    nodeUid: () => string,
  ) {
    this.#context = context;
    this.#leases = client.resource<Lease>(resourceTypes.leases, NAMESPACE);
    this.#name = nodeName;
    this.#seconds = seconds;
    this.#nodeUid = nodeUid;
  }

  /** Runs until the process ends. */
  async run(): Promise<void> {
    const { clock, rand, log, tracer } = this.#context;
    let failures = 0;
    for (;;) {
      try {
        await this.#renew();
        failures = 0;
      } catch (error) {
        this.#lease = undefined;
        failures += 1;
        log.error('Failed to update lease', { err: error instanceof Error ? error.message : String(error) });
      }
      const interval = this.#seconds * 250 * (1 + 0.04 * rand.float());
      await clock.sleep(failures === 0 ? interval : Math.min(200 * 2 ** (failures - 1), 7_000));
      tracer.resume(0);
    }
  }

  async #renew(): Promise<void> {
    const lease = this.#lease ?? (await this.#find());
    this.#lease =
      lease === undefined
        ? await this.#leases.create(this.#next(undefined))
        : await this.#leases.update(this.#next(lease));
  }

  async #find(): Promise<Lease | undefined> {
    try {
      return await this.#leases.get(this.#name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #next(lease: Lease | undefined): Lease {
    const spec = {
      holderIdentity: this.#name,
      leaseDurationSeconds: this.#seconds,
      renewTime: formatMicroTime(this.#context.clock.now()),
    };
    if (lease !== undefined) return { ...lease, spec: { ...lease.spec, ...spec } };
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: this.#name,
        namespace: NAMESPACE,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: this.#name, uid: this.#nodeUid() }],
      },
      spec,
    };
  }
}
