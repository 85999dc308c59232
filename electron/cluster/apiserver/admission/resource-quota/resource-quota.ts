import type { RecordId } from '../../../../base/causal-record.ts';
import type { Context } from '../../../../base/context.ts';
import { isQuotaIgnored, quotaEvaluatorFor } from '../../../api/quota/evaluators.ts';
import type { ResourceQuota } from '../../../api/types.ts';
import { StatusError } from '../../../apimachinery/status.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../interface.ts';
import { checkRequest } from './quota-check.ts';

/** The quotas as admission reads and writes them. */
export interface QuotaAccessor {
  /** Those of a namespace as this server last saw or wrote them, in the order of their names. */
  list(namespace: string): Promise<readonly ResourceQuota[]>;
  /** Writes the status. @throws StatusError 409 when somebody was faster */
  updateStatus(quota: ResourceQuota): Promise<void>;
}

interface Waiter {
  readonly attributes: AdmissionAttributes;
  readonly cause: RecordId;
  wake(): void;
  settled: boolean;
  refusal: Error | undefined;
}

/** How often a batch begins again because a quota had changed meanwhile. */
const RETRIES = 3;

/**
 * Refuses what would exceed a quota, and writes down what is used from now on before the object is written.
 * Requests of a namespace are judged one batch at a time: while one batch's quotas are being written, the next
 * one gathers. Models apiserver/pkg/admission/plugin/resourcequota (v1.34), without limited resources.
 */
export class ResourceQuotaAdmission implements AdmissionPlugin {
  readonly name = 'ResourceQuota';
  readonly #quotas: QuotaAccessor;
  readonly #context: Pick<Context, 'clock' | 'tracer'>;
  /** Who waits for a namespace's turn. A namespace is in it while a batch of it is being judged. */
  readonly #waiting = new Map<string, Waiter[]>();

  constructor(quotas: QuotaAccessor, context: Pick<Context, 'clock' | 'tracer'>) {
    this.#quotas = quotas;
    this.#context = context;
  }

  handles({
    operation,
    resource: { group, resource },
    subresource,
    namespace,
  }: AdmissionAttributes): boolean {
    if (namespace === '' || operation === 'DELETE' || isQuotaIgnored(group, resource)) return false;
    return quotaEvaluatorFor(group, resource).handles(operation, subresource);
  }

  /** @throws StatusError 403, and 409 when the quotas kept changing */
  async validate(attributes: AdmissionAttributes): Promise<void> {
    const { namespace } = attributes;
    if ((await this.#quotas.list(namespace)).length === 0) return;
    const waiter = this.#waiter(attributes);
    const waiting = this.#waiting.get(namespace);
    if (waiting === undefined) {
      this.#waiting.set(namespace, []);
      await this.#lead(namespace, waiter);
    } else {
      await new Promise<void>((resolve) => {
        waiter.wake = () => this.#wake(waiter, resolve);
        waiting.push(waiter);
      });
      if (!waiter.settled) await this.#lead(namespace, waiter);
    }
    if (waiter.refusal !== undefined) throw waiter.refusal;
  }

  #waiter(attributes: AdmissionAttributes): Waiter {
    const { cause } = this.#context.tracer;
    return { attributes, cause, wake: () => undefined, settled: false, refusal: undefined };
  }

  /** Each goes on in a turn of its own, under the cause of its own request. */
  #wake({ cause }: Waiter, resolve: () => void): void {
    this.#context.clock.setTimeout(() => {
      this.#context.tracer.resume(cause);
      resolve();
    }, 0);
  }

  /** Judges itself and all who wait, then lets the first of those who came meanwhile lead. */
  async #lead(namespace: string, leader: Waiter): Promise<void> {
    const waiting = this.#waiting.get(namespace) as Waiter[];
    const batch = [leader, ...waiting.splice(0)];
    try {
      await this.#judge(await this.#quotas.list(namespace), batch, RETRIES);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      for (const waiter of batch) settle(waiter, error);
    } finally {
      for (const waiter of batch) if (waiter !== leader) waiter.wake();
      const next = waiting.shift();
      if (next === undefined) this.#waiting.delete(namespace);
      else next.wake();
    }
  }

  async #judge(quotas: readonly ResourceQuota[], batch: readonly Waiter[], retries: number): Promise<void> {
    const now = this.#context.clock.now();
    let running = quotas;
    for (const waiter of batch) {
      if (waiter.settled) continue;
      const { attributes } = waiter;
      const { group, resource } = attributes.resource;
      try {
        const next = checkRequest(running, attributes, quotaEvaluatorFor(group, resource), now);
        if (attributes.dryRun || next === running) settle(waiter, undefined);
        else running = next;
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        settle(waiter, error);
      }
    }
    const failed = new Set<string>();
    let conflict: Error | undefined;
    for (const [index, quota] of running.entries()) {
      if (quota === quotas[index]) continue;
      try {
        await this.#quotas.updateStatus(quota);
      } catch (error) {
        if (!(error instanceof StatusError) || (error.code !== 409 && error.code !== 404)) throw error;
        failed.add(quota.metadata?.name ?? '');
        conflict = error;
      }
    }
    if (conflict === undefined || retries === 0) {
      for (const waiter of batch) settle(waiter, conflict);
      return;
    }
    // Only those that could not be written: the others have been charged already.
    const namespace = quotas[0]?.metadata?.namespace ?? '';
    const again = (await this.#quotas.list(namespace)).filter(({ metadata }) =>
      failed.has(metadata?.name ?? ''),
    );
    await this.#judge(again, batch, retries - 1);
  }
}

function settle(waiter: Waiter, refusal: Error | undefined): void {
  if (waiter.settled) return;
  waiter.settled = true;
  waiter.refusal = refusal;
}
