import type { UserInfo } from '../user.ts';

const PREFIX = 'system:node:';

/** Name of the node whose kubelet this is: '' when it does not say, undefined when it is no kubelet. Models NodeIdentifier (v1.34). */
export function nodeIdentity(user: UserInfo): string | undefined {
  if (!user.name.startsWith(PREFIX) || !user.groups.includes('system:nodes')) return undefined;
  return user.name.slice(PREFIX.length);
}
