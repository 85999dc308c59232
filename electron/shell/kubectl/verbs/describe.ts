import type { CommandSpec } from '../command-spec.ts';
import { allNamespacesFlag, filenameFlags, filesOf, selectorFlag } from '../common-flags.ts';
import { describerFor } from '../describe/registry.ts';
import { isNotFound, KubectlError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { nameOf } from '../json.ts';
import type { Found } from '../objects.ts';
import { collectTargets, listObjects } from '../objects.ts';
import { mappingsFor, resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { hasFiles } from './create.ts';

export const describe: CommandSpec = {
  name: 'describe',
  usage: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  group: 'troubleshooting',
  short: {
    en: 'Show an object with its parts, related objects and events.',
    'pt-BR': 'Mostra um objeto com suas partes, objetos relacionados e eventos.',
  },
  examples: [
    'kubectl describe pod web-1',
    'kubectl describe deploy/web',
    'kubectl describe nodes',
    'kubectl describe pods -l app=web',
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...filenameFlags,
    selectorFlag,
    allNamespacesFlag,
    {
      name: 'show-events',
      kind: 'bool',
      initial: 'true',
      help: { en: 'Events as the last section.', 'pt-BR': 'Eventos como última seção.' },
    },
    {
      name: 'chunk-size',
      kind: 'int',
      initial: '500',
      help: { en: 'How many objects to ask for at a time.', 'pt-BR': 'Quantos objetos pedir por vez.' },
    },
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length === 0 && !hasFiles(flags))
    throw new KubectlError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
    );
  const selection = {
    args,
    ...filesOf(flags),
    selector: flags.string('selector'),
    allNamespaces: flags.bool('all-namespaces'),
    bareTypes: true,
  };
  const resolved = await resolveTargets(session, selection);
  const { found, errors } = await collectTargets(session, resolved, selection);
  let shown = found;
  if (found.length === 0 && errors.length === 1 && isNotFound(errors[0]) && args.length === 2) {
    // No object of that very name: those whose names begin with it.
    shown = await byPrefix(session, args[0] ?? '', args[1] ?? '');
    if (shown.length === 0) throwAll(errors);
    errors.length = 0;
  }
  const prefixed = shown !== found;
  let first = true;
  for (const each of shown) {
    const transport = await session.transport();
    const text = await describerFor(each.mapping)({
      session,
      mapping: each.mapping,
      namespace: each.namespace,
      name: each.name,
      object: each.object,
      showEvents: flags.bool('show-events'),
      now: transport.now(),
    });
    await session.out(prefixed ? `${text}\n` : `${first ? '' : '\n\n'}${text}`);
    first = false;
  }
  throwAll(errors);
  if (shown.length === 0) {
    const everywhere =
      selection.allNamespaces ||
      resolved.targets.some((each) => !(each instanceof Error) && !each.mapping.namespaced);
    await session.err(
      everywhere ? 'No resources found\n' : `No resources found in ${await session.namespace()} namespace.\n`,
    );
  }
}

async function byPrefix(session: Session, types: string, prefix: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const mapping of await mappingsFor(session, types)) {
    const namespace = mapping.namespaced ? await session.namespace() : '';
    for (const object of await listObjects(session, mapping, namespace)) {
      const name = nameOf(object);
      if (name.startsWith(prefix)) found.push({ mapping, namespace, name, object });
    }
  }
  return found;
}
