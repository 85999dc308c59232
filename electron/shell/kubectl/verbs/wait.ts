import type { CommandSpec } from '../command-spec.ts';
import {
  allFlag,
  allNamespacesFlag,
  fieldSelectorFlag,
  filenameFlags,
  filesOf,
  selectorFlag,
  timeoutFlag,
} from '../common-flags.ts';
import { isNotFound, KubectlError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { listAt, stringAt } from '../json.ts';
import { JsonPathTemplate, relaxedPath, valueText } from '../jsonpath/template.ts';
import { ResultPrinter } from '../mutation.ts';
import { collectTargets, getObject } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import type { Target } from '../resource-args.ts';
import { resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { waitGone, withDeadline } from '../wait-gone.ts';
import { watchObject } from '../watch-object.ts';

export const wait: CommandSpec = {
  name: 'wait',
  usage:
    '([-f FILENAME] | TYPE/NAME | TYPE [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath=...]',
  group: 'advanced',
  short: { en: 'Wait until objects are as wished.', 'pt-BR': 'Espera até os objetos estarem como desejado.' },
  examples: [
    'kubectl wait --for=condition=Ready pod/web-1',
    'kubectl wait --for=delete pod/web-1 --timeout=60s',
    "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web-1",
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...filenameFlags,
    ...outputFlags,
    selectorFlag,
    fieldSelectorFlag,
    allFlag,
    allNamespacesFlag,
    timeoutFlag('30s'),
    {
      name: 'for',
      kind: 'array',
      values: ['condition=', 'delete', 'create', 'jsonpath='],
      help: {
        en: 'What to wait for: condition=NAME[=VALUE], delete, create or jsonpath=PATH[=VALUE].',
        'pt-BR': 'O que esperar: condition=NOME[=VALOR], delete, create ou jsonpath=CAMINHO[=VALOR].',
      },
    },
  ],
  run,
};

type Wish =
  | { readonly kind: 'delete' }
  | { readonly kind: 'create' }
  | { readonly kind: 'met'; readonly test: (object: JsonObject) => boolean };

function wishOf(text: string): Wish {
  const lower = text.toLowerCase();
  if (lower === 'delete') return { kind: 'delete' };
  if (lower === 'create') return { kind: 'create' };
  if (text.startsWith('condition=')) {
    const [name = '', value = 'true'] = text.slice('condition='.length).split('=');
    return {
      kind: 'met',
      test: (object) => {
        const condition = listAt(object, 'status', 'conditions').find(
          (each) => stringAt(each, 'type').toLowerCase() === name.toLowerCase(),
        );
        return stringAt(condition, 'status').toLowerCase() === value.toLowerCase();
      },
    };
  }
  if (text.startsWith('jsonpath=')) {
    const rest = text.slice('jsonpath='.length);
    const close = rest.lastIndexOf('}');
    const eq = rest.indexOf('=', Math.max(close, 0));
    const path = eq < 0 ? rest : rest.slice(0, eq);
    const value = eq < 0 ? undefined : rest.slice(eq + 1).replace(/^["'](.*)["']$/, '$1');
    if (value?.includes('='))
      throw new KubectlError(
        "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
      );
    if (value === '')
      throw new KubectlError(
        "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
      );
    let template: JsonPathTemplate;
    try {
      template = new JsonPathTemplate(relaxedPath(path.replace(/^'(.*)'$/, '$1')));
    } catch (error) {
      throw new KubectlError(error instanceof Error ? error.message : String(error));
    }
    return {
      kind: 'met',
      test: (object) => {
        const values = template.find(object).flat();
        if (values.length === 0) return false;
        if (values.length > 1)
          throw new KubectlError('given jsonpath expression matches more than one value');
        const found = values[0] ?? null;
        if (typeof found === 'object' && found !== null && value !== undefined)
          throw new KubectlError('jsonpath leads to a nested object or array');
        return value === undefined ? true : valueText(found) === value;
      },
    };
  }
  throw new KubectlError(`unrecognized condition: ${JSON.stringify(text)}`);
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const wishes = flags.list('for').length === 0 ? [''] : flags.list('for');
  const wanted = wishes.map(wishOf);
  const printer = await ResultPrinter.make(session);
  const selection = {
    args,
    ...filesOf(flags),
    selector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    all: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
  };
  const timeout = flags.number('timeout') < 0 ? 7 * 24 * 3_600_000 : flags.number('timeout');
  const errors: unknown[] = [];
  for (const wish of wanted) {
    const resolved = await resolveTargets(session, selection);
    const named = resolved.targets.filter((each): each is Target => !(each instanceof Error));
    if (wish.kind === 'create') {
      for (const target of named) await untilThere(session, target, timeout, printer);
      continue;
    }
    const collected = await collectTargets(session, resolved, selection);
    if (wish.kind === 'delete') errors.push(...collected.errors.filter((each) => !isNotFound(each)));
    else errors.push(...collected.errors);
    if (collected.found.length === 0 && collected.errors.length === 0 && wish.kind !== 'delete')
      errors.push(new KubectlError('no matching resources found'));
    const until = Date.now() + timeout;
    for (const each of collected.found) {
      const left = Math.max(1, until - Date.now());
      try {
        if (wish.kind === 'delete') {
          await waitGone(session, each, stringAt(each.object, 'metadata', 'uid'), left);
          await printer.done(each.object, 'condition met');
        } else
          await printer.done(
            await untilMet(session, each, each.object, wish.test, timeout === 0 ? 0 : left),
            'condition met',
          );
      } catch (error) {
        errors.push(error);
      }
    }
  }
  throwAll(errors);
}

async function untilThere(
  session: Session,
  target: Target,
  timeoutMs: number,
  printer: ResultPrinter,
): Promise<void> {
  const name = target.name;
  if (name === undefined) throw new KubectlError('--for=create needs names');
  const outcome = await withDeadline(timeoutMs, async (signal) => {
    while (!signal.aborted && !session.io.signal.aborted) {
      try {
        return await getObject(session, target.mapping, target.namespace, name);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      await session.io.sleep(500);
    }
    return undefined;
  });
  if (outcome === 'timeout' || outcome.value === undefined)
    throw new KubectlError('timed out waiting for the condition');
  await printer.done(outcome.value, 'condition met');
}

/** Watches one object until the test holds. With no time left it looks only once. */
async function untilMet(
  session: Session,
  each: { mapping: Target['mapping']; namespace: string; name: string },
  first: JsonObject,
  test: (object: JsonObject) => boolean,
  timeoutMs: number,
): Promise<JsonObject> {
  if (test(first)) return first;
  const what = `${each.mapping.name}/${each.name}`;
  if (timeoutMs === 0) throw new KubectlError(`condition not met for ${what}`);
  const outcome = await withDeadline(timeoutMs, async (signal) => {
    for await (const change of watchObject(session, each, signal)) {
      if (change && change.type !== 'DELETED' && test(change.object)) {
        return { apiVersion: stringAt(first, 'apiVersion'), kind: stringAt(first, 'kind'), ...change.object };
      }
    }
    return undefined;
  });
  if (outcome === 'timeout' || outcome.value === undefined)
    throw new KubectlError(`timed out waiting for the condition on ${what}`);
  return outcome.value;
}
