import type { ConditionState } from '../../api/apiextensions/v1/custom-resource-definition/conditions.ts';
import {
  isDefinitionTrue,
  withDefinitionCondition,
} from '../../api/apiextensions/v1/custom-resource-definition/conditions.ts';
import type { CustomResourceDefinition } from '../../api/types.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';

type Names = CustomResourceDefinition['spec']['names'];

interface Taken {
  /** Plurals, singulars and short names. */
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/**
 * The definition with the names it may have, and NamesAccepted and Established as they follow from them; the same
 * when nothing changes. `others` are all definitions. Models the naming condition controller and the establishing
 * controller of apiextensions (v1.34).
 */
export function withAcceptedNames(
  definition: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  time: string,
): CustomResourceDefinition {
  const { names, conflict } = acceptNames(definition, takenByOthers(definition, others));
  const accepted: ConditionState = {
    type: 'NamesAccepted',
    status: conflict === undefined ? 'True' : 'False',
    reason: conflict?.reason ?? 'NoConflicts',
    message: conflict?.message ?? 'no conflicts found',
  };
  const before = definition.status;
  const named = deepEqual(before?.acceptedNames, names)
    ? definition
    : { ...definition, status: { ...before, acceptedNames: names } };
  const next = withDefinitionCondition(named, accepted, time);
  if (isDefinitionTrue(next, 'Established')) return next;
  const established: ConditionState =
    conflict === undefined
      ? {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        }
      : {
          type: 'Established',
          status: 'False',
          reason: 'NotAccepted',
          message: 'not all names are accepted',
        };
  return withDefinitionCondition(next, established, time);
}

function takenByOthers(
  definition: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
): Taken {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const other of others) {
    if (other.spec.group !== definition.spec.group || other.metadata?.name === definition.metadata?.name)
      continue;
    const names = other.status?.acceptedNames;
    if (names === undefined) continue;
    for (const name of [names.plural, names.singular ?? '', ...(names.shortNames ?? [])]) resources.add(name);
    for (const kind of [names.kind, names.listKind ?? '']) kinds.add(kind);
  }
  return { resources, kinds };
}

function acceptNames(definition: CustomResourceDefinition, taken: Taken) {
  const asked = definition.spec.names;
  const before: Names = definition.status?.acceptedNames ?? { plural: '', kind: '' };
  let conflict: { readonly reason: string; readonly message: string } | undefined;
  const names: { -readonly [Key in keyof Names]: Names[Key] } = { ...before };
  const accept = (
    field: 'plural' | 'singular' | 'kind' | 'listKind',
    reason: string,
    used: ReadonlySet<string>,
  ): void => {
    const name = asked[field] ?? '';
    if (name !== before[field] && used.has(name))
      conflict = { reason, message: `${JSON.stringify(name)} is already in use` };
    else names[field] = name;
  };
  accept('plural', 'PluralConflict', taken.resources);
  accept('singular', 'SingularConflict', taken.resources);
  const short = (asked.shortNames ?? []).filter(
    (name) => !(before.shortNames ?? []).includes(name) && taken.resources.has(name),
  );
  if (short.length > 0) {
    const texts = short.map((name) => `${JSON.stringify(name)} is already in use`);
    const message = texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
    conflict = { reason: 'ShortNamesConflict', message };
  } else if (asked.shortNames === undefined) delete names.shortNames;
  else names.shortNames = asked.shortNames;
  accept('kind', 'KindConflict', taken.kinds);
  accept('listKind', 'ListKindConflict', taken.kinds);
  if (asked.categories === undefined) delete names.categories;
  else names.categories = asked.categories;
  return { names, conflict };
}
