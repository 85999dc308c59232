import { subjectFlags } from '../common-flags.ts';
import { KubectlError, PlainExit } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { compareStrings } from '../json.ts';
import type { Session } from '../session.ts';
import type { Generator } from './create-generators.ts';

const rbac = 'rbac.authorization.k8s.io';

const standardVerbs: readonly string[] = [
  '*',
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
];
const pathVerbs: readonly string[] = ['get', 'post', 'put', 'delete', 'patch', 'head', 'options', '*'];

/** Verbs that mean something for these resources only, some of which no server lists. */
const specialVerbs: Readonly<Record<string, readonly (readonly [group: string, resource: string])[]>> = {
  use: [
    ['policy', 'podsecuritypolicies'],
    ['extensions', 'podsecuritypolicies'],
  ],
  bind: [
    [rbac, 'roles'],
    [rbac, 'clusterroles'],
  ],
  escalate: [
    [rbac, 'roles'],
    [rbac, 'clusterroles'],
  ],
  impersonate: [
    ['', 'users'],
    ['', 'serviceaccounts'],
    ['', 'groups'],
    ['authentication.k8s.io', 'userextras'],
  ],
};

const slice = (name: string, en: string, pt: string): FlagSpec => ({
  name,
  kind: 'slice',
  help: { en, 'pt-BR': pt },
});

const ruleFlags: readonly FlagSpec[] = [
  slice(
    'verb',
    'What the rule allows: get, list, …; may be repeated.',
    'O que a regra permite: get, list, …; pode ser repetida.',
  ),
  slice(
    'resource',
    'On which resources, as deployments.apps/scale.',
    'Em quais recursos, como deployments.apps/scale.',
  ),
  slice('resource-name', 'Only on objects of these names.', 'Só em objetos com estes nomes.'),
];

interface Asked {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function verbsOf(flags: FlagSet): string[] {
  const verbs = unique(flags.list('verb'));
  return verbs.includes('*') ? ['*'] : verbs;
}

function askedResource(typed: string): Asked {
  const slash = typed.indexOf('/');
  const before = slash < 0 ? typed : typed.slice(0, slash);
  const dot = before.indexOf('.');
  return {
    group: dot < 0 ? '' : before.slice(dot + 1),
    resource: dot < 0 ? before : before.slice(0, dot),
    subresource: slash < 0 ? '' : typed.slice(slash + 1),
  };
}

async function resolved(session: Session, asked: Asked, verbs: readonly string[]): Promise<Asked> {
  if (asked.resource === '')
    throw new KubectlError('resource must be specified if apiGroup/subresource specified');
  if (asked.resource === '*') return asked;
  const typed = asked.group === '' ? asked.resource : `${asked.resource}.${asked.group}`;
  const found = (await session.mapper()).find(typed) ?? (await session.refreshMapper())?.find(typed);
  const full = found ? { ...asked, group: found.group, resource: found.name } : asked;
  const isSpecial = (verb: string): boolean =>
    specialVerbs[verb]?.some(([group, name]) => group === full.group && name === full.resource) === true;
  if (!found && !Object.keys(specialVerbs).some(isSpecial))
    throw new PlainExit(
      `the server doesn't have a resource type ${quote(asked.resource)}${asked.group === '' ? '' : ` in group ${quote(asked.group)}`}`,
      1,
    );
  for (const verb of verbs)
    if (specialVerbs[verb] !== undefined && !isSpecial(verb))
      throw new KubectlError(`can not perform '${verb}' on '${full.resource}' in group '${full.group}'`);
  return full;
}

async function resourceRules(
  session: Session,
  flags: FlagSet,
  verbs: readonly string[],
): Promise<JsonObject[]> {
  for (const verb of verbs)
    if (!standardVerbs.includes(verb))
      await session.err(`Warning: '${verb}' is not a standard resource verb\n`);
  const typed = flags.list('resource').map(askedResource);
  const everything = typed.find(
    (each) => each.resource === '*' && each.group === '' && each.subresource === '',
  );
  const byGroup = new Map<string, string[]>();
  for (const each of everything ? [everything] : typed) {
    const { group, resource, subresource } = await resolved(session, each, verbs);
    const name = subresource === '' ? resource : `${resource}/${subresource}`;
    byGroup.set(group, unique([...(byGroup.get(group) ?? []), name]));
  }
  const names = unique(flags.list('resource-name'));
  return [...byGroup.keys()].sort(compareStrings).map((group) => ({
    verbs: [...verbs],
    apiGroups: [group],
    resources: byGroup.get(group) ?? [],
    ...(names.length > 0 ? { resourceNames: names } : {}),
  }));
}

async function buildRole(session: Session, flags: FlagSet, name: string): Promise<JsonObject> {
  const verbs = verbsOf(flags);
  if (verbs.length === 0) throw new KubectlError('at least one verb must be specified');
  if (flags.list('resource').length === 0) throw new KubectlError('at least one resource must be specified');
  return {
    kind: 'Role',
    apiVersion: `${rbac}/v1`,
    metadata: { name, creationTimestamp: null },
    rules: await resourceRules(session, flags, verbs),
  };
}

function pathRule(urls: readonly string[], verbs: readonly string[]): JsonObject {
  for (const verb of verbs)
    if (!pathVerbs.includes(verb)) throw new KubectlError(`invalid verb: '${verb}' for nonResourceURL`);
  for (const url of urls) {
    if (url === '*') continue;
    if (!url.startsWith('/')) throw new KubectlError('nonResourceURL should start with /');
    if (url.slice(0, -1).includes('*'))
      throw new KubectlError("nonResourceURL only supports wildcard matches when '*' is at the end");
  }
  return { verbs: [...verbs], nonResourceURLs: [...urls] };
}

async function buildClusterRole(session: Session, flags: FlagSet, name: string): Promise<JsonObject> {
  const verbs = verbsOf(flags);
  const urls = unique(flags.list('non-resource-url'));
  const resources = flags.list('resource');
  const head = {
    kind: 'ClusterRole',
    apiVersion: `${rbac}/v1`,
    metadata: { name, creationTimestamp: null },
  };
  const aggregated = flags.map('aggregation-rule');
  if (aggregated.size > 0) {
    if (urls.length + verbs.length + resources.length + flags.list('resource-name').length > 0)
      throw new KubectlError(
        'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
      );
    return {
      ...head,
      rules: null,
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: Object.fromEntries(aggregated) }] },
    };
  }
  if (verbs.length === 0) throw new KubectlError('at least one verb must be specified');
  if (resources.length === 0 && urls.length === 0)
    throw new KubectlError('one of resource or nonResourceURL must be specified');
  const rules = resources.length > 0 ? await resourceRules(session, flags, verbs) : [];
  if (urls.length > 0) rules.push(pathRule(urls, verbs));
  return { ...head, rules };
}

