import type { GroupVersionKind } from '../../../apimachinery/gvk.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { ApiRequest } from '../../endpoints/api-request.ts';
import { decodeRequestObject } from '../../endpoints/body-decoder.ts';
import { parseWriteOptions } from '../../endpoints/request-options.ts';
import type { ServedResource } from '../../endpoints/served-resource.ts';
import { answerWithObject } from '../../endpoints/write-handlers.ts';

/** Answers one question: the same object with its status. @throws StatusError */
export type Review = (review: KubeObject, request: ApiRequest, gvk: GroupVersionKind) => Promise<KubeObject>;

/** POST of a review: decoded, answered, kept nowhere. */
export function serveReview(review: Review): NonNullable<ServedResource['review']> {
  return async (request, resource) => {
    const { info, exchange } = request;
    const { gvk } = resource.strategy;
    const options = parseWriteOptions(info.query, 'CreateOptions', exchange.request.headers['user-agent']);
    const decoded = decodeRequestObject(exchange, gvk, options.fieldValidation);
    const answer = await review(decoded.object, request, gvk);
    answerWithObject(request, resource, 201, answer, decoded.warnings);
  };
}
