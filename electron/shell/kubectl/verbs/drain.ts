import type { CommandSpec } from '../command-spec.ts';
import { dryRunFlag, selectorFlag, timeoutFlag } from '../common-flags.ts';
import { formatDuration } from '../duration.ts';
import { isNotFound, isReason, KubectlError, plainMessage, PlainExit, StatusError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { at, listAt, nameOf, namespaceOf, objectAt, stringAt } from '../json.ts';
import { dryRunOf, ResultPrinter } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { listObjects } from '../objects.ts';
import { mappingFor } from '../resource-args.ts';
import { resourcePath } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { waitGone } from '../wait-gone.ts';
import { nodesOf, setSchedulable } from './node-verbs.ts';

const bool = (name: string, en: string, pt: string): NonNullable<CommandSpec['flags']>[number] => ({
  name,
  kind: 'bool',
  help: { en, 'pt-BR': pt },
});

export const drain: CommandSpec = {
  name: 'drain',
  usage: 'NODE',
  group: 'cluster',
  short: {
    en: 'Empty a node: cordon it and evict its Pods.',
    'pt-BR': 'Esvazia um node: marca e despeja seus Pods.',
  },
  examples: [
    'kubectl drain worker-1 --ignore-daemonsets',
    'kubectl drain worker-1 --ignore-daemonsets --delete-emptydir-data --force',
  ],
  arguments: { of: 'names', type: 'nodes' },
  flags: [
    selectorFlag,
    dryRunFlag,
    timeoutFlag('0s'),
    bool(
      'ignore-daemonsets',
      'Leave Pods of DaemonSets where they are.',
      'Deixa Pods de DaemonSets onde estão.',
    ),
    bool('force', 'Also evict Pods nobody will replace.', 'Despeja também Pods que ninguém substituirá.'),
    bool(
      'delete-emptydir-data',
      'Also evict Pods whose emptyDir data is lost by it.',
      'Despeja também Pods que perdem dados de emptyDir.',
    ),
    bool('disable-eviction', 'Delete instead of evicting.', 'Apaga em vez de despejar.'),
    {
      name: 'grace-period',
      kind: 'int',
      initial: '-1',
      help: { en: 'Seconds a Pod has to end.', 'pt-BR': 'Segundos que um Pod tem para terminar.' },
    },
    {
      name: 'pod-selector',
      kind: 'string',
      help: { en: 'Only Pods with these labels.', 'pt-BR': 'Só Pods com estes rótulos.' },
    },
    {
      name: 'chunk-size',
      kind: 'int',
      initial: '500',
      hidden: true,
      help: { en: 'Accepted.', 'pt-BR': 'Aceita.' },
    },
    {
      name: 'skip-wait-for-delete-timeout',
      kind: 'int',
      initial: '0',
      hidden: true,
      help: { en: 'Accepted.', 'pt-BR': 'Aceita.' },
    },
  ],
  run,
};

interface Verdict {
  readonly evict: readonly JsonObject[];
  readonly warnings: string;
  readonly errors: readonly string[];
}

const reasons = {
  daemonFatal: 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
  daemonWarning: 'ignoring DaemonSet-managed Pods',
  localFatal: 'cannot delete Pods with local storage (use --delete-emptydir-data to override)',
  localWarning: 'deleting Pods with local storage',
  // Upstream 1.33 says it twice.
  unmanagedFatal: 'cannot delete cannot delete Pods that declare no controller (use --force to override)',
  unmanagedWarning: 'deleting Pods that declare no controller',
};

/** Which Pods of a node go, and what stands in the way. Models kubectl's pkg/drain filters. */
function judge(flags: FlagSet, pods: readonly JsonObject[]): Verdict {
  const evict: JsonObject[] = [];
  const warnings = new Map<string, string[]>();
  const errors = new Map<string, string[]>();
  const note = (map: Map<string, string[]>, why: string, pod: JsonObject): void =>
    void map.set(why, [...(map.get(why) ?? []), `${namespaceOf(pod)}/${nameOf(pod)}`]);
  for (const pod of pods) {
    const owner = listAt(pod, 'metadata', 'ownerReferences').find((each) => at(each, 'controller') === true);
    if (stringAt(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror') !== '') continue;
    const finished = ['Succeeded', 'Failed'].includes(stringAt(pod, 'status', 'phase'));
    if (stringAt(owner, 'kind') === 'DaemonSet' && !finished) {
      if (flags.bool('ignore-daemonsets')) note(warnings, reasons.daemonWarning, pod);
      else note(errors, reasons.daemonFatal, pod);
      continue;
    }
    let stays = false;
    if (!finished && listAt(pod, 'spec', 'volumes').some((volume) => at(volume, 'emptyDir') !== undefined)) {
      if (flags.bool('delete-emptydir-data')) note(warnings, reasons.localWarning, pod);
      else {
        note(errors, reasons.localFatal, pod);
        stays = true;
      }
    }
    if (!finished && !owner) {
      if (flags.bool('force')) note(warnings, reasons.unmanagedWarning, pod);
      else {
        note(errors, reasons.unmanagedFatal, pod);
        stays = true;
      }
    }
    if (!stays) evict.push(pod);
  }
  const lines = (map: Map<string, string[]>): string[] =>
    [...map.entries()].map(([why, names]) => `${why}: ${names.join(', ')}`).sort();
  return { evict, warnings: lines(warnings).join('; '), errors: lines(errors) };
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (!isSelector(flags.string('pod-selector')))
    throw new KubectlError('--pod-selector=<pod_selector> must be a valid label selector');
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun);
  const { found, errors } = await nodesOf(session, flags, args, 'drain');
  const [first] = errors;
  if (first !== undefined) throw first;
  for (const node of found) {
    const cordoned = at(node.object, 'spec', 'unschedulable') === true;
    if (!cordoned && dryRun !== 'client') await setSchedulable(session, node, true);
    await printer.done(node.object, cordoned ? 'already cordoned' : 'cordoned');
  }
  const failures: string[] = [];
  const pending: string[] = [];
  for (const node of found) {
    try {
      await drainOne(session, flags, node, dryRun !== 'none');
      // Ctrl-C: the Pods may still be there.
      if (session.io.signal.aborted) return;
      await printer.done(node.object, 'drained');
    } catch (error) {
      const many = error instanceof DrainRefused ? error.reasons : [plainMessage(error)];
      failures.push(...many);
      pending.push(node.name);
      const shown = many.length === 1 ? (many[0] ?? '') : `[${many.join(', ')}]`;
      await session.err(
        `error: unable to drain node ${quote(node.name)} due to error: ${shown}, continuing command...\n`,
      );
    }
  }
  if (pending.length > 0) {
    await session.err(
      `There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join('')}`,
    );
    throw new PlainExit(
      failures.length === 1 && !failures[0]?.startsWith('cannot delete')
        ? `error: ${failures[0] ?? ''}`
        : failures.join('\n'),
      1,
    );
  }
}

class DrainRefused extends Error {
  override readonly name = 'DrainRefused';
  readonly reasons: readonly string[];
  constructor(reasonsGiven: readonly string[]) {
    super(reasonsGiven.join('\n'));
    this.reasons = reasonsGiven;
  }
}

/** Whether a text is a label selector: pairs, sets and existence, parted by commas. */
function isSelector(text: string): boolean {
  const key = '[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?';
  const value = '([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?';
  const term = `\\s*(!?\\s*${key}|${key}\\s*(=|==|!=)\\s*${value}|${key}\\s+(in|notin)\\s*\\([^()=!]*\\)|${key}\\s*[<>]\\s*\\d+)\\s*`;
  return text === '' || new RegExp(`^${term}(,${term})*$`).test(text);
}

async function drainOne(session: Session, flags: FlagSet, node: Found, dry: boolean): Promise<void> {
  const mapping = await mappingFor(session, 'pods');
  const pods = await listObjects(session, mapping, '', {
    selector: flags.string('pod-selector'),
    fieldSelector: `spec.nodeName=${node.name}`,
  });
  const verdict = judge(flags, pods);
  if (verdict.errors.length > 0) throw new DrainRefused(verdict.errors);
  if (verdict.warnings !== '') await session.err(`Warning: ${verdict.warnings}\n`);
  const started = Date.now();
  const limit = flags.number('timeout');
  const outcomes = await Promise.allSettled(
    verdict.evict.map((pod) => evict(session, flags, mapping, pod, { started, limit, dry })),
  );
  const failed = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [plainMessage(outcome.reason)] : [],
  );
  if (failed.length > 0) throw new DrainRefused(failed);
}

async function evict(
  session: Session,
  flags: FlagSet,
  mapping: Found['mapping'],
  pod: JsonObject,
  limits: { started: number; limit: number; dry: boolean },
): Promise<void> {
  const [namespace, name] = [namespaceOf(pod), nameOf(pod)];
  const what = `error when evicting pods/${quote(name)} -n ${quote(namespace)}`;
  const transport = await session.transport();
  const options: JsonObject =
    flags.number('grace-period') >= 0 ? { gracePeriodSeconds: flags.number('grace-period') } : {};
  if (limits.dry) return void (await session.out(`evicting pod ${namespace}/${name} (dry run)\n`));
  for (;;) {
    if (limits.limit > 0 && Date.now() - limits.started >= limits.limit)
      throw new KubectlError(`${what}: global timeout reached: ${formatDuration(limits.limit)}`);
    await session.out(`evicting pod ${namespace}/${name}\n`);
    try {
      if (flags.bool('disable-eviction'))
        await transport.json({
          method: 'DELETE',
          path: resourcePath(mapping, namespace, name),
          body: options,
        });
      else {
        const body: JsonObject = {
          kind: 'Eviction',
          apiVersion: 'policy/v1',
          metadata: { name, namespace },
          ...(Object.keys(options).length > 0 ? { deleteOptions: options } : {}),
        };
        await transport.json({
          method: 'POST',
          path: resourcePath(mapping, namespace, name, 'eviction'),
          body,
        });
      }
      break;
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isReason(error, 'TooManyRequests'))
        throw error instanceof StatusError ? new KubectlError(`${what}: ${error.message}`) : error;
      await session.err(`${what} (will retry after 5s): ${plainMessage(error)}\n`);
      const left = limits.limit > 0 ? limits.limit - (Date.now() - limits.started) : 5000;
      await session.io.sleep(Math.min(5000, Math.max(0, left)));
      if (session.io.signal.aborted) return;
    }
  }
  const left = limits.limit > 0 ? Math.max(1, limits.limit - (Date.now() - limits.started)) : 0;
  await waitGone(session, { mapping, namespace, name }, stringAt(objectAt(pod, 'metadata'), 'uid'), left);
  if (session.io.signal.aborted) return;
  await session.out(`pod/${name} evicted\n`);
}
