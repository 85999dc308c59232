import type { CommandSpec } from '../command-spec.ts';
import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { goList } from '../go-format.ts';
import { setAt, stringAt } from '../json.ts';
import type { Session } from '../session.ts';
import { changeAll, setFlags, setTargets } from './set-change.ts';

/** `set selector`. Models cmd/set/set_selector.go of kubectl (v1.33). */
export const setSelector: CommandSpec = {
  name: 'selector',
  usage: '(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  short: { en: 'Change the selector of a service.', 'pt-BR': 'Muda o seletor de um service.' },
  examples: ['kubectl set selector service web app=web,tier=front'],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...setFlags,
    {
      name: 'resource-version',
      kind: 'string',
      help: {
        en: 'Only when the object still has this version.',
        'pt-BR': 'Só se o objeto ainda tiver esta versão.',
      },
    },
  ],
  run,
};

/** Labels of equalities; sets cannot select a service's Pods. @throws KubectlError */
function labelsOf(typed: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const expressions: string[] = [];
  for (const raw of typed.match(/[^,(]+(\([^)]*\))?/g) ?? []) {
    const term = raw.trim();
    const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
    const pair = /^([^!=\s]+)\s*(==|=|!=)\s*(.*)$/.exec(term);
    if (set)
      expressions.push(
        `{${set[1] ?? ''} ${set[2] === 'in' ? 'In' : 'NotIn'} ${goList((set[3] ?? '').split(',').map((each) => each.trim()))}}`,
      );
    else if (pair && pair[2] !== '!=') labels[pair[1] ?? ''] = pair[3] ?? '';
    else if (pair) expressions.push(`{${pair[1] ?? ''} NotIn [${pair[3] ?? ''}]}`);
    else if (term.startsWith('!')) expressions.push(`{${term.slice(1)} DoesNotExist []}`);
    else expressions.push(`{${term} Exists []}`);
  }
  if (expressions.length > 0)
    throw new KubectlError(`match expression ${goList(expressions)} not supported on this object`);
  return labels;
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const expression = args.at(-1);
  if (expression === undefined) throw new KubectlError('one selector is required');
  const found = await setTargets(session, flags, args.slice(0, -1));
  const version = flags.string('resource-version');
  await changeAll(session, flags, found, {
    verb: 'selector updated',
    plain: true,
    always: true,
    edit(object) {
      if (stringAt(object, 'kind') !== 'Service')
        throw new KubectlError('setting a selector is only supported for Services');
      if (version !== '') setAt(object, ['metadata', 'resourceVersion'], version);
      setAt(object, ['spec', 'selector'], labelsOf(expression));
    },
  });
}
