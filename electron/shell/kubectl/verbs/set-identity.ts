import { subjectFlags } from '../common-flags.ts';
import type { CommandSpec } from '../command-spec.ts';
import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { equal, listAt, stringAt } from '../json.ts';
import type { Session } from '../session.ts';
import { changeAll, checkSetFlags, podSpecFor, setFlags, setTargets } from './set-change.ts';

/** `set serviceaccount`. Models cmd/set/set_serviceaccount.go of kubectl (v1.33). */
export const setServiceAccount: CommandSpec = {
  name: 'serviceaccount',
  aliases: ['sa'],
  usage: '(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  short: {
    en: 'Change the service account that Pods run as.',
    'pt-BR': 'Muda a conta de serviço com que os Pods rodam.',
  },
  examples: ['kubectl set serviceaccount deployment web robot'],
  arguments: { of: 'resources', slash: true },
  flags: setFlags,
  run: async (session, flags, args) => {
    const account = args.at(-1);
    if (account === undefined) throw new KubectlError('serviceaccount is required');
    const found = await setTargets(session, flags, args.slice(0, -1));
    checkSetFlags(flags);
    await changeAll(session, flags, found, {
      verb: 'serviceaccount updated',
      failure: 'failed to patch ServiceAccountName',
      always: true,
      edit: (object) => void (podSpecFor(object)['serviceAccountName'] = account),
    });
  },
};

/** `set subject`. Models cmd/set/set_subject.go of kubectl (v1.33). */
export const setSubject: CommandSpec = {
  name: 'subject',
  usage:
    '(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: {
    en: 'Add users, groups and service accounts to a binding.',
    'pt-BR': 'Acrescenta usuários, grupos e contas de serviço a um binding.',
  },
  examples: ['kubectl set subject rolebinding readers --user=ann --group=ops'],
  arguments: { of: 'resources', slash: true },
  flags: [...setFlags, ...subjectFlags],
  run: runSubject,
};

const rbac = 'rbac.authorization.k8s.io';

async function runSubject(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const found = await setTargets(session, flags, args);
  checkSetFlags(flags);
  const sorted = (name: string): string[] => [...new Set(flags.list(name))].sort();
  const accounts = flags.list('serviceaccount');
  if (flags.list('user').length === 0 && flags.list('group').length === 0 && accounts.length === 0)
    throw new KubectlError('you must specify at least one value of user, group or serviceaccount');
  for (const account of accounts) {
    const parts = account.split(':');
    if (parts.length !== 2 || parts[1] === '')
      throw new KubectlError('serviceaccount must be <namespace>:<name>');
    if (parts[0] === '' && found.some((each) => each.mapping.kind === 'ClusterRoleBinding'))
      throw new KubectlError('serviceaccount must be <namespace>:<name>, namespace must be specified');
  }
  const namespace = await session.namespace();
  const wanted: JsonObject[] = [
    ...sorted('user').map((name) => ({ kind: 'User', apiGroup: rbac, name })),
    ...sorted('group').map((name) => ({ kind: 'Group', apiGroup: rbac, name })),
    ...sorted('serviceaccount').map((account) => {
      const [where = '', name = ''] = account.split(':');
      return { kind: 'ServiceAccount', name, namespace: where === '' ? namespace : where };
    }),
  ];
  await changeAll(session, flags, found, {
    verb: 'subjects updated',
    failure: 'failed to patch subjects to rolebinding:',
    edit(object) {
      const kind = stringAt(object, 'kind');
      if (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding')
        throw new KubectlError('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
      const before = listAt(object, 'subjects');
      const added = wanted.filter((each) => !before.some((known) => equal(known, each)));
      if (added.length > 0) object['subjects'] = [...before, ...added];
    },
  });
}
