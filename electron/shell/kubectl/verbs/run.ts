import type { CommandSpec } from '../command-spec.ts';
import { dryRunFlag, fieldManagerFlag } from '../common-flags.ts';
import { KubectlError, usageError } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import { splitCsv } from '../flags.ts';
import type { Json, JsonObject } from '../json.ts';
import { setAt, stringAt } from '../json.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import { laidOver } from '../patch/laid-over.ts';
import { patchTypeOf } from '../patch/patch-schema.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { mappingForObject } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { withTypedFields } from '../typed-fields.ts';
import { createObject } from '../writes.ts';
import { attachFlags, attachment, runAttached, withInput } from './run-attached.ts';

const text = (
  name: string,
  en: string,
  pt: string,
  more: { short?: string; initial?: string; required?: boolean } = {},
): NonNullable<CommandSpec['flags']>[number] => ({
  name,
  kind: 'string',
  help: { en, 'pt-BR': pt },
  ...more,
});

/** What is laid over an object before it is sent. */
export const overrideFlags: readonly FlagSpec[] = [
  {
    name: 'overrides',
    kind: 'string',
    help: {
      en: 'JSON laid over the object before it is sent.',
      'pt-BR': 'JSON posto sobre o objeto antes do envio.',
    },
  },
  {
    name: 'override-type',
    kind: 'string',
    initial: 'merge',
    values: ['merge', 'json', 'strategic'],
    help: {
      en: 'How --overrides is laid over: merge, json or strategic.',
      'pt-BR': 'Como --overrides é posto: merge, json ou strategic.',
    },
  },
];

export const runPod: CommandSpec = {
  name: 'run',
  usage:
    'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--command] -- [COMMAND] [args...]',
  group: 'basic',
  short: { en: 'Run an image as one Pod.', 'pt-BR': 'Roda uma imagem como um Pod.' },
  examples: [
    'kubectl run web --image=nginx',
    'kubectl run web --image=nginx --port=80 --labels=app=web',
    'kubectl run one --image=busybox --restart=Never -- sleep 60',
  ],
  arguments: { of: 'nothing' },
  flags: [
    ...outputFlags,
    dryRunFlag,
    fieldManagerFlag('kubectl-run'),
    text('image', 'The image to run.', 'A imagem a rodar.', { required: true }),
    text(
      'image-pull-policy',
      'When to pull: Always, IfNotPresent or Never.',
      'Quando baixar: Always, IfNotPresent ou Never.',
    ),
    text('labels', 'Labels of the Pod, a=b,c=d.', 'Rótulos do Pod, a=b,c=d.', { short: 'l' }),
    text('port', 'The port the container exposes.', 'A porta que o contêiner expõe.'),
    text(
      'restart',
      'Restart policy: Always, OnFailure or Never.',
      'Política de reinício: Always, OnFailure ou Never.',
      { initial: 'Always' },
    ),
    {
      name: 'env',
      kind: 'array',
      help: { en: 'NAME=value; may be repeated.', 'pt-BR': 'NOME=valor; pode ser repetida.' },
    },
    {
      name: 'annotations',
      kind: 'array',
      help: { en: 'key=value; may be repeated.', 'pt-BR': 'chave=valor; pode ser repetida.' },
    },
    {
      name: 'command',
      kind: 'bool',
      help: {
        en: 'What follows -- is the command, not its arguments.',
        'pt-BR': 'O que segue -- é o comando, não os argumentos.',
      },
    },
    {
      name: 'expose',
      kind: 'bool',
      help: {
        en: 'Also make a service; needs --port.',
        'pt-BR': 'Cria também um service; precisa de --port.',
      },
    },
    ...attachFlags,
    { name: 'privileged', kind: 'bool', help: { en: 'Run privileged.', 'pt-BR': 'Roda privilegiado.' } },
    ...overrideFlags,
  ],
  run,
};

/** What `--image-pull-policy` may say; nothing leaves it to the server. */
export const pullPolicies: readonly string[] = ['', 'Always', 'IfNotPresent', 'Never'];

/** An image as `reference.Parse` of distribution takes it. */
export function isImageReference(image: string): boolean {
  return /^[a-z0-9]([a-z0-9._\-/]*[a-z0-9])?(:\d+\/[a-z0-9._\-/]+)?(:[\w][\w.-]{0,127})?(@[a-z0-9]+:[0-9a-f]+)?$/i.test(
    image,
  );
}

