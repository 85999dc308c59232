import type { ByteSink, ByteSource, CommandIo, CompletionContext } from '../interface.ts';
import { findCommand } from './command-line.ts';
import type { ArgumentShape, CommandSpec } from './command-spec.ts';
import { FlagSet } from './flags.ts';
import type { FlagSpec } from './flags.ts';
import { globalFlags } from './global-flags.ts';
import { nameOf } from './json.ts';
import { listObjects } from './objects.ts';
import { groupResource } from './rest-mapper.ts';
import { Session } from './session.ts';

/** How long a completion may ask the server, in milliseconds. */
const patience = 1500;

/** Candidates for a word of a kubectl command line: commands, flags and their values, types, names from the live API. */
export async function completions(
  root: CommandSpec,
  words: readonly string[],
  index: number,
  context: CompletionContext,
): Promise<string[]> {
  const word = words[index] ?? '';
  const before = words.slice(1, index);
  const found = findCommand(root, before);
  const specs: FlagSpec[] = [...(found.command.flags ?? []), ...globalFlags];
  const last = before.at(-1) ?? '';
  const valueOf = flagAwaitingValue(specs, last);
  const inline = /^--([\w-]+)=/.exec(word);
  if (before.includes('--')) return [];
  try {
    if (valueOf) return await flagValues(valueOf, before, found.rest, specs, context, '');
    if (inline) {
      const spec = specs.find((each) => each.name === inline[1]);
      return spec ? await flagValues(spec, before, found.rest, specs, context, inline[0]) : [];
    }
    if (word.startsWith('-')) {
      return specs
        .filter((spec) => !spec.hidden)
        .flatMap((spec) => [
          `--${spec.name}${spec.kind === 'bool' || spec.alone !== undefined ? '' : '='}`,
          ...(spec.short === undefined || word.startsWith('--') ? [] : [`-${spec.short}`]),
        ]);
    }
    const flags = new FlagSet(specs);
    const args = flags.parse(found.rest);
    const children = args.length === 0 ? (found.command.subcommands ?? []).map((each) => each.name) : [];
    if (found.command.run === undefined) return children;
    return [
      ...children,
      ...(await argumentCandidates(
        found.command.arguments ?? { of: 'nothing' },
        new Session(silentIo(context), flags, found.path),
        flags,
        args,
        word,
      )),
    ];
  } catch {
    // No answer (no server, a wrong flag): offer nothing rather than an error while typing.
    return [];
  }
}

function flagAwaitingValue(specs: readonly FlagSpec[], last: string): FlagSpec | undefined {
  if (!last.startsWith('-') || last.includes('=')) return undefined;
  const spec = last.startsWith('--')
    ? specs.find((each) => each.name === last.slice(2))
    : specs.find((each) => last.length === 2 && each.short === last[1]);
  return spec && spec.kind !== 'bool' && spec.alone === undefined ? spec : undefined;
}

async function flagValues(
  spec: FlagSpec,
  before: readonly string[],
  rest: readonly string[],
  specs: readonly FlagSpec[],
  context: CompletionContext,
  prefix: string,
): Promise<string[]> {
  const fixed = spec.values;
  if (fixed) return fixed.map((value) => prefix + value);
  const flags = new FlagSet(specs);
  flags.parse(rest.slice(0, prefix === '' ? -1 : undefined));
  const session = new Session(silentIo(context), flags, 'kubectl');
  if (spec.name === 'namespace') return (await namesOf(session, 'namespaces')).map((name) => prefix + name);
  if (spec.name === 'context')
    return [...(await session.kubeconfig()).contexts.keys()].map((name) => prefix + name);
  if (spec.name === 'cluster')
    return [...(await session.kubeconfig()).clusters.keys()].map((name) => prefix + name);
  if (spec.name === 'user')
    return [...(await session.kubeconfig()).users.keys()].map((name) => prefix + name);
  if (spec.name === 'container') {
    const pod = before.find((word) => !word.startsWith('-') && word !== before[0]);
    const mapping = (await session.mapper()).find('pods');
    if (!mapping || pod === undefined) return [];
    const { getObject } = await import('./objects.ts');
    const { listAt, stringAt } = await import('./json.ts');
    const object = await getObject(session, mapping, await session.namespace(), pod.replace(/^pods?\//, ''));
    return listAt(object, 'spec', 'containers').map((each) => prefix + stringAt(each, 'name'));
  }
  return [];
}

async function argumentCandidates(
  shape: ArgumentShape,
  session: Session,
  flags: FlagSet,
  args: readonly string[],
  word: string,
): Promise<string[]> {
  switch (shape.of) {
    case 'nothing':
      return [];
    case 'words':
      if (args.length > 0) return typeNames(session);
      return [...shape.words];
    case 'contexts':
      return [...(await session.kubeconfig()).contexts.keys()];
    case 'names': {
      const slash = word.indexOf('/');
      if (slash > 0)
        return (await namesOf(session, word.slice(0, slash))).map((name) => word.slice(0, slash + 1) + name);
      return (await namesOf(session, shape.type)).filter((name) => !args.includes(name));
    }
    case 'resources': {
      if (flags.has('filename') && flags.list('filename').length > 0) return [];
      const slash = word.indexOf('/');
      if (slash > 0)
        return (await namesOf(session, word.slice(0, slash))).map((name) => word.slice(0, slash + 1) + name);
      const [type] = args;
      if (type === undefined || type.includes('/')) return typeNames(session, word);
      return (await namesOf(session, type)).filter((name) => !args.includes(name));
    }
  }
}

async function typeNames(session: Session, word = ''): Promise<string[]> {
  const { resources } = (await session.mapper()).discovery;
  const listable = resources.filter((each) => each.verbs.includes('list'));
  const comma = word.lastIndexOf(',');
  const prefix = comma < 0 ? '' : word.slice(0, comma + 1);
  const names = new Set(
    listable.map((each) =>
      listable.some((other) => other.name === each.name && other.group !== each.group && each.group !== '')
        ? groupResource(each)
        : each.name,
    ),
  );
  return [...names].map((name) => prefix + name);
}

async function namesOf(session: Session, type: string): Promise<string[]> {
  const mapping = (await session.mapper()).find(type.split(',')[0] ?? type);
  if (!mapping) return [];
  const namespace =
    mapping.namespaced && !session.flags.bool('all-namespaces') ? await session.namespace() : '';
  return (await listObjects(session, mapping, namespace)).map(nameOf);
}

/** A command's surroundings for looking things up: it reads files and asks the server, and says nothing. */
function silentIo(context: CompletionContext): CommandIo {
  const never = new AbortController().signal;
  const sink: ByteSink = { write: () => Promise.resolve(), isTty: false, closed: never };
  const empty: ByteSource = {
    read: () => Promise.resolve(null),
    text: () => Promise.resolve(''),
    async *lines() {
      yield* [];
    },
    cancel: () => undefined,
    isTty: false,
    async *[Symbol.asyncIterator]() {
      yield* [];
    },
  };
  return {
    argv: ['kubectl'],
    env: context.env,
    cwd: context.cwd,
    stdin: empty,
    stdout: sink,
    stderr: sink,
    fs: context.fs,
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(patience)]),
    path: (typed) => (typed.startsWith('/') ? typed : `${context.cwd.replace(/\/$/, '')}/${typed}`),
    sleep: () => Promise.resolve(),
    spawn: () => Promise.resolve(127),
  };
}
