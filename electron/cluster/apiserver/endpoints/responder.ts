import { stringify } from 'yaml';
import type { StatusError } from '../../apimachinery/status.ts';
import type { HttpBody, HttpExchange } from '../../network/http.ts';
import type { Trail } from './api-request.ts';
import type { Negotiated } from './negotiation.ts';
import { wantsPretty } from './negotiation.ts';
import { wireValue } from './wire-order.ts';

const NO_CACHE = 'no-cache, private';

/** Maps to YAML as kubectl and Go's encoder write it: keys sorted, texts quoted where YAML 1.1 would misread them. */
export function toYaml(value: unknown): string {
  return stringify(value, {
    sortMapEntries: true,
    version: '1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
    customTags: (tags) => tags.map((tag) => (typeof tag === 'object' ? neverADot(tag) : tag)),
  });
}

/** The library takes a lone dot, which managedFields have as a key, for a number; Go does not. */
function neverADot<T extends { readonly test?: RegExp }>(tag: T): T {
  return tag.test?.test('.') === true ? { ...tag, test: /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9_]+)$/ } : tag;
}

/** The body in the form that was negotiated; left as an object wherever possible, so that nobody serialises twice. */
export function encodeBody(value: unknown, mediaType: Negotiated['mediaType'], pretty: boolean): HttpBody {
  if (mediaType === 'application/yaml') return { type: 'text', text: toYaml(wireValue(value)) };
  if (pretty) return { type: 'text', text: `${JSON.stringify(wireValue(value), undefined, 2)}\n` };
  return { type: 'object', value };
}

function detailOf(trail: Trail, status: number): Readonly<Record<string, unknown>> {
  const { warnings, annotations, ...stages } = trail;
  return {
    ...stages,
    ...(warnings === undefined || warnings.length === 0 ? {} : { warnings }),
    ...(annotations === undefined || annotations.size === 0
      ? {}
      : { annotations: Object.fromEntries(annotations) }),
    code: status,
  };
}

export interface ObjectAnswer {
  readonly status: number;
  readonly value: unknown;
  readonly mediaType?: Negotiated['mediaType'];
  readonly warnings?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with an object. */
export function respondObject(
  exchange: HttpExchange,
  query: URLSearchParams,
  trail: Trail,
  answer: ObjectAnswer,
): void {
  const mediaType = answer.mediaType ?? 'application/json';
  const pretty = wantsPretty(query, exchange.request.headers['user-agent']);
  exchange.respond(
    {
      status: answer.status,
      headers: { 'cache-control': NO_CACHE, 'content-type': mediaType, ...answer.headers },
      body: encodeBody(answer.value, mediaType, pretty),
      ...(answer.warnings === undefined || answer.warnings.length === 0 ? {} : { warnings: answer.warnings }),
    },
    detailOf(trail, answer.status),
  );
}

/** Answers with plain text. */
export function respondText(
  exchange: HttpExchange,
  trail: Trail,
  status: number,
  text: string,
  headers = {},
): void {
  exchange.respond(
    {
      status,
      headers: {
        'cache-control': NO_CACHE,
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
        ...headers,
      },
      body: { type: 'text', text },
    },
    detailOf(trail, status),
  );
}

/** Answers with the Status of a failure. */
export function respondError(
  exchange: HttpExchange,
  query: URLSearchParams,
  trail: Trail,
  error: StatusError,
  warnings?: readonly string[],
): void {
  const retry = error.status.details?.retryAfterSeconds;
  respondObject(exchange, query, trail, {
    status: error.code,
    value: error.status,
    ...(warnings === undefined ? {} : { warnings }),
    ...(retry === undefined ? {} : { headers: { 'retry-after': String(retry) } }),
  });
}
