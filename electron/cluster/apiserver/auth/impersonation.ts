import { StatusError } from '../../apimachinery/status.ts';
import type { HttpHeaders } from '../../network/http.ts';
import type { AuthorizationAttributes } from './interface.ts';
import type { UserInfo } from './user.ts';

const EXTRA = 'impersonate-extra-';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Whom a request asks to act as, and what its sender has to be allowed for that: each part by itself. */
export interface Impersonation {
  readonly user: UserInfo;
  readonly asks: readonly AuthorizationAttributes[];
}

function ask(apiGroup: string, resource: string, name: string, more: Partial<AuthorizationAttributes> = {}) {
  const verb = 'impersonate';
  return {
    isResourceRequest: true, path: '', verb, apiGroup, namespace: '', resource, subresource: '', name, ...more,
  }; // prettier-ignore
}

/** Values of a header that may come several times. */
function values(header: string | undefined): string[] {
  return (header ?? '').split(',').map((value) => value.trim()).filter((value) => value !== ''); // prettier-ignore
}

function extraOf(headers: HttpHeaders): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  for (const name of Object.keys(headers).sort()) {
    if (!name.startsWith(EXTRA)) continue;
    const escaped = name.slice(EXTRA.length);
    extra[/%(?![0-9a-f]{2})/i.test(escaped) ? escaped : unescaped(escaped)] = values(headers[name]);
  }
  return extra;
}

function asksToImpersonate(headers: HttpHeaders): boolean {
  for (const name in headers) if (name.startsWith('impersonate-')) return true;
  return false;
}

/** What is no UTF-8 behind its escapes stays as it came. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * What the impersonation headers ask for; undefined without any. Models WithImpersonation (apiserver/pkg/endpoints/filters, v1.34).
 * @throws StatusError 500 for groups, uid or extra without a user, as upstream
 */
export function impersonationOf(headers: HttpHeaders): Impersonation | undefined {
  if (!asksToImpersonate(headers)) return undefined;
  const name = headers['impersonate-user'] ?? '';
  const asked = values(headers['impersonate-group']);
  const uid = headers['impersonate-uid'] ?? '';
  const extra = extraOf(headers);
  const keys = Object.keys(extra);
  if (name === '') {
    if (asked.length === 0 && uid === '' && keys.length === 0) return undefined;
    throw new StatusError(
      500,
      'InternalError',
      `Internal error occurred: ${withoutUser(asked, extra, uid)}`,
      {
        causes: [{ message: withoutUser(asked, extra, uid) }],
      },
    );
  }
  const account = SERVICE_ACCOUNT.exec(name);
  const namespace = account?.[1] ?? '';
  const asks: AuthorizationAttributes[] = [
    account === null ? ask('', 'users', name) : ask('', 'serviceaccounts', account[2] ?? '', { namespace }),
    ...asked.map((group) => ask('', 'groups', group)),
    ...keys.flatMap((key) =>
      (extra[key] ?? []).map((value) =>
        ask('authentication.k8s.io', 'userextras', value, { subresource: key }),
      ),
    ),
    ...(uid === '' ? [] : [ask('authentication.k8s.io', 'uids', uid)]),
  ];
  return {
    user: {
      name,
      groups: groupsOf(name, asked, namespace),
      ...(uid === '' ? {} : { uid }),
      ...(keys.length === 0 ? {} : { extra }),
    },
    asks,
  };
}

function withoutUser(groups: readonly string[], extra: object, uid: string): string {
  const what = [
    ...groups.map((group) => `group ${group}`),
    ...Object.keys(extra),
    ...(uid === '' ? [] : [uid]),
  ];
  return `requested [${what.join(' ')}] without impersonating a user`;
}

/** Everybody is in one of the two groups of all who are known and all who are not. */
function groupsOf(name: string, asked: readonly string[], namespace: string): string[] {
  const own =
    namespace !== '' && asked.length === 0
      ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
      : asked;
  const all = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  return own.includes(all) ? [...own] : [...own, all];
}