/** `a=b,c=d` as an object. */
export function parseLabels(typed: string): JsonObject {
  const labels: JsonObject = {};
  for (const pair of splitCsv(typed)) {
    const eq = pair.indexOf('=');
    if (eq <= 0) throw new KubectlError(`unexpected label spec: ${pair}`);
    labels[pair.slice(0, eq)] = pair.slice(eq + 1);
  }
  return labels;
}

function environment(pairs: readonly string[]): Json[] {
  return pairs.map((pair) => {
    const eq = pair.indexOf('=');
    if (eq <= 0) throw new KubectlError(`invalid env: ${pair}`);
    return { name: pair.slice(0, eq), value: pair.slice(eq + 1) };
  });
}

function container(flags: FlagSet, name: string, words: readonly string[]): JsonObject {
  const port = flags.string('port');
  if (port !== '' && !/^\d+$/.test(port))
    throw new KubectlError(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
  const env = environment(flags.list('env'));
  const policy = flags.string('image-pull-policy');
  return {
    name,
    image: flags.string('image'),
    ...(words.length > 0 ? { [flags.bool('command') ? 'command' : 'args']: [...words] } : {}),
    ...(port === '' ? {} : { ports: [{ containerPort: Number(port) }] }),
    ...(env.length > 0 ? { env } : {}),
    resources: {},
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
  };
}

/** Lays `--overrides` over what is to be created. @throws KubectlError for JSON that is none */
export function overlay(flags: FlagSet, pod: JsonObject): void {
  const typed = flags.string('overrides');
  if (typed === '') return;
  let value: Json;
  try {
    value = JSON.parse(typed) as Json;
  } catch {
    throw new KubectlError('Invalid JSON Patch');
  }
  const how = flags.string('override-type');
  if (how !== 'merge' && how !== 'json' && how !== 'strategic')
    throw new KubectlError(`invalid override type: ${how}`);
  const next = laidOver(pod, value, how, patchTypeOf('v1', stringAt(pod, 'kind')));
  for (const key of Object.keys(pod)) delete pod[key];
  Object.assign(pod, withTypedFields(next));
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<number> {
  const before = flags.dashAt >= 0 ? flags.dashAt : args.length;
  const [name = ''] = args;
  if (args.length === 0 || before === 0) throw usageError(session.path, 'NAME is required for run');
  const image = flags.string('image');
  if (image === '') throw new KubectlError('--image is required');
  if (!isImageReference(image))
    throw new KubectlError(`Invalid image name "${image}": invalid reference format`);
  const restart = flags.string('restart');
  if (!['Always', 'OnFailure', 'Never'].includes(restart))
    throw usageError(session.path, `invalid restart policy: ${restart}`);
  if (flags.bool('expose') && flags.string('port') === '')
    throw usageError(session.path, '--port must be set when exposing a service');
  const policy = flags.string('image-pull-policy');
  if (!pullPolicies.includes(policy)) throw usageError(session.path, `invalid image pull policy: ${policy}`);
  const dryRun = await dryRunOf(session);
  const attached = attachment(session, flags, dryRun);
  const printer = await ResultPrinter.make(session, dryRun, true);
  const labels = flags.string('labels') === '' ? { run: name } : parseLabels(flags.string('labels'));
  const annotations = parseLabels(flags.list('annotations').join(','));
  const pod: JsonObject = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      creationTimestamp: null,
      labels,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: {
      containers: [container(flags, name, args.slice(1))],
      restartPolicy: restart,
      dnsPolicy: 'ClusterFirst',
    },
    status: {},
  };
  const namespace = await session.namespace();
  if (attached !== undefined) withInput(pod, attached);
  overlay(flags, pod);
  if (session.namespaceGiven) setAt(pod, ['metadata', 'namespace'], namespace);
  const send = async (object: JsonObject, quiet = false): Promise<void> => {
    if (dryRun === 'client') return printer.done(object, 'created');
    const mapping = await mappingForObject(session, object, '');
    const made = await createObject(session, mapping, namespace, object, writeQuery(session, dryRun));
    if (!quiet) await printer.done(made, 'created');
  };
  if (flags.bool('expose')) {
    const port = Number(flags.string('port'));
    await send({
      kind: 'Service',
      apiVersion: 'v1',
      metadata: { name, creationTimestamp: null },
      spec: { ports: [{ protocol: 'TCP', port, targetPort: port }], selector: labels },
      status: { loadBalancer: {} },
    });
  }
  await send(pod, attached !== undefined);
  return attached === undefined ? 0 : runAttached(session, flags, name, attached);
}
