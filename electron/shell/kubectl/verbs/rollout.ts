import type { CommandSpec } from '../command-spec.ts';
import {
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  filesOf,
  selectorFlag,
  timeoutFlag,
} from '../common-flags.ts';
import { KubectlError, throwAll } from '../errors.ts';
import type { FlagSet, FlagSpec, Text } from '../flags.ts';
import { quote } from '../go-format.ts';
import { at, stringAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { collectTargets } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { resolveTargets } from '../resource-args.ts';
import { groupResource } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { patchObject } from '../writes.ts';
import { rolloutHistory, rolloutUndo } from './rollout-history.ts';
import { rolloutStatus } from './rollout-status.ts';
import { hasFiles } from './create.ts';

const revisionFlag = (name: string, en: string, pt: string): FlagSpec => ({
  name,
  kind: 'int',
  initial: '0',
  help: { en, 'pt-BR': pt },
});

function sub(
  name: string,
  short: Text,
  example: string,
  flags: readonly FlagSpec[],
  run: NonNullable<CommandSpec['run']>,
): CommandSpec {
  return {
    name,
    usage: '(TYPE NAME | TYPE/NAME)',
    short,
    examples: [example],
    flags: [...filenameFlags, selectorFlag, ...flags],
    arguments: { of: 'resources', slash: true },
    run,
  };
}

export const rollout: CommandSpec = {
  helpOnStdout: true,
  name: 'rollout',
  usage: 'SUBCOMMAND',
  group: 'deploy',
  short: {
    en: 'Follow and steer the rollout of a workload.',
    'pt-BR': 'Acompanha e conduz a implantação de uma carga.',
  },
  examples: ['kubectl rollout status deployment/web', 'kubectl rollout undo deployment/web'],
  subcommands: [
    sub(
      'history',
      { en: 'Show past revisions.', 'pt-BR': 'Mostra revisões passadas.' },
      'kubectl rollout history deployment/web --revision=2',
      [...outputFlags, revisionFlag('revision', 'Details of this revision.', 'Detalhes desta revisão.')],
      eachOf(rolloutHistory),
    ),
    sub(
      'pause',
      { en: 'Stop rolling out changes for now.', 'pt-BR': 'Para de implantar mudanças por ora.' },
      'kubectl rollout pause deployment/web',
      [...outputFlags, dryRunFlag, fieldManagerFlag('kubectl-rollout')],
      eachOf((session, flags, each) => pause(session, flags, each, true)),
    ),
    sub(
      'restart',
      { en: 'Replace all Pods by new ones.', 'pt-BR': 'Troca todos os Pods por novos.' },
      'kubectl rollout restart deployment/web',
      [...outputFlags, fieldManagerFlag('kubectl-rollout')],
      eachOf(restart),
    ),
    sub(
      'resume',
      { en: 'Go on rolling out changes.', 'pt-BR': 'Volta a implantar mudanças.' },
      'kubectl rollout resume deployment/web',
      [...outputFlags, dryRunFlag, fieldManagerFlag('kubectl-rollout')],
      eachOf((session, flags, each) => pause(session, flags, each, false)),
    ),
    sub(
      'status',
      {
        en: 'Show how far a rollout is, until it is done.',
        'pt-BR': 'Mostra o andamento da implantação até terminar.',
      },
      'kubectl rollout status deployment/web',
      [
        timeoutFlag('0s'),
        {
          name: 'watch',
          short: 'w',
          kind: 'bool',
          initial: 'true',
          help: { en: 'Wait until it is done.', 'pt-BR': 'Espera até terminar.' },
        },
        revisionFlag('revision', 'Only this revision.', 'Só esta revisão.'),
      ],
      eachOf(rolloutStatus),
    ),
    sub(
      'undo',
      { en: 'Go back to an earlier revision.', 'pt-BR': 'Volta a uma revisão anterior.' },
      'kubectl rollout undo deployment/web --to-revision=2',
      [
        ...outputFlags,
        dryRunFlag,
        revisionFlag(
          'to-revision',
          'The revision to go back to; 0 is the last one.',
          'A revisão para a qual voltar; 0 é a anterior.',
        ),
      ],
      eachOf(rolloutUndo),
    ),
  ],
};

/** Runs the subcommand for each object named. */
function eachOf(
  act: (session: Session, flags: FlagSet, each: Found) => Promise<void>,
): NonNullable<CommandSpec['run']> {
  return async (session, flags, args) => {
    if (args.length === 0 && !hasFiles(flags)) throw new KubectlError('required resource not specified');
    const selection = {
      args,
      ...filesOf(flags),
      selector: flags.string('selector'),
      bareTypes: true,
    };
    const resolved = await resolveTargets(session, selection);
    const { found, errors } = await collectTargets(session, resolved, selection);
    const failed: unknown[] = [...errors];
    for (const each of found) {
      try {
        await act(session, flags, each);
      } catch (error) {
        failed.push(error);
      }
    }
    if (found.length === 0 && failed.length === 0)
      await session.err(`No resources found in ${await session.namespace()} namespace.\n`);
    throwAll(failed);
  };
}

function nameText(each: Found): string {
  return `${groupResource(each.mapping)} ${quote(each.name)}`;
}

async function pause(session: Session, _flags: FlagSet, each: Found, on: boolean): Promise<void> {
  if (each.mapping.kind !== 'Deployment')
    throw new KubectlError(`${nameText(each)} ${on ? 'pausing' : 'resuming'} is not supported`);
  const paused = at(each.object, 'spec', 'paused') === true;
  if (paused === on) throw new KubectlError(`${nameText(each)} is ${on ? 'already paused' : 'not paused'}`);
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun);
  const patch: JsonObject = { spec: { paused: on ? true : null } };
  const done =
    dryRun === 'client'
      ? each.object
      : await patchObject(session, each, 'strategic', patch, writeQuery(session, dryRun));
  await printer.done(done, on ? 'paused' : 'resumed');
}

async function restart(session: Session, _flags: FlagSet, each: Found): Promise<void> {
  if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(each.mapping.kind))
    throw new KubectlError(`${nameText(each)} restarting is not supported`);
  if (at(each.object, 'spec', 'paused') === true)
    throw new KubectlError(`${nameText(each)} can't restart paused deployment (run rollout resume first)`);
  const printer = await ResultPrinter.make(session);
  const transport = await session.transport();
  const now = new Date(transport.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const patch = {
    spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': now } } } },
  };
  if (
    stringAt(
      each.object,
      'spec',
      'template',
      'metadata',
      'annotations',
      'kubectl.kubernetes.io/restartedAt',
    ) === now
  ) {
    throw new KubectlError(
      'if restart has already been triggered within the past second, please wait before attempting to trigger another',
    );
  }
  await printer.done(
    await patchObject(session, each, 'strategic', patch, writeQuery(session, 'none')),
    'restarted',
  );
}