function subjects(flags: FlagSet): JsonObject {
  const found: JsonObject[] = [
    ...flags.list('user').map((name) => ({ kind: 'User', apiGroup: rbac, name })),
    ...flags.list('group').map((name) => ({ kind: 'Group', apiGroup: rbac, name })),
    ...flags.list('serviceaccount').map((typed) => {
      const [namespace = '', name = '', more] = typed.split(':');
      if (namespace === '' || name === '' || more !== undefined)
        throw new KubectlError('serviceaccount must be <namespace>:<name>');
      return { kind: 'ServiceAccount', name, namespace };
    }),
  ];
  return found.length > 0 ? { subjects: found } : {};
}

function binding(kind: string, flags: FlagSet, name: string, role: JsonObject): JsonObject {
  return {
    kind,
    apiVersion: `${rbac}/v1`,
    metadata: { name, creationTimestamp: null },
    ...subjects(flags),
    roleRef: { apiGroup: rbac, ...role },
  };
}

function buildRoleBinding(_session: Session, flags: FlagSet, name: string): JsonObject {
  const role = flags.string('role');
  const clusterRole = flags.string('clusterrole');
  if ((role === '') === (clusterRole === ''))
    throw new KubectlError('exactly one of clusterrole or role must be specified');
  return binding(
    'RoleBinding',
    flags,
    name,
    role === '' ? { kind: 'ClusterRole', name: clusterRole } : { kind: 'Role', name: role },
  );
}

const clusterRoleFlag = (required: boolean): FlagSpec => ({
  name: 'clusterrole',
  kind: 'string',
  ...(required ? { required } : {}),
  help: { en: 'The ClusterRole to grant.', 'pt-BR': 'O ClusterRole a conceder.' },
});

/** `create role|clusterrole|rolebinding|clusterrolebinding`. Models kubectl's cmd/create/create_role*.go, create_clusterrole*.go (v1.33). */
export const rbacGenerators: readonly Generator[] = [
  {
    name: 'clusterrole',
    usage: 'NAME --verb=verb --resource=resource.group [--resource-name=resourcename]',
    short: {
      en: 'Create a role for the whole cluster.',
      'pt-BR': 'Cria um papel (role) para o cluster inteiro.',
    },
    flags: [
      ...ruleFlags,
      slice('non-resource-url', 'A path of the API, as /healthz.', 'Um caminho da API, como /healthz.'),
      {
        name: 'aggregation-rule',
        kind: 'map',
        help: {
          en: 'Gather the rules of ClusterRoles with this label.',
          'pt-BR': 'Reúne as regras dos ClusterRoles com este rótulo.',
        },
      },
    ],
    example: 'kubectl create clusterrole reader --verb=get,list,watch --resource=pods',
    clusterScoped: true,
    build: buildClusterRole,
  },
  {
    name: 'clusterrolebinding',
    usage:
      'NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
    short: {
      en: 'Grant a ClusterRole in the whole cluster.',
      'pt-BR': 'Concede um ClusterRole no cluster inteiro.',
    },
    flags: [clusterRoleFlag(true), ...subjectFlags],
    example: 'kubectl create clusterrolebinding jane-admin --clusterrole=cluster-admin --user=jane',
    clusterScoped: true,
    failure: 'clusterrolebinding',
    build: (_session, flags, name) =>
      binding('ClusterRoleBinding', flags, name, { kind: 'ClusterRole', name: flags.string('clusterrole') }),
  },
  {
    name: 'role',
    usage: 'NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename]',
    short: { en: 'Create a role in a namespace.', 'pt-BR': 'Cria um papel (role) em um namespace.' },
    flags: ruleFlags,
    example: 'kubectl create role reader --verb=get,list,watch --resource=pods',
    build: buildRole,
  },
  {
    name: 'rolebinding',
    usage:
      'NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
    short: { en: 'Grant a role in a namespace.', 'pt-BR': 'Concede um papel (role) em um namespace.' },
    flags: [
      clusterRoleFlag(false),
      {
        name: 'role',
        kind: 'string',
        help: { en: 'The Role to grant.', 'pt-BR': 'O Role a conceder.' },
      },
      ...subjectFlags,
    ],
    example: 'kubectl create rolebinding jane-reads --role=reader --user=jane',
    failure: 'rolebinding',
    build: buildRoleBinding,
  },
];
