import { describe, expect, it } from 'vitest';
import type { RbacObjects, RbacSubject } from './interface.ts';
import { permissionsOf, subjectsOf, subjectText, whoCan } from './who-can.ts';

const rule = (verbs: string[], resources: string[], more = {}) => ({
  verbs,
  apiGroups: [''],
  resources,
  ...more,
});
const user = (name: string): RbacSubject => ({ kind: 'User', name });
const group = (name: string): RbacSubject => ({ kind: 'Group', name });
const account: RbacSubject = { kind: 'ServiceAccount', namespace: 'ci', name: 'robot' };

const OBJECTS: RbacObjects = {
  clusterRoles: [
    { metadata: { name: 'view' }, rules: [rule(['get', 'list'], ['pods', 'pods/log'])] },
    { metadata: { name: 'all' }, rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] },
    {
      metadata: { name: 'scaler' },
      rules: [{ verbs: ['update'], apiGroups: ['apps'], resources: ['*/scale'] }],
    },
  ],
  roles: [
    {
      metadata: { name: 'one', namespace: 'default' },
      rules: [rule(['get'], ['secrets'], { resourceNames: ['db'] })],
    },
  ],
  clusterRoleBindings: [
    { metadata: { name: 'admins' }, subjects: [group('ops')], roleRef: { kind: 'ClusterRole', name: 'all' } },
    {
      metadata: { name: 'scalers' },
      subjects: [group('system:serviceaccounts:ci')],
      roleRef: { kind: 'ClusterRole', name: 'scaler' },
    },
    { metadata: { name: 'broken' }, subjects: [user('eve')], roleRef: { kind: 'ClusterRole', name: 'gone' } },
    { metadata: { name: 'nobody' }, subjects: null, roleRef: { kind: 'ClusterRole', name: 'all' } },
  ],
  roleBindings: [
    {
      metadata: { name: 'viewers', namespace: 'default' },
      subjects: [user('ana'), account],
      roleRef: { kind: 'ClusterRole', name: 'view' },
    },
    {
      metadata: { name: 'db', namespace: 'default' },
      subjects: [user('ana')],
      roleRef: { kind: 'Role', name: 'one' },
    },
  ],
};

const ask = (verb: string, resource: string, namespace: string, apiGroup = ''): string[] =>
  whoCan(OBJECTS, { verb, group: apiGroup, resource, namespace }).map(
    ({ subject, binding, role, names }) =>
      `${subjectText(subject)} by ${binding.name}/${role.name}${names.length === 0 ? '' : ` only ${names.join()}`}`,
  );

describe('who can', () => {
  it('names subjects with the binding and role, in the namespaces where they hold', () => {
    expect(ask('list', 'pods', 'default')).toEqual([
      'Group ops by admins/all',
      'User ana by viewers/view',
      'ServiceAccount ci/robot by viewers/view',
    ]);
    expect(ask('list', 'pods', 'kube-system')).toEqual(['Group ops by admins/all']);
    expect(ask('list', 'pods', '')).toEqual(['Group ops by admins/all']);
  });

  it('knows subresources, names, groups, and bindings to roles that are not there', () => {
    expect(ask('get', 'pods/log', 'default')).toContain('User ana by viewers/view');
    expect(ask('get', 'pods/exec', 'default')).toEqual(['Group ops by admins/all']);
    expect(ask('get', 'secrets', 'default')).toContain('User ana by db/one only db');
    expect(ask('update', 'deployments/scale', 'x', 'apps')).toContain(
      'Group system:serviceaccounts:ci by scalers/scaler',
    );
    expect(ask('list', 'pods', 'default', 'apps').join()).not.toContain('eve');
  });
});

describe('what a subject can', () => {
  const of = (subject: RbacSubject): string[] =>
    permissionsOf(OBJECTS, subject).map(
      ({ rule: { verbs }, as, namespace }) => `${verbs?.join()} as ${subjectText(as)} in ${namespace}`,
    );

  it('counts its own bindings and those of the groups it is in', () => {
    expect(of(account)).toEqual([
      'update as Group system:serviceaccounts:ci in ',
      'get,list as ServiceAccount ci/robot in default',
    ]);
    expect(of(user('system:serviceaccount:ci:robot'))).toEqual(of(account));
    expect(of(user('eve'))).toEqual([]);
    expect(of({ ...account, namespace: 'other' })).toEqual([]);
  });

  it('lists everybody that is named once', () => {
    expect(subjectsOf(OBJECTS).map(subjectText)).toEqual([
      'Group ops',
      'Group system:serviceaccounts:ci',
      'ServiceAccount ci/robot',
      'User ana',
      'User eve',
    ]);
  });
});
