import { parse, stringify } from 'yaml';
import type { CausalLog } from '../../base/causal-log.ts';
import type { MessageRecord } from '../../base/causal-record.ts';
import { toYaml } from '../../cluster/apiserver/endpoints/responder.ts';
import type {
  HttpBody,
  HttpFrame,
  HttpHeaders,
  HttpRequest,
  HttpResponse,
} from '../../cluster/network/http.ts';
import type { HttpExchangeView, HttpText, HttpVerdicts } from '../../shared/contract/records.ts';
import { HIDDEN, hideSecrets } from './hide-secrets.ts';

const BODY_LIMIT = 64 * 1024;
/** How far an answer, or the request of one, is looked for, in records. */
const WINDOW = 20_000;
const PROTOBUF_MAGIC = 'k8s\0';

/** A request with its answer, whichever of them `record` is (or an item of the stream). Null: no message of HTTP. */
export function httpView(log: CausalLog, record: MessageRecord, reveal: boolean): HttpExchangeView | null {
  if (record.protocol !== 'https') return null;
  const request = record.phase === 'request' ? record : find(log, record, 'request', -1);
  const response =
    record.phase === 'response' ? record : find(log, record, 'response', record.phase === 'request' ? 1 : -1);
  return {
    request: request === undefined ? null : requestView(request, reveal),
    response: response === undefined ? null : responseView(response, reveal),
    verdicts: response?.detail === undefined ? null : verdictsOf(response.detail),
  };
}

function find(
  log: CausalLog,
  { id, connection, call }: MessageRecord,
  phase: MessageRecord['phase'],
  direction: 1 | -1,
): MessageRecord | undefined {
  const from = direction === 1 ? id + 1 : Math.max(log.firstId, id - WINDOW);
  const to = direction === 1 ? id + WINDOW : id;
  for (const one of log.range(from, to))
    if (one.kind === 'message' && one.connection === connection && one.call === call && one.phase === phase)
      return one;
  return undefined;
}

function requestView(record: MessageRecord, reveal: boolean): HttpExchangeView['request'] {
  const { id, time, latency, summary } = record;
  const frame = record.body as HttpFrame | undefined;
  const request: HttpRequest | undefined = frame?.type === 'request' ? frame.request : undefined;
  const space = summary.indexOf(' ');
  return {
    id,
    time,
    latency,
    method: summary.slice(0, space),
    target: summary.slice(space + 1),
    headers: request === undefined ? null : headersOf(request.headers, reveal),
    body: bodyOf(request?.body, reveal),
  };
}

function responseView(record: MessageRecord, reveal: boolean): HttpExchangeView['response'] {
  const { id, time, latency, summary } = record;
  const frame = record.body as HttpFrame | undefined;
  const response: HttpResponse | undefined = frame?.type === 'response' ? frame.response : undefined;
  return {
    id,
    time,
    latency,
    status: summary,
    stream: response?.stream === true,
    headers:
      response === undefined
        ? null
        : [
            ...headersOf(response.headers, reveal),
            ...(response.warnings ?? []).map((text) => ({ name: 'warning', value: `299 - "${text}"` })),
          ],
    body: bodyOf(response?.body, reveal),
  };
}

function headersOf(headers: HttpHeaders, reveal: boolean): { name: string; value: string }[] {
  return Object.entries(headers).map(([name, value]) => ({
    name,
    value: name === 'authorization' && !reveal ? value.replace(/^(\S+ ).*/, `$1${HIDDEN}`) : value,
  }));
}

/** API objects as YAML, other texts as they are. */
function bodyOf(body: HttpBody | undefined, reveal: boolean): HttpText | null {
  if (body === undefined) return null;
  const { text, hidden } = body.type === 'object' ? yaml(body.value, reveal) : plain(body, reveal);
  return text === ''
    ? null
    : { text: text.slice(0, BODY_LIMIT), truncated: text.length > BODY_LIMIT, hidden };
}

function plain(
  body: Exclude<HttpBody, { type: 'object' }>,
  reveal: boolean,
): { text: string; hidden: boolean } {
  const text = body.type === 'text' ? body.text : new TextDecoder().decode(body.bytes);
  if (text.startsWith(PROTOBUF_MAGIC)) {
    // Its texts could be read; a Secret's values among them.
    return { text: `# application/vnd.kubernetes.protobuf, ${text.length} B`, hidden: false };
  }
  if (!/^\s*[{[]/.test(text)) {
    const secret = /^kind:\s*Secret\s*$/m.test(text);
    return secret && !reveal ? yaml(parse(text) as unknown, reveal) : { text, hidden: false };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON after all: shown as it came.
    return { text, hidden: false };
  }
  return yaml(value, reveal);
}

function yaml(value: unknown, reveal: boolean): { text: string; hidden: boolean } {
  if (reveal) return { text: toYaml(value), hidden: false };
  const { value: safe, hidden } = hideSecrets(value);
  return { text: toYaml(safe), hidden };
}

const KNOWN = [
  'user',
  'groups',
  'impersonator',
  'authn',
  'flowControl',
  'authz',
  'admission',
  'validation',
  'etcd',
];

function verdictsOf(detail: Readonly<Record<string, unknown>>): HttpVerdicts | null {
  if (!KNOWN.some((name) => name in detail)) return null;
  const text = (name: string): string | null => {
    const value = detail[name];
    return value === undefined || value === null
      ? null
      : typeof value === 'string'
        ? value
        : stringify(value).trimEnd();
  };
  const list = (name: string): string[] => {
    const value = detail[name];
    return Array.isArray(value)
      ? value.map((one) => (typeof one === 'string' ? one : stringify(one).trimEnd()))
      : value === undefined
        ? []
        : [text(name) ?? ''];
  };
  return {
    user: text('user'),
    groups: list('groups'),
    impersonator: text('impersonator'),
    authn: text('authn'),
    flowControl: text('flowControl'),
    authz: text('authz'),
    admission: list('admission'),
    validation: text('validation'),
    storage: text('etcd'),
    more: Object.keys(detail)
      .filter((name) => !KNOWN.includes(name) && name !== 'code')
      .map((name) => ({ name, value: text(name) ?? '' })),
  };
}
