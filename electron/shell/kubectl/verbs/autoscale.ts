import type { CommandSpec } from '../command-spec.ts';
import { dryRunFlag, fieldManagerFlag, filenameFlags, filesOf, saveConfigFlag } from '../common-flags.ts';
import { KubectlError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { withLastApplied } from '../last-applied.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { findTargets } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { mappingForObject } from '../resource-args.ts';
import { apiVersionOf } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { createObject } from '../writes.ts';

/** `autoscale`. Models cmd/autoscale of kubectl (v1.33). */
export const autoscale: CommandSpec = {
  name: 'autoscale',
  usage: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu-percent=CPU]',
  group: 'deploy',
  short: {
    en: 'Let the number of Pods of a workload follow its load.',
    'pt-BR': 'Faz o número de Pods de uma carga seguir seu uso.',
  },
  examples: ['kubectl autoscale deployment web --min=2 --max=10 --cpu-percent=80'],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...filenameFlags,
    ...outputFlags,
    dryRunFlag,
    saveConfigFlag,
    fieldManagerFlag('kubectl-autoscale'),
    {
      name: 'min',
      kind: 'int',
      initial: '-1',
      help: {
        en: 'The fewest Pods; the server chooses when negative.',
        'pt-BR': 'O mínimo de Pods; negativo deixa com o servidor.',
      },
    },
    {
      name: 'max',
      kind: 'int',
      initial: '-1',
      required: true,
      help: { en: 'The most Pods.', 'pt-BR': 'O máximo de Pods.' },
    },
    {
      name: 'cpu-percent',
      kind: 'int',
      initial: '-1',
      help: {
        en: 'Average CPU, in percent of the request, to keep to.',
        'pt-BR': 'CPU média, em porcentagem do pedido, a manter.',
      },
    },
    {
      name: 'name',
      kind: 'string',
      help: {
        en: "Name of the autoscaler; else the workload's.",
        'pt-BR': 'Nome do autoscaler; senão o da carga.',
      },
    },
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const dryRun = await dryRunOf(session);
  const [min, max] = [flags.number('min'), flags.number('max')];
  if (max < 1) throw new KubectlError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min)
    throw new KubectlError(
      `--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`,
    );
  const selection = {
    args,
    ...filesOf(flags),
  };
  const { found, errors } = await findTargets(session, selection);
  const printer = await ResultPrinter.make(session, dryRun, true);
  const namespace = await session.namespace();
  for (const each of found) {
    try {
      if (!each.mapping.subresources.some(({ name }) => name === 'scale'))
        throw new KubectlError(
          `cannot autoscale a ${each.mapping.kind}: could not find scale subresource for ${each.mapping.group}/${each.mapping.version}, Resource=${each.mapping.name} in discovery information`,
        );
      let object = autoscaler(flags, each);
      if (dryRun === 'client') {
        await printer.done(object, 'created');
        continue;
      }
      if (flags.bool('save-config')) object = withLastApplied(object);
      const mapping = await mappingForObject(session, object, '');
      await printer.done(
        await createObject(session, mapping, namespace, object, writeQuery(session, dryRun)),
        'autoscaled',
      );
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
  if (found.length === 0) throw new KubectlError('no objects passed to autoscale');
}

function autoscaler(flags: FlagSet, each: Found): JsonObject {
  const percent = flags.number('cpu-percent');
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v1',
    metadata: { name: flags.string('name') || each.name, creationTimestamp: null },
    spec: {
      scaleTargetRef: { kind: each.mapping.kind, name: each.name, apiVersion: apiVersionOf(each.mapping) },
      ...(flags.number('min') > 0 ? { minReplicas: flags.number('min') } : {}),
      maxReplicas: flags.number('max'),
      ...(percent >= 0 ? { targetCPUUtilizationPercentage: percent } : {}),
    },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  };
}
