import { podSecretNames } from '../../api/helpers/pod-references.ts';
import type { ConfigMap, Pod, Secret, ServiceAccount } from '../../api/types.ts';
import { isTerminating, nameOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { errorText, isConflict, isNotFound } from '../../client/api-errors.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

const TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';
const LAST_USED = 'kubernetes.io/legacy-token-last-used';
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';
const TRACKING = 'kube-apiserver-legacy-service-account-token-tracking';
const DAY = 24 * 3_600_000;

/**
 * Tokens that earlier versions made unasked and that nobody has used for `cleanUpPeriod` (milliseconds): marked as invalid
 * first, deleted after as long again. Looks once a day. Models LegacySATokenCleaner (v1.34).
 */
export class LegacyTokenCleaner implements Controller {
  readonly #c: ControllerContext;
  readonly #cleanUpPeriod: number;
  readonly #accounts: SharedInformer<ServiceAccount>;
  readonly #secrets: SharedInformer<Secret>;
  readonly #pods: SharedInformer<Pod>;

  constructor(c: ControllerContext, cleanUpPeriod: number) {
    this.#c = c;
    this.#cleanUpPeriod = cleanUpPeriod;
    this.#accounts = c.factory.informer(resourceTypes.serviceAccounts);
    this.#secrets = c.factory.informer(resourceTypes.secrets, { fieldSelector: `type=${TYPE}` });
    this.#pods = c.factory.informer(resourceTypes.pods);
  }

  run(): void {
    const { context } = this.#c;
    context.go(async () => {
      for (;;) {
        try {
          await this.#look();
        } catch (error) {
          if (error instanceof TypeError) throw error;
          context.log.error('Getting lastest possible tracked_since time', { err: errorText(error) });
        }
        await context.clock.sleep(DAY);
      }
    });
  }

  async #look(): Promise<void> {
    const now = this.#c.context.clock.now();
    if (now < (await this.#trackedSince()) + this.#cleanUpPeriod) return;
    for (const secret of this.#secrets.lister.list()) {
      if (!this.#isUnused(secret, now)) continue;
      try {
        await this.#retire(secret, now);
      } catch (error) {
        if (isConflict(error) || isNotFound(error)) continue;
        const what = { secret: `${namespaceOf(secret)}/${nameOf(secret)}`, err: errorText(error) };
        this.#c.context.log.error('Deleting legacy service account token', what);
      }
    }
  }

  /** Midnight after the first day on which uses were written down. @throws Error */
  async #trackedSince(): Promise<number> {
    const map = await this.#c.client
      .resource<ConfigMap>(resourceTypes.configMaps, 'kube-system')
      .get(TRACKING);
    const since = map.data?.['since'];
    if (since === undefined) throw new Error('configMap does not have since label');
    const day = dayOf(since);
    if (day === undefined) throw new Error(`error parsing trackedSince time: ${since}`);
    return day + DAY;
  }

  #isUnused(secret: Secret, now: number): boolean {
    const border = now - this.#cleanUpPeriod;
    if ((parseTime(secret.metadata?.creationTimestamp) ?? now) >= border || isTerminating(secret))
      return false;
    const lastUsed = secret.metadata?.labels?.[LAST_USED];
    if (lastUsed !== undefined && (dayOf(lastUsed) === undefined || lastUsed >= dayText(border)))
      return false;
    const account = this.#accountOf(secret);
    // Only those that an account lists were made unasked.
    if (account?.secrets?.some(({ name }) => name === nameOf(secret)) !== true) return false;
    return !this.#pods.lister
      .namespace(namespaceOf(secret))
      .some((pod) => podSecretNames(pod).has(nameOf(secret)));
  }

  #accountOf(secret: Secret): ServiceAccount | undefined {
    const { [NAME]: name = '', [UID]: uid = '' } = secret.metadata?.annotations ?? {};
    const account = this.#accounts.lister.get(`${namespaceOf(secret)}/${name}`);
    return account !== undefined && (uid === '' || uid === uidOf(account)) ? account : undefined;
  }

  async #retire(secret: Secret, now: number): Promise<void> {
    const invalidSince = secret.metadata?.labels?.[INVALID_SINCE] ?? '';
    const isMarked = dayOf(invalidSince) !== undefined;
    if (isMarked && invalidSince >= dayText(now - this.#cleanUpPeriod)) return;
    decide(this.#c, {
      subject: `secrets ${namespaceOf(secret)}/${nameOf(secret)}`,
      action: isMarked ? 'delete' : 'mark-invalid',
      desired: 'no token that nobody uses',
      observed: isMarked ? `invalid since ${invalidSince}` : 'unused',
    });
    const secrets = this.#c.client.resource<Secret>(resourceTypes.secrets, namespaceOf(secret));
    if (isMarked) {
      const { resourceVersion = '' } = secret.metadata ?? {};
      await secrets.delete(nameOf(secret), { preconditions: { resourceVersion } });
      return;
    }
    const metadata = { uid: uidOf(secret), labels: { [INVALID_SINCE]: dayText(now) } };
    await secrets.patch(nameOf(secret), 'application/merge-patch+json', { metadata });
  }
}

/** `2026-11-23`, UTC. */
function dayText(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function dayOf(text: string): number | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
