import type { KubeObject, Pod, PodDisruptionBudget } from '../../api/types.ts';
import { withCondition } from './pod-condition.ts';
import { newBadRequest, newInternalError } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { admitSubresource } from '../endpoints/admit-subresource.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import { decodeRequestObject } from '../endpoints/body-decoder.ts';
import { buildPredicate } from '../endpoints/predicate.ts';
import { parseDryRun, parseWriteOptions } from '../endpoints/request-options.ts';
import { respondObject } from '../endpoints/responder.ts';
import type { ServedResource, SubresourceHandler } from '../endpoints/served-resource.ts';
import type { JsonObject } from '../endpoints/wire-order.ts';
import { isJsonObject } from '../endpoints/wire-order.ts';
import { writeContextOf } from '../endpoints/write-handlers.ts';
import type { WriteContext } from '../registry/request-options.ts';
import { covers, isBeyondBudgets, mayEvictUnready, withOneDisruptionLess } from './disruption-budget.ts';

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' };
const EVERYTHING = { limit: 0, continueToken: '', resourceVersion: '', resourceVersionMatch: '' };

/**
 * POST pods/x/eviction: a deletion that disruption budgets may refuse.
 * Models pkg/registry/core/pod/storage EvictionREST (v1.34).
 */
export class PodEviction implements SubresourceHandler {
  readonly verbs = ['create'];
  readonly #budgets: () => ServedResource | undefined;

  constructor(budgets: () => ServedResource | undefined) {
    this.#budgets = budgets;
  }

  async handle(request: ApiRequest, resource: ServedResource): Promise<void> {
    const { info, exchange, trail } = request;
    const options = parseWriteOptions(info.query, 'CreateOptions', exchange.request.headers['user-agent']);
    const decoded = decodeRequestObject(exchange, EVICTION, options.fieldValidation).object;
    const given = decoded.metadata?.name ?? '';
    if (given !== '' && given !== info.name) {
      throw newBadRequest(`name in URL does not match name in Eviction object: ${given} != ${info.name}`);
    }
    const asking = writeContextOf(request, options);
    const eviction = (await admitSubresource(request, resource, EVICTION, decoded, asking)) as KubeObject &
      JsonObject;
    const asked = isJsonObject(eviction['deleteOptions']) ? eviction['deleteOptions'] : {};
    const grace = asked['gracePeriodSeconds'];
    const dryRuns = Array.isArray(asked['dryRun']) ? asked['dryRun'].map(String) : [];
    const dryRun = options.dryRun || parseDryRun(dryRuns);
    const write = { ...asking, dryRun };
    const pod = (await resource.store.get(info.namespace, info.name)) as Pod;
    if (!isBeyondBudgets(pod)) {
      await this.#spend(pod, write, resource.store.context.clock.now());
      await this.#markDisrupted(resource, pod, write);
    }
    const deleteOptions = typeof grace === 'number' ? { gracePeriodSeconds: grace } : {};
    await resource.deleter.delete(info.namespace, info.name, deleteOptions, write);
    trail.etcd = dryRun ? 'dry run' : 'delete';
    const value = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
    respondObject(exchange, info.query, trail, { status: 201, value });
  }

  /** Takes one disruption from the Pod's budget. @throws StatusError 429 when there is none left */
  async #spend(pod: Pod, write: WriteContext, now: number): Promise<void> {
    const budgets = this.#budgets();
    if (budgets === undefined) return;
    const { namespace = '', name = '' } = pod.metadata ?? {};
    const all = await budgets.store.list(buildPredicate(budgets.strategy, namespace, '', ''), EVERYTHING);
    const [budget, ...others] = (all.items as readonly PodDisruptionBudget[]).filter((item) =>
      covers(item, pod),
    );
    if (budget === undefined) return;
    if (others.length > 0) {
      throw newInternalError(
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      );
    }
    if (mayEvictUnready(budget, pod)) return;
    await budgets.writer.update(
      {
        namespace,
        name: budget.metadata?.name ?? '',
        subresource: 'status',
        create: 'never',
        update: (current) => withOneDisruptionLess(current as PodDisruptionBudget, name, now) as KubeObject,
      },
      write,
    );
  }

  /** Says in the Pod why it goes. */
  async #markDisrupted(resource: ServedResource, pod: Pod, write: WriteContext): Promise<void> {
    const { namespace = '', name = '' } = pod.metadata ?? {};
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
      lastTransitionTime: formatTime(resource.store.context.clock.now()),
    };
    const update = (current: KubeObject): KubeObject => {
      const { status } = current as Pod;
      const conditions = withCondition(status?.conditions ?? [], condition);
      return { ...current, status: { ...status, conditions } } as KubeObject;
    };
    await resource.writer.updateRaw(resource.store.key(namespace, name), name, update, write);
  }
}
