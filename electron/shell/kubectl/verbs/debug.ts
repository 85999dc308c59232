import type { CommandSpec } from '../command-spec.ts';
import { KubectlError, PlainExit } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { clone, isObject, listAt, nameOf, namespaceOf, objectAt, setAt, stringAt } from '../json.ts';
import { getObject } from '../objects.ts';
import { awaitPod, completed } from '../remote/remote-pod.ts';
import { mappingFor, resolveTargets } from '../resource-args.ts';
import { apiVersionOf } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { createObject, deleteObject, patchObject } from '../writes.ts';
import { attachTo } from './attach.ts';
import { isImageReference, pullPolicies } from './run.ts';
import type { DebugStyle, Profile } from './debug-profile.ts';
import { applyProfile, dropFromCopy, envList, profiles } from './debug-profile.ts';

const text = (name: string, en: string, pt: string, more: Partial<FlagSpec> = {}): FlagSpec => ({
  name,
  kind: 'string',
  help: { en, 'pt-BR': pt },
  ...more,
});
const bool = (name: string, en: string, pt: string, more: Partial<FlagSpec> = {}): FlagSpec => ({
  name,
  kind: 'bool',
  help: { en, 'pt-BR': pt },
  ...more,
});

const kept = 'With --copy-to, keep these of the Pod.';
const mantém = 'Com --copy-to, mantém isto do Pod.';

/** `debug`. Models cmd/debug of kubectl (v1.33). */
export const debug: CommandSpec = {
  name: 'debug',
  usage: '(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  group: 'troubleshooting',
  short: {
    en: 'Look into a Pod with one more container, into a copy of it, or into a node.',
    'pt-BR': 'Examina um Pod com mais um contêiner, uma cópia dele, ou um node.',
  },
  examples: [
    'kubectl debug web -it --image=busybox --target=nginx',
    'kubectl debug web -it --image=busybox --copy-to=web-debug --share-processes',
    "kubectl debug web --copy-to=web-debug --set-image='*=nginx:1.26'",
    'kubectl debug node/worker-1 -it --image=busybox',
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    {
      name: 'filename',
      short: 'f',
      kind: 'slice',
      help: { en: 'File that names the object.', 'pt-BR': 'Arquivo que nomeia o objeto.' },
    },
    text('image', 'Image of the debugging container.', 'Imagem do contêiner de depuração.'),
    text('container', 'Name of the debugging container.', 'Nome do contêiner de depuração.', { short: 'c' }),
    text('target', 'See the processes of this container.', 'Vê os processos deste contêiner.'),
    text('copy-to', 'Work on a copy of the Pod with this name.', 'Trabalha numa cópia do Pod com este nome.'),
    text('image-pull-policy', 'When to pull the image.', 'Quando baixar a imagem.'),
    text('profile', 'The rights to have.', 'Os direitos a ter.', { initial: 'legacy', values: profiles }),
    bool('replace', 'With --copy-to, delete the Pod itself.', 'Com --copy-to, apaga o próprio Pod.'),
    bool('same-node', 'With --copy-to, on the same node.', 'Com --copy-to, no mesmo node.'),
    bool(
      'share-processes',
      'With --copy-to, containers see the processes of one another.',
      'Com --copy-to, os contêineres veem os processos uns dos outros.',
      { initial: 'true' },
    ),
    {
      name: 'set-image',
      kind: 'map',
      help: {
        en: 'With --copy-to, other images: container=image.',
        'pt-BR': 'Com --copy-to, outras imagens: contêiner=imagem.',
      },
    },
    {
      name: 'env',
      kind: 'map',
      help: {
        en: 'A variable of the container: KEY=VALUE.',
        'pt-BR': 'Uma variável do contêiner: CHAVE=VALOR.',
      },
    },
    bool('stdin', 'Keep standard input open.', 'Mantém a entrada padrão aberta.', { short: 'i' }),
    bool('tty', 'With a terminal; needs -i.', 'Com um terminal; precisa de -i.', { short: 't' }),
    bool('attach', 'Join the container once it runs.', 'Junta-se ao contêiner quando ele roda.'),
    bool(
      'arguments-only',
      'What follows -- is arguments, not the command.',
      'O que segue -- são argumentos, não o comando.',
    ),
    bool('quiet', 'Say nothing of what is done.', 'Nada diz do que é feito.', { short: 'q' }),
    ...['labels', 'annotations', 'liveness', 'readiness', 'startup'].map((name) =>
      bool(`keep-${name}`, kept, mantém),
    ),
    bool('keep-init-containers', kept, mantém, { initial: 'true' }),
  ],
  run,
};

