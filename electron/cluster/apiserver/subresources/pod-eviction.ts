import type { KubeObject } from '../../api/types.ts';
import { newBadRequest } from '../../apimachinery/status.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import { decodeRequestObject } from '../endpoints/body-decoder.ts';
import { parseDryRun, parseWriteOptions } from '../endpoints/request-options.ts';
import { respondObject } from '../endpoints/responder.ts';
import type { ServedResource, SubresourceHandler } from '../endpoints/served-resource.ts';
import type { JsonObject } from '../endpoints/wire-order.ts';
import { isJsonObject } from '../endpoints/wire-order.ts';
import { writeContextOf } from '../endpoints/write-handlers.ts';

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' };

/**
 * POST pods/x/eviction: a deletion that disruption budgets may refuse. There are no budgets yet, so none does.
 * Models pkg/registry/core/pod/storage EvictionREST (v1.34).
 */
export const POD_EVICTION: SubresourceHandler = {
  verbs: ['create'],
  async handle(request: ApiRequest, resource: ServedResource): Promise<void> {
    const { info, exchange, trail } = request;
    const options = parseWriteOptions(info.query, 'CreateOptions', exchange.request.headers['user-agent']);
    const eviction = decodeRequestObject(exchange.request, EVICTION, options.fieldValidation)
      .object as KubeObject & JsonObject;
    const given = eviction.metadata?.name ?? '';
    if (given !== '' && given !== info.name) {
      throw newBadRequest(`name in URL does not match name in Eviction object: ${given} != ${info.name}`);
    }
    const asked = isJsonObject(eviction['deleteOptions']) ? eviction['deleteOptions'] : {};
    const grace = asked['gracePeriodSeconds'];
    const dryRuns = Array.isArray(asked['dryRun']) ? asked['dryRun'].map(String) : [];
    const dryRun = options.dryRun || parseDryRun(dryRuns);
    const write = writeContextOf(request, { dryRun, fieldManager: options.fieldManager });
    const deleteOptions = typeof grace === 'number' ? { gracePeriodSeconds: grace } : {};
    await resource.deleter.delete(info.namespace, info.name, deleteOptions, write);
    trail.etcd = dryRun ? 'dry run' : 'delete';
    const value = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
    respondObject(exchange, info.query, trail, { status: 201, value });
  },
};
