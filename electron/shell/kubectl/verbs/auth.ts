import type { CommandSpec } from '../command-spec.ts';
import { allNamespacesFlag } from '../common-flags.ts';
import { KubectlError, StatusError } from '../errors.ts';
import type { PolicyRule } from '../describe/types.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { isObject, listAt, objectAt, stringAt } from '../json.ts';
import { TabWriter, tableTabs } from '../printers/tab-writer.ts';
import { objectPrinter, noPrinter, outputFlags } from '../printers/object-printer.ts';
import { compactRules, ruleColumns } from '../policy-rules.ts';
import type { Session } from '../session.ts';
import { reconcile } from './auth-reconcile.ts';

const canI: CommandSpec = {
  name: 'can-i',
  usage: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  short: { en: 'Tell whether something is allowed.', 'pt-BR': 'Diz se algo é permitido.' },
  examples: [
    'kubectl auth can-i create deployments',
    'kubectl auth can-i list secrets --as=jane',
    'kubectl auth can-i --list',
    'kubectl auth can-i get /healthz',
  ],
  arguments: {
    of: 'words',
    words: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
  },
  flags: [
    allNamespacesFlag,
    {
      name: 'list',
      kind: 'bool',
      help: {
        en: 'Everything that is allowed in the namespace.',
        'pt-BR': 'Tudo o que é permitido no namespace.',
      },
    },
    {
      name: 'quiet',
      short: 'q',
      kind: 'bool',
      help: { en: 'Only the exit code.', 'pt-BR': 'Só o código de saída.' },
    },
    {
      name: 'no-headers',
      kind: 'bool',
      help: { en: 'Without the line of column names.', 'pt-BR': 'Sem a linha de nomes das colunas.' },
    },
    {
      name: 'subresource',
      kind: 'string',
      help: { en: 'The subresource, such as log or scale.', 'pt-BR': 'O sub-recurso, como log ou scale.' },
    },
  ],
  run: runCanI,
};

const whoami: CommandSpec = {
  name: 'whoami',
  usage: '',
  short: { en: 'Show who the server takes you for.', 'pt-BR': 'Mostra por quem o servidor toma você.' },
  arguments: { of: 'nothing' },
  flags: outputFlags,
  run: runWhoami,
};

export const auth: CommandSpec = {
  name: 'auth',
  usage: '',
  group: 'troubleshooting',
  short: { en: 'Look into identity and permissions.', 'pt-BR': 'Examina identidade e permissões.' },
  subcommands: [canI, reconcile, whoami],
};

const resourceVerbs: readonly string[] = [
  ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
  ...['use', 'bind', 'impersonate', '*'],
];
const urlVerbs: readonly string[] = ['get', 'put', 'post', 'head', 'options', 'delete', 'patch', '*'];

