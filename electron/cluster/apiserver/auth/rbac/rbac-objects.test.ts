import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../api/types.ts';
import type { WatchCache } from '../../storage/watch-cache.ts';
import type { AuthorizationAttributes } from '../interface.ts';
import type { UserInfo } from '../user.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';
import { RbacObjects } from './rbac-objects.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ROLE = {
  metadata: { name: 'reader' },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
};
const BINDING = {
  metadata: { name: 'reads' },
  roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'reader' },
  subjects: [{ kind: 'User', apiGroup: GROUP, name: 'jane' }],
};

/** A cache whose watch on etcd is broken, as on lost quorum; what it held before is still in it. */
function broken(filled: boolean, ...objects: object[]): WatchCache {
  return {
    ready: false,
    filled,
    generation: 1,
    list: () => objects as KubeObject[],
    get: () => objects[0] as KubeObject | undefined,
    tryStart: () => Promise.resolve(false),
  } as unknown as WatchCache;
}

function decide(filled: boolean) {
  const none = broken(filled);
  const objects = new RbacObjects({
    roles: none,
    rolebindings: none,
    clusterroles: filled ? broken(filled, ROLE) : none,
    clusterrolebindings: filled ? broken(filled, BINDING) : none,
  });
  const user: UserInfo = { name: 'jane', groups: [] };
  const attributes: AuthorizationAttributes = {
    isResourceRequest: true,
    path: '/api/v1/pods',
    verb: 'list',
    apiGroup: '',
    namespace: '',
    resource: 'pods',
    subresource: '',
    name: '',
  };
  return new RbacAuthorizer(objects).authorize(user, attributes);
}

describe('roles and bindings while etcd cannot be read', () => {
  it('are those that were known, at once', () => {
    expect(decide(true)).toMatchObject({ decision: 'allow' });
  });

  it('are none where nothing was ever known', async () => {
    expect(await decide(false)).toMatchObject({ decision: 'no-opinion' });
  });
});
