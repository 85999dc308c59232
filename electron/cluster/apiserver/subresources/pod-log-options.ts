import { newInvalid } from '../../apimachinery/status.ts';
import type { FieldError } from '../../apimachinery/validation/field-error.ts';
import { forbidden, invalid } from '../../apimachinery/validation/field-error.ts';
import { newBadRequest } from '../../apimachinery/status.ts';
import { queryFlag } from '../endpoints/request-info.ts';

const KIND = { group: '', version: 'v1', kind: 'PodLogOptions' };

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[-+]?\d+$/.test(text))
    throw newBadRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/**
 * Checks the options of a log request; answers the query for the kubelet. Models ValidatePodLogOptions (v1.34).
 * @throws StatusError 400, 422
 */
export function validatePodLogOptions(query: URLSearchParams, pod: string): string {
  const errors: FieldError[] = [];
  const result = new URLSearchParams();
  for (const name of ['follow', 'previous', 'timestamps', 'insecureSkipTLSVerifyBackend'])
    if (query.has(name) && queryFlag(query, name)) result.set(name, 'true');
  const tail = integer(query, 'tailLines');
  const limit = integer(query, 'limitBytes');
  const seconds = integer(query, 'sinceSeconds');
  const time = query.get('sinceTime');
  if (tail !== undefined && tail < 0)
    errors.push(invalid('tailLines', tail, 'must be greater than or equal to 0'));
  if (limit !== undefined && limit < 1) errors.push(invalid('limitBytes', limit, 'must be greater than 0'));
  if (seconds !== undefined && time !== null)
    errors.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (seconds !== undefined && seconds < 1)
    errors.push(invalid('sinceSeconds', seconds, 'must be greater than 0'));
  if (time !== null && Number.isNaN(Date.parse(time)))
    throw newBadRequest(
      `parsing time ${JSON.stringify(time)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(time)} as "2006"`,
    );
  if (errors.length > 0) throw newInvalid(KIND, pod, errors);
  if (tail !== undefined) result.set('tailLines', String(tail));
  if (limit !== undefined) result.set('limitBytes', String(limit));
  if (seconds !== undefined) result.set('sinceSeconds', String(seconds));
  if (time !== null) result.set('sinceTime', time);
  return result.toString();
}