async function runCanI(session: Session, flags: FlagSet, args: string[]): Promise<number> {
  if (flags.bool('list')) {
    if (args.length > 0) throw new KubectlError('list option must be specified with no arguments');
    return listRules(session, flags);
  }
  if (args.length < 1 || args.length > 3)
    throw usageErrorDot(
      session,
      'you must specify two arguments: verb resource or verb resource/resourceName.',
    );
  const [verb = '', what = '', extra] = args;
  if (what === '')
    throw usageErrorDot(
      session,
      'you must specify two arguments: verb resource or verb resource/resourceName.',
    );
  if (extra !== undefined)
    throw usageErrorDot(
      session,
      'you must specify two arguments: verb resource or verb resource/resourceName.',
    );
  const spec: JsonObject = {};
  const namespace = flags.bool('all-namespaces') ? '' : await session.namespace();
  if (what.startsWith('/') && flags.string('subresource') !== '')
    throw new KubectlError('--subresource can not be used with NonResourceURL');
  if (!(what.startsWith('/') ? urlVerbs : resourceVerbs).includes(verb))
    await session.err(`Warning: verb '${verb}' is not a known verb\n\n`);
  if (what.startsWith('/')) spec['nonResourceAttributes'] = { path: what, verb };
  else {
    const [type = '', name = ''] = what.split('/');
    const [plain = '', subresource = flags.string('subresource')] = [type];
    const mapping =
      plain === '*'
        ? undefined
        : ((await session.mapper()).find(plain) ?? (await session.refreshMapper())?.find(plain));
    if (plain !== '*' && !mapping) {
      const dot = plain.indexOf('.');
      await session.err(
        `Warning: the server doesn't have a resource type '${dot < 0 ? plain : plain.slice(0, dot)}'${dot < 0 ? '' : ` in group '${plain.slice(dot + 1)}'`}\n\n`,
      );
    } else if (mapping && !mapping.namespaced && !flags.bool('all-namespaces')) {
      await session.err(
        `Warning: resource '${mapping.name}' is not namespace scoped${mapping.group === '' ? '' : ` in group '${mapping.group}'`}\n\n`,
      );
    }
    const dot = plain.indexOf('.');
    spec['resourceAttributes'] = {
      namespace: mapping && !mapping.namespaced ? '' : namespace,
      verb,
      group: mapping?.group ?? (plain === '*' ? '*' : dot < 0 ? '' : plain.slice(dot + 1)),
      resource: mapping?.name ?? (dot < 0 ? plain : plain.slice(0, dot)),
      ...(subresource === '' ? {} : { subresource }),
      ...(name === '' ? {} : { name }),
    };
  }
  const transport = await session.transport();
  const answer = await transport.json({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: { creationTimestamp: null },
      spec,
      status: { allowed: false },
    },
  });
  const status = objectAt(answer, 'status');
  const allowed = status['allowed'] === true;
  if (!flags.bool('quiet')) {
    const reason = stringAt(status, 'reason');
    const trouble = stringAt(status, 'evaluationError');
    await session.out(
      `${allowed ? 'yes' : 'no'}${allowed || reason === '' ? '' : ` - ${reason}`}${allowed || trouble === '' ? '' : ` - ${trouble}`}\n`,
    );
  }
  return allowed ? 0 : 1;
}

function usageErrorDot(session: Session, message: string): KubectlError {
  return new KubectlError(`${message}\nSee '${session.path} -h' for help and examples.`);
}

async function listRules(session: Session, flags: FlagSet): Promise<number> {
  const transport = await session.transport();
  const answer = await transport.json({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      metadata: { creationTimestamp: null },
      spec: { namespace: await session.namespace() },
      status: { resourceRules: [], nonResourceRules: [], incomplete: false },
    },
  });
  const rules = compactRules([
    ...listAt(answer, 'status', 'resourceRules'),
    ...listAt(answer, 'status', 'nonResourceRules'),
  ] as unknown as PolicyRule[]);
  const tabs = new TabWriter(tableTabs);
  if (!flags.bool('no-headers')) tabs.write('Resources\tNon-Resource URLs\tResource Names\tVerbs\n');
  for (const rule of rules) tabs.write(`${ruleColumns(rule)}\n`);
  await session.out(tabs.flush());
  return 0;
}

async function runWhoami(session: Session, flags: FlagSet): Promise<void> {
  const transport = await session.transport();
  let answer: JsonObject;
  try {
    answer = await transport.json({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'SelfSubjectReview',
        metadata: { creationTimestamp: null },
        status: { userInfo: {} },
      },
    });
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'NotFound')
      throw new KubectlError(
        'the selfsubjectreviews API is not enabled in the cluster\nenable APISelfSubjectReview feature gate and authentication.k8s.io/v1alpha1 or authentication.k8s.io/v1beta1 API',
      );
    throw error;
  }
  const output = flags.string('output');
  if (output !== '') {
    const printer = await objectPrinter(session, output);
    if (!printer) throw noPrinter(output);
    await session.out(
      printer.print({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', ...answer }),
    );
    return;
  }
  const user = objectAt(answer, 'status', 'userInfo');
  const rows: [string, string][] = [];
  if (stringAt(user, 'username') !== '') rows.push(['Username', stringAt(user, 'username')]);
  if (stringAt(user, 'uid') !== '') rows.push(['UID', stringAt(user, 'uid')]);
  if (listAt(user, 'groups').length > 0) rows.push(['Groups', `[${listAt(user, 'groups').join(' ')}]`]);
  const extra = user['extra'];
  if (isObject(extra))
    for (const key of Object.keys(extra).sort())
      rows.push([`Extra: ${key}`, `[${(Array.isArray(extra[key]) ? extra[key] : []).join(' ')}]`]);
  const tabs = new TabWriter(tableTabs);
  tabs.write('ATTRIBUTE\tVALUE\n');
  for (const row of rows) tabs.write(`${row.join('\t')}\n`);
  await session.out(tabs.flush());
}
