import { CelScalar, celFunc, celMap, celMethod } from '@bufbuild/cel';
import type { CelFunc, CelValue } from '@bufbuild/cel';
import { fieldsOf, opaque } from './opaque.ts';
import type { OpaqueFields } from './opaque.ts';

const { BOOL, DYN, STRING } = CelScalar;
/** scheme, authority, path, query */
const SHAPE = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?(\/[^?#]*|)(?:\?([^#]*))?$/;
const HOST = /^(\[[0-9a-fA-F:.]+\]|[^:\s[\]]*)(?::(\d*))?$/;

/** The parts of an absolute URI or an absolute path, as Go's url.ParseRequestURI takes them; a text says what is wrong. */
function parse(text: string): OpaqueFields | string {
  const wrong = (why: string): string =>
    `URL parse error during conversion from string: parse ${JSON.stringify(text)}: ${why}`;
  if (text === '') return wrong('empty url');
  const [, scheme = '', authority, path = '', query = ''] = SHAPE.exec(text) ?? [];
  if (/[\x00-\x1f\x7f]/.test(text)) return wrong('net/url: invalid control character in URL');
  if (scheme === '' && !text.startsWith('/')) return wrong('invalid URI for request');
  if (SHAPE.exec(text) === null) return wrong('invalid URI for request');
  const server = (authority ?? '').slice((authority ?? '').lastIndexOf('@') + 1);
  const host = HOST.exec(server);
  if (host === null) return wrong(`invalid character in host name`);
  if (/%(?![0-9a-fA-F]{2})/.test(path))
    return wrong(`invalid URL escape ${JSON.stringify(/%.{0,2}/.exec(path)?.[0] ?? '')}`);
  return {
    text,
    scheme: scheme.toLowerCase(),
    host: server,
    hostname: (host[1] ?? '').replace(/^\[|\]$/g, ''),
    port: host[2] ?? '',
    path,
    query,
  };
}

const part = (name: string, field: string): CelFunc =>
  celMethod(name, DYN, [], STRING, function () {
    return fieldsOf(this, 'url')[field] ?? '';
  });

function queryOf(value: CelValue) {
  const found = new Map<string, string[]>();
  for (const [key, item] of new URLSearchParams(fieldsOf(value, 'url')['query'] ?? ''))
    found.set(key, [...(found.get(key) ?? []), item]);
  return celMap(found);
}

/** Models apiserver/pkg/cel/library/urls.go (v1.34). */
export const URLS: readonly CelFunc[] = [
  celFunc('url', [STRING], DYN, (text) => {
    const parsed = parse(text);
    if (typeof parsed === 'string') throw new Error(parsed);
    return opaque('url', parsed);
  }),
  celFunc('isURL', [STRING], BOOL, (text) => typeof parse(text) !== 'string'),
  part('getScheme', 'scheme'),
  part('getHost', 'host'),
  part('getHostname', 'hostname'),
  part('getPort', 'port'),
  part('getEscapedPath', 'path'),
  celMethod('getQuery', DYN, [], DYN, function () {
    return queryOf(this);
  }),
];
