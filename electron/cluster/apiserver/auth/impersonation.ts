import type { HttpHeaders } from '../../network/http.ts';
import type { UserInfo } from './user.ts';

/** Who a request asks to act as; undefined when it does not ask. Groups arrive joined by commas. */
export function impersonatedUser(headers: HttpHeaders): UserInfo | undefined {
  const name = headers['impersonate-user'];
  if (name === undefined || name === '') return undefined;
  const asked = (headers['impersonate-group'] ?? '').split(',').map((group) => group.trim());
  const groups = asked.filter((group) => group !== '');
  if (name === 'system:anonymous') {
    if (!groups.includes('system:unauthenticated')) groups.push('system:unauthenticated');
  } else {
    const account = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name);
    if (account !== null && groups.length === 0) {
      groups.push('system:serviceaccounts', `system:serviceaccounts:${account[1] as string}`);
    }
    if (!groups.includes('system:authenticated')) groups.push('system:authenticated');
  }
  const uid = headers['impersonate-uid'];
  return { name, groups, ...(uid === undefined ? {} : { uid }) };
}
