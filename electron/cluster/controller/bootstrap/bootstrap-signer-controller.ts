import { detachedSignature } from '../../../base/jose/detached-signature.ts';
import {
  BOOTSTRAP_TOKEN_TYPE,
  bootstrapTokenLeft,
  bootstrapTokenOf,
} from '../../api/core/v1/secret/bootstrap-token.ts';
import type { ConfigMap, Secret } from '../../api/types.ts';
import { isConflict, isNotFound } from '../../client/api-errors.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

const PUBLIC = 'kube-public';
const CLUSTER_INFO = 'cluster-info';
const KEY = `${PUBLIC}/${CLUSTER_INFO}`;
const SIGNATURE = 'jws-kubeconfig-';

/**
 * Signs the ConfigMap cluster-info with each bootstrap token that is meant for it: who has a token can tell that he reached
 * the right cluster. Models pkg/controller/bootstrap BootstrapSigner (v1.34).
 */
export class BootstrapSignerController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #configMaps: SharedInformer<ConfigMap>;
  readonly #secrets: SharedInformer<Secret>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('bootstrap_signer_queue');
    this.#configMaps = c.factory.informer(resourceTypes.configMaps, {
      namespace: PUBLIC,
      fieldSelector: `metadata.name=${CLUSTER_INFO}`,
    });
    this.#secrets = c.factory.informer(resourceTypes.secrets, {
      namespace: 'kube-system',
      fieldSelector: `type=${BOOTSTRAP_TOKEN_TYPE}`,
    });
    const sign = (): void => this.#queue.add(KEY);
    this.#configMaps.addEventHandler({ onAdd: sign, onUpdate: sign });
    this.#secrets.addEventHandler({ onAdd: sign, onUpdate: sign, onDelete: sign });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 1, sync: () => this.#sign() });
  }

  async #sign(): Promise<void> {
    const info = this.#configMaps.lister.get(KEY);
    const content = info?.data?.['kubeconfig'];
    if (info === undefined || content === undefined) return;
    const wanted = this.#signatures(content);
    const kept = Object.entries(info.data ?? {}).filter(([key]) => !key.startsWith(SIGNATURE));
    const present = Object.keys(info.data ?? {}).length - kept.length;
    const isRight = ([key, signature]: readonly [string, string]): boolean => info.data?.[key] === signature;
    if (present === wanted.length && wanted.every(isRight)) return;
    decide(this.#c, {
      subject: `configmaps ${KEY}`,
      action: 'sign',
      desired: `${wanted.length} signatures`,
      observed: `${present} signatures`,
    });
    try {
      await this.#c.client
        .resource<ConfigMap>(resourceTypes.configMaps, PUBLIC)
        .update({ ...info, data: Object.fromEntries([...kept, ...wanted]) });
    } catch (error) {
      // It is on its way in the watch, which signs again.
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }

  #signatures(content: string): [string, string][] {
    const now = this.#c.context.clock.now();
    return this.#secrets.lister.list().flatMap((secret) => {
      const token = bootstrapTokenOf(secret);
      if (token?.isForSigning !== true || bootstrapTokenLeft(token, now) === 0) return [];
      return [[`${SIGNATURE}${token.id}`, detachedSignature(content, token.id, token.secret)]];
    });
  }
}
