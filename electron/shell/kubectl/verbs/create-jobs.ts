import { KubectlError } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import type { Json, JsonObject } from '../json.ts';
import { nameOf, objectAt, stringAt } from '../json.ts';
import { getObject } from '../objects.ts';
import { mustProvide, resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import type { Generator } from './create-generators.ts';

const text = (name: string, en: string, pt: string, required = false): FlagSpec => ({
  name,
  kind: 'string',
  ...(required ? { required } : {}),
  help: { en, 'pt-BR': pt },
});

function template(
  name: string,
  image: string,
  command: readonly string[],
  restartPolicy: string,
): JsonObject {
  const container: Json = {
    name,
    image,
    ...(command.length > 0 ? { command: [...command] } : {}),
    resources: {},
  };
  return { metadata: { creationTimestamp: null }, spec: { containers: [container], restartPolicy } };
}

function job(metadata: JsonObject, spec: JsonObject): JsonObject {
  return { kind: 'Job', apiVersion: 'batch/v1', metadata, spec, status: {} };
}

async function buildJob(
  session: Session,
  flags: FlagSet,
  name: string,
  command: readonly string[],
): Promise<JsonObject> {
  const image = flags.string('image');
  const from = flags.string('from');
  if ((image === '') === (from === '')) throw new KubectlError('either --image or --from must be specified');
  if (from !== '' && command.length > 0) throw new KubectlError('cannot specify --from and command');
  if (image !== '')
    return job({ name, creationTimestamp: null }, { template: template(name, image, command, 'Never') });
  const [target] = (await resolveTargets(session, { args: [from] })).targets;
  if (!target || target instanceof Error) throw target ?? new KubectlError(mustProvide);
  const { mapping, namespace, name: source = '' } = target;
  const cron = await getObject(session, mapping, namespace, source);
  if (mapping.kind !== 'CronJob')
    throw new KubectlError(`unknown object type *${mapping.version}.${mapping.kind}`);
  return fromCronJob(name, cron);
}

/** The Job a CronJob would make now, owned by it. Models `createJobFromCronJob` of kubectl's cmd/create/create_job.go (v1.33). */
function fromCronJob(name: string, cron: JsonObject): JsonObject {
  const jobTemplate = objectAt(cron, 'spec', 'jobTemplate');
  const labels = objectAt(jobTemplate, 'metadata', 'labels');
  return job(
    {
      name,
      creationTimestamp: null,
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      annotations: {
        'cronjob.kubernetes.io/instantiate': 'manual',
        ...objectAt(jobTemplate, 'metadata', 'annotations'),
      },
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          name: nameOf(cron),
          uid: stringAt(cron, 'metadata', 'uid'),
          controller: true,
        },
      ],
    },
    withTemplateTime(objectAt(jobTemplate, 'spec')),
  );
}

/** The Pod template as a typed object shows it: with a time that nobody set. */
function withTemplateTime(spec: JsonObject): JsonObject {
  const podTemplate = objectAt(spec, 'template');
  const metadata = { creationTimestamp: null, ...objectAt(podTemplate, 'metadata') };
  return { ...spec, template: { ...podTemplate, metadata } };
}

function buildCronJob(
  _session: Session,
  flags: FlagSet,
  name: string,
  command: readonly string[],
): JsonObject {
  const restart = flags.string('restart') || 'OnFailure';
  return {
    kind: 'CronJob',
    apiVersion: 'batch/v1',
    metadata: { name, creationTimestamp: null },
    spec: {
      schedule: flags.string('schedule'),
      jobTemplate: {
        metadata: { name, creationTimestamp: null },
        spec: { template: template(name, flags.string('image'), command, restart) },
      },
    },
    status: {},
  };
}

/** `create job|cronjob`. */
export const jobGenerators: readonly Generator[] = [
  {
    name: 'cronjob',
    aliases: ['cj'],
    usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]",
    short: {
      en: 'Create a job that runs on a schedule.',
      'pt-BR': 'Cria um job que roda em horários marcados.',
    },
    flags: [
      text('image', 'The image to run.', 'A imagem a rodar.', true),
      text('schedule', 'When, in cron form.', 'Quando, no formato do cron.', true),
      text('restart', 'OnFailure or Never.', 'OnFailure ou Never.'),
    ],
    example: "kubectl create cronjob hello --image=busybox --schedule='*/5 * * * *' -- date",
    failure: 'cronjob',
    build: buildCronJob,
  },
  {
    name: 'job',
    usage: 'NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
    short: { en: 'Create a job.', 'pt-BR': 'Cria um job.' },
    flags: [
      text('image', 'The image to run.', 'A imagem a rodar.'),
      text('from', 'The cron job to run now, cronjob/NAME.', 'O cron job a rodar agora, cronjob/NOME.'),
    ],
    example: 'kubectl create job once --from=cronjob/hello',
    failure: 'job',
    build: buildJob,
  },
];
