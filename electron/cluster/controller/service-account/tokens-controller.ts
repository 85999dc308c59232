import { signToken } from '../../../base/jose/json-web-token.ts';
import type { PrivateKey } from '../../../base/jose/private-key.ts';
import { legacyClaims } from '../../api/core/v1/service-account/legacy-claims.ts';
import type { Secret, ServiceAccount } from '../../api/types.ts';
import { encodeBase64 } from '../../apimachinery/base64.ts';
import { nameOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import { isConflict, isNotFound } from '../../client/api-errors.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

const TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';
const WORKERS = 5;
const MAX_RETRIES = 10;
const REFERENCE_TRIES = 10;

/** A Secret and the account that it names, as they were when it was queued; a Secret that has gone is known by it still. */
interface SecretKey {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly account: string;
  readonly accountUid: string;
}

type AccountKey = Pick<SecretKey, 'namespace' | 'name' | 'uid'>;

/**
 * Fills Secrets of service account tokens, and deletes those whose account is not there (any more). Nobody gets such a Secret
 * unasked. Models pkg/controller/serviceaccount/tokens_controller.go (v1.34).
 */
export class TokensController implements Controller {
  readonly #c: ControllerContext;
  readonly #key: PrivateKey;
  /** PEM text; undefined where nobody configured one. */
  readonly #rootCa: string | undefined;
  readonly #accountQueue: WorkQueue;
  readonly #secretQueue: WorkQueue;
  readonly #accounts: SharedInformer<ServiceAccount>;
  readonly #secrets: SharedInformer<Secret>;

  constructor(c: ControllerContext, key: PrivateKey, rootCa: string | undefined) {
    this.#c = c;
    this.#key = key;
    this.#rootCa = rootCa;
    this.#accountQueue = c.journal.queue('serviceaccount_tokens_service', { resource: 'serviceaccounts' });
    this.#secretQueue = c.journal.queue('serviceaccount_tokens_secret', { resource: 'secrets' });
    this.#accounts = c.factory.informer(resourceTypes.serviceAccounts);
    this.#secrets = c.factory.informer(resourceTypes.secrets, { fieldSelector: `type=${TYPE}` });
    // What is there needs nothing of its own: Secrets are looked at one by one.
    this.#accounts.addEventHandler({
      onDelete: (account) =>
        this.#accountQueue.add(
          JSON.stringify({
            namespace: namespaceOf(account),
            name: nameOf(account),
            uid: uidOf(account),
          } satisfies AccountKey),
        ),
    });
    const changed = (secret: Secret): void => this.#secretQueue.add(keyOf(secret));
    this.#secrets.addEventHandler({
      onAdd: changed,
      onUpdate: (_, secret) => changed(secret),
      onDelete: changed,
    });
  }

  run(): void {
    const { context } = this.#c;
    runWorkers(context, {
      queue: this.#accountQueue,
      workers: WORKERS,
      sync: (key) => this.#syncAccount(JSON.parse(key) as AccountKey),
      maxRetries: MAX_RETRIES,
    });
    runWorkers(context, {
      queue: this.#secretQueue,
      workers: WORKERS,
      sync: (key) => this.#syncSecret(JSON.parse(key) as SecretKey),
      maxRetries: MAX_RETRIES,
    });
  }

  /** An account has gone: so do its tokens. */
  async #syncAccount({ namespace, name, uid }: AccountKey): Promise<void> {
    if (this.#knownAccount(namespace, name, uid) !== undefined) return;
    for (const secret of this.#secrets.lister.namespace(namespace)) {
      const annotations = secret.metadata?.annotations ?? {};
      if (annotations[NAME] === name && (annotations[UID] ?? uid) === uid)
        await this.#deleteToken(secret, 'the account has gone');
    }
  }

  async #syncSecret(key: SecretKey): Promise<void> {
    const { namespace, name, account, accountUid } = key;
    const secret = this.#secrets.lister.get(`${namespace}/${name}`);
    if (secret === undefined || uidOf(secret) !== key.uid) {
      if (this.#knownAccount(namespace, account, accountUid) !== undefined) await this.#removeReference(key);
      return;
    }
    const owner =
      this.#knownAccount(namespace, account, accountUid) ??
      (await this.#liveAccount(namespace, account, accountUid));
    if (owner === undefined) await this.#deleteToken(secret, 'the account does not exist');
    else await this.#fill(owner, secret);
  }

  async #deleteToken(secret: Secret, why: string): Promise<void> {
    const { uid, resourceVersion } = secret.metadata ?? {};
    this.#decide(secret, 'delete-token', 'no token without an account', why);
    try {
      await this.#c.client
        .resource<Secret>(resourceTypes.secrets, namespaceOf(secret))
        .delete(nameOf(secret), {
          preconditions: {
            ...(uid === undefined ? {} : { uid }),
            ...(resourceVersion === undefined ? {} : { resourceVersion }),
          },
        });
    } catch (error) {
      // It has gone already, or somebody made another of this name, or it is queued again for its change.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  async #fill(account: ServiceAccount, cached: Secret): Promise<void> {
    if (Object.keys(this.#missing(account, cached)).length === 0) return;
    const secrets = this.#c.client.resource<Secret>(resourceTypes.secrets, namespaceOf(cached));
    try {
      const live = await secrets.get(nameOf(cached));
      // There is a newer one, which is queued as well.
      if (live.metadata?.resourceVersion !== cached.metadata?.resourceVersion) return;
      const missing = this.#missing(account, live);
      this.#decide(
        cached,
        'fill-token',
        'token, ca.crt, namespace',
        `without ${Object.keys(missing).join(', ')}`,
      );
      await secrets.update({
        ...live,
        metadata: {
          ...live.metadata,
          annotations: { ...live.metadata?.annotations, [NAME]: nameOf(account), [UID]: uidOf(account) },
        },
        data: { ...live.data, ...missing },
      });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** What such a Secret lacks, as its data. */
  #missing(account: ServiceAccount, { data, metadata }: Secret): Readonly<Record<string, string>> {
    const ca = this.#rootCa === undefined ? '' : encodeBase64(this.#rootCa);
    const namespace = metadata?.namespace ?? '';
    const token = (): string =>
      signToken(
        this.#key,
        legacyClaims({
          namespace,
          secret: metadata?.name ?? '',
          account: nameOf(account),
          uid: uidOf(account),
        }),
      );
    return {
      ...(ca === '' || data?.['ca.crt'] === ca ? {} : { 'ca.crt': ca }),
      ...((data?.['namespace'] ?? '') === '' ? { namespace: encodeBase64(namespace) } : {}),
      ...((data?.['token'] ?? '') === '' ? { token: encodeBase64(token()) } : {}),
    };
  }

  /** Takes a Secret that has gone from those that its account lists. */
  async #removeReference({ namespace, name, account }: SecretKey): Promise<void> {
    const accounts = this.#c.client.resource<ServiceAccount>(resourceTypes.serviceAccounts, namespace);
    for (let tries = 1; ; tries += 1) {
      try {
        const live = await accounts.get(account);
        const kept = live.secrets?.filter((reference) => reference.name !== name);
        if (live.secrets === undefined || kept?.length === live.secrets.length) return;
        await accounts.update({ ...live, secrets: kept });
        return;
      } catch (error) {
        if (isNotFound(error)) return;
        if (!isConflict(error) || tries === REFERENCE_TRIES) throw error;
      }
    }
  }

  #knownAccount(namespace: string, name: string, uid: string): ServiceAccount | undefined {
    const account = this.#accounts.lister.get(`${namespace}/${name}`);
    return account !== undefined && (uid === '' || uidOf(account) === uid) ? account : undefined;
  }

  async #liveAccount(namespace: string, name: string, uid: string): Promise<ServiceAccount | undefined> {
    try {
      const account = await this.#c.client
        .resource<ServiceAccount>(resourceTypes.serviceAccounts, namespace)
        .get(name);
      return uid === '' || uidOf(account) === uid ? account : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #decide(secret: Secret, action: string, desired: string, observed: string): void {
    const subject = `secrets ${namespaceOf(secret)}/${nameOf(secret)}`;
    decide(this.#c, { subject, action, desired, observed });
  }
}

function keyOf(secret: Secret): string {
  const { annotations = {} } = secret.metadata ?? {};
  return JSON.stringify({
    namespace: namespaceOf(secret),
    name: nameOf(secret),
    uid: uidOf(secret),
    account: annotations[NAME] ?? '',
    accountUid: annotations[UID] ?? '',
  } satisfies SecretKey);
}
