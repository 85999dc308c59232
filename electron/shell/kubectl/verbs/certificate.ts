import type { CommandSpec } from '../command-spec.ts';
import { filenameFlags, filesOf } from '../common-flags.ts';
import { isReason, KubectlError, throwAll } from '../errors.ts';
import type { FlagSet, Text } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { clone, listAt, setAt, stringAt } from '../json.ts';
import { ResultPrinter } from '../mutation.ts';
import { getObject } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import type { Target } from '../resource-args.ts';
import { mappingFor, resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { replaceObject } from '../writes.ts';
import { hasFiles } from './create.ts';

interface Decision {
  readonly type: 'Approved' | 'Denied';
  readonly reason: string;
  readonly message: string;
}

function decide(name: 'approve' | 'deny', short: Text, decision: Decision): CommandSpec {
  return {
    name,
    usage: '(-f FILENAME | NAME)',
    short,
    examples: [`kubectl certificate ${name} csr-sqgzp`],
    arguments: { of: 'names', type: 'certificatesigningrequests' },
    flags: [
      ...filenameFlags,
      ...outputFlags,
      {
        name: 'force',
        kind: 'bool',
        help: {
          en: 'Write it even when it was decided so before.',
          'pt-BR': 'Grava mesmo que já tenha sido decidido assim.',
        },
      },
    ],
    run: (session, flags, args) => run(session, flags, args, decision),
  };
}

/** `certificate`. Models cmd/certificates of kubectl (v1.33). */
export const certificate: CommandSpec = {
  name: 'certificate',
  usage: 'SUBCOMMAND',
  group: 'cluster',
  short: {
    en: 'Decide on certificate signing requests.',
    'pt-BR': 'Decide sobre pedidos de assinatura de certificado.',
  },
  helpAlways: true,
  subcommands: [
    decide(
      'approve',
      {
        en: 'Approve a certificate signing request.',
        'pt-BR': 'Aprova um pedido de assinatura de certificado.',
      },
      {
        type: 'Approved',
        reason: 'KubectlApprove',
        message: 'This CSR was approved by kubectl certificate approve.',
      },
    ),
    decide(
      'deny',
      { en: 'Deny a certificate signing request.', 'pt-BR': 'Nega um pedido de assinatura de certificado.' },
      { type: 'Denied', reason: 'KubectlDeny', message: 'This CSR was denied by kubectl certificate deny.' },
    ),
  ],
};

async function run(session: Session, flags: FlagSet, args: string[], decision: Decision): Promise<void> {
  if (args.length === 0 && !hasFiles(flags))
    throw new KubectlError('one or more CSRs must be specified as <name> or -f <filename>');
  const printer = await ResultPrinter.make(session);
  const targets: (Target | Error)[] = [];
  if (hasFiles(flags))
    targets.push(
      ...(
        await resolveTargets(session, {
          args: [],
          ...filesOf(flags),
        })
      ).targets,
    );
  const mapping = await mappingFor(session, 'certificatesigningrequests');
  for (const name of args) targets.push({ mapping, namespace: '', name });
  const errors: unknown[] = [];
  for (const target of targets) {
    try {
      if (target instanceof Error) throw target;
      if (target.mapping.kind !== 'CertificateSigningRequest')
        throw new KubectlError(
          `can only handle CertificateSigningRequest.certificates.k8s.io objects, got ${target.mapping.kind}${target.mapping.group === '' ? '' : `.${target.mapping.group}`}`,
        );
      await printer.done(
        await settle(session, target, decision, flags.bool('force')),
        decision.type.toLowerCase(),
      );
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
}

/** Adds the condition, again when another was faster; answers the request as it was found. */
async function settle(
  session: Session,
  { mapping, name = '' }: Target,
  decision: Decision,
  force: boolean,
): Promise<JsonObject> {
  for (let again = 0; ; again++) {
    const request = await getObject(session, mapping, '', name);
    const conditions = listAt(request, 'status', 'conditions');
    const types = conditions.map((each) => stringAt(each, 'type'));
    const other = decision.type === 'Approved' ? 'Denied' : 'Approved';
    if (types.includes(other))
      throw new KubectlError(`certificate signing request ${quote(name)} is already ${other}`);
    const decided = types.includes(decision.type);
    if (decided && !force) return request;
    const next = clone(request);
    if (!decided)
      setAt(
        next,
        ['status', 'conditions'],
        [
          ...conditions,
          {
            ...decision,
            status: 'True',
            lastUpdateTime: new Date((await session.transport()).now()).toISOString().replace(/\.\d+Z$/, 'Z'),
            lastTransitionTime: null,
          },
        ],
      );
    try {
      await replaceObject(session, { mapping, namespace: '', name }, next, {}, 'approval');
      return request;
    } catch (error) {
      if (!isReason(error, 'Conflict') || again >= 10) throw error;
    }
  }
}