const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

function randomSuffix(): string {
  return Array.from(
    { length: 5 },
    () => suffixLetters[Math.floor(Math.random() * suffixLetters.length)],
  ).join('');
}

function check(flags: FlagSet, names: readonly string[], words: readonly string[]): void {
  const copy = flags.string('copy-to') !== '';
  const image = flags.string('image');
  const images = flags.map('set-image');
  if (copy) {
    if (image === '' && images.size === 0 && words.length === 0)
      throw new KubectlError('you must specify --image, --set-image or command arguments.');
    if (flags.string('target') !== '')
      throw new KubectlError('--target is incompatible with --copy-to. Use --share-processes instead.');
  } else {
    for (const name of ['replace', 'same-node'])
      if (flags.bool(name)) throw new KubectlError(`--${name} may only be used with --copy-to.`);
    if (images.size > 0) throw new KubectlError('--set-image may only be used with --copy-to.');
    if (image === '') throw new KubectlError('you must specify --image when not using --copy-to.');
  }
  if (names.length === 0 && flags.list('filename').length === 0)
    throw new KubectlError('NAME or filename is required for debug');
  if (image !== '' && !isImageReference(image))
    throw new KubectlError(`invalid image name ${quote(image)}: invalid reference format`);
  for (const [name, other] of images)
    if (!isImageReference(other))
      throw new KubectlError(
        `invalid image name ${quote(other)} for --set-image flag on container ${quote(name)}: invalid reference format`,
      );
  const policy = flags.string('image-pull-policy');
  if (!pullPolicies.includes(policy)) throw new KubectlError(`invalid image pull policy: ${policy}`);
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw new KubectlError('-i/--stdin is required for containers with -t/--tty=true');
  if (!(profiles as readonly string[]).includes(flags.string('profile')))
    throw new KubectlError(`unknown profile: ${flags.string('profile')}`);
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<number> {
  const names = flags.dashAt >= 0 ? args.slice(0, flags.dashAt) : args;
  const words = flags.dashAt >= 0 ? args.slice(flags.dashAt) : [];
  check(flags, names, words);
  const target = flags.string('target');
  if (target !== '' && !flags.bool('quiet'))
    await session.out(
      `Targeting container ${quote(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  if (flags.string('profile') === 'legacy')
    await session.err(
      '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n',
    );
  let code = 0;
  const filenames = flags.list('filename');
  const resolved =
    filenames.length > 0
      ? await resolveTargets(session, { args: names, filenames })
      : await resolveTargets(session, {
          args: names.map((name) => (name.includes('/') ? name : `pods/${name}`)),
        });
  for (const found of resolved.targets) {
    if (found instanceof Error) throw found;
    const object = await getObject(session, found.mapping, found.namespace, found.name ?? '');
    if (found.mapping.kind === 'Node') code = await debugNode(session, flags, object, words);
    else if (found.mapping.kind === 'Pod') code = await debugPod(session, flags, object, words);
    else
      throw new KubectlError(
        `${quote(`${apiVersionOf(found.mapping) === 'v1' ? '/v1' : apiVersionOf(found.mapping)}, Kind=${found.mapping.kind}`)} not supported by debug`,
      );
  }
  return code;
}

/** Whether to join the container, as `-i` implies. */
function attaches(flags: FlagSet): boolean {
  return flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin');
}

function debugContainer(flags: FlagSet, name: string, words: readonly string[]): JsonObject {
  const env = envList(flags.map('env'));
  const policy = flags.string('image-pull-policy');
  return {
    name,
    image: flags.string('image'),
    ...(words.length > 0 ? { [flags.bool('arguments-only') ? 'args' : 'command']: [...words] } : {}),
    ...(env.length > 0 ? { env } : {}),
    resources: {},
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    terminationMessagePolicy: 'File',
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  };
}

function profileOf(flags: FlagSet): Profile {
  return profiles.find((each) => each === flags.string('profile')) ?? 'legacy';
}

async function chosenName(session: Session, flags: FlagSet): Promise<string> {
  const typed = flags.string('container');
  if (typed !== '') return typed;
  const name = `debugger-${randomSuffix()}`;
  if (!flags.bool('quiet')) await session.err(`Defaulting debug container name to ${name}.\n`);
  return name;
}

async function debugNode(
  session: Session,
  flags: FlagSet,
  node: JsonObject,
  words: readonly string[],
): Promise<number> {
  const name = `node-debugger-${nameOf(node)}-${randomSuffix()}`;
  const container = debugContainer(flags, flags.string('container') || 'debugger', words);
  const pod: JsonObject = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name },
    spec: {
      containers: [container],
      nodeName: nameOf(node),
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
    },
  };
  applyProfile(profileOf(flags), 'node', pod, container);
  if (!flags.bool('quiet'))
    await session.out(
      `Creating debugging pod ${name} with container ${stringAt(container, 'name')} on node ${nameOf(node)}.\n`,
    );
  return createAndJoin(session, flags, pod, stringAt(container, 'name'));
}

async function debugPod(
  session: Session,
  flags: FlagSet,
  pod: JsonObject,
  words: readonly string[],
): Promise<number> {
  if (flags.string('copy-to') !== '') return debugCopy(session, flags, pod, words);
  const name = await chosenName(session, flags);
  const target = flags.string('target');
  const container: JsonObject = {
    ...debugContainer(flags, name, words),
    ...(target === '' ? {} : { targetContainerName: target }),
  };
  applyProfile(profileOf(flags), 'ephemeral', pod, container);
  const mapping = await mappingFor(session, 'pods');
  const ref = { mapping, namespace: namespaceOf(pod), name: nameOf(pod) };
  await patchObject(
    session,
    ref,
    'strategic',
    { spec: { ephemeralContainers: [container] } },
    {},
    'ephemeralcontainers',
  );
  return attaches(flags) ? join(session, flags, nameOf(pod), name) : 0;
}

async function debugCopy(
  session: Session,
  flags: FlagSet,
  pod: JsonObject,
  words: readonly string[],
): Promise<number> {
  const { copy, container } = await copyOf(session, flags, pod, words);
  if (flags.bool('replace')) {
    const mapping = await mappingFor(session, 'pods');
    await deleteObject(
      session,
      { mapping, namespace: namespaceOf(pod), name: nameOf(pod) },
      { gracePeriodSeconds: 0 },
    );
  }
  return createAndJoin(session, flags, copy, container);
}

async function copyOf(
  session: Session,
  flags: FlagSet,
  pod: JsonObject,
  words: readonly string[],
): Promise<{ copy: JsonObject; container: string }> {
  const spec = clone(objectAt(pod, 'spec'));
  delete spec['ephemeralContainers'];
  if (!flags.bool('same-node')) delete spec['nodeName'];
  if (flags.changed('share-processes')) spec['shareProcessNamespace'] = flags.bool('share-processes');
  const containers = listAt(spec, 'containers').filter(isObject);
  for (const each of [...containers, ...listAt(spec, 'initContainers').filter(isObject)]) {
    const images = flags.map('set-image');
    const image = images.get(stringAt(each, 'name')) ?? images.get('*');
    if (image !== undefined) each['image'] = image;
  }
  const { labels, annotations } = objectAt(pod, 'metadata');
  const metadata: JsonObject = { name: flags.string('copy-to') };
  const copy: JsonObject = { kind: 'Pod', apiVersion: 'v1', metadata, spec };
  const only = (value: Json | undefined, field: string): void => {
    if (value !== undefined) metadata[field] = value;
  };
  const image = flags.string('image');
  const named = flags.string('container');
  if (image === '' && words.length === 0 && named === '') {
    only(labels, 'labels');
    only(annotations, 'annotations');
    return { copy, container: stringAt(containers[0], 'name') };
  }
  if (flags.bool('keep-labels')) only(labels, 'labels');
  if (flags.bool('keep-annotations')) only(annotations, 'annotations');
  if (!flags.bool('keep-init-containers')) delete spec['initContainers'];
  dropFromCopy(copy, {
    probes: (['liveness', 'readiness', 'startup'] as const)
      .filter((name) => !flags.bool(`keep-${name}`))
      .map((name) => `${name}Probe`),
  });
  const name =
    named === '' && image === '' ? stringAt(containers[0], 'name') : await chosenName(session, flags);
  const known = containers.find((each) => stringAt(each, 'name') === name);
  if (!known && image === '') {
    if (flags.map('set-image').size > 0) return { copy, container: '' };
    throw new KubectlError('you must specify image when creating new container');
  }
  const container = known ?? debugContainer(flags, name, words);
  if (known) {
    const { image: _, name: __, resources: ___, ...rest } = debugContainer(flags, name, words);
    if (words.length > 0) for (const field of ['command', 'args']) delete known[field];
    Object.assign(known, rest, image === '' ? {} : { image });
  }
  setAt(copy, ['spec', 'containers'], known ? containers : [...containers, container]);
  applyProfile(profileOf(flags), 'copy' satisfies DebugStyle, copy, container);
  return { copy, container: name };
}

async function createAndJoin(
  session: Session,
  flags: FlagSet,
  pod: JsonObject,
  container: string,
): Promise<number> {
  const mapping = await mappingFor(session, 'pods');
  await createObject(session, mapping, await session.namespace(), pod, {});
  return attaches(flags) ? join(session, flags, nameOf(pod), container) : 0;
}

function stateOf(pod: JsonObject, container: string): JsonObject {
  const found = ['containerStatuses', 'ephemeralContainerStatuses', 'initContainerStatuses']
    .flatMap((list) => listAt(pod, 'status', list))
    .find((each) => stringAt(each, 'name') === container);
  return objectAt(found, 'state');
}

/** Waits for the container and joins it; what has ended already is told by its exit code. */
async function join(session: Session, flags: FlagSet, name: string, container: string): Promise<number> {
  const pod = await awaitPod(session, name, 0, (each) => {
    const state = stateOf(each, container);
    return state['running'] !== undefined || state['terminated'] !== undefined || completed(each);
  });
  const { terminated } = stateOf(pod, container);
  if (isObject(terminated)) {
    const code = Number(terminated['exitCode'] ?? 0);
    if (code !== 0)
      throw new PlainExit(`container ${container} terminated (${stringAt(terminated, 'reason')})`, code);
    return 0;
  }
  const spec = ['containers', 'ephemeralContainers']
    .flatMap((list) => listAt(pod, 'spec', list).filter(isObject))
    .find((each) => stringAt(each, 'name') === container);
  await attachTo(session, pod, spec ?? { name: container }, {
    stdin: flags.bool('stdin'),
    tty: flags.bool('tty'),
    quiet: flags.bool('quiet'),
    resumable: false,
  });
  return 0;
}
