import type { Json, JsonObject } from '../json.ts';
import { clone, compareStrings, isObject, listAt, objectAt, stringAt } from '../json.ts';
import { lastApplied } from '../last-applied.ts';

const annotation = ['f:metadata', 'f:annotations', `f:${lastApplied}`];

/** Entries of managedFields with this operation that own kubectl's annotation. */
export function annotationOwners(object: JsonObject, operation: 'Apply' | 'Update'): JsonObject[] {
  return entriesOf(object).filter(
    (entry) =>
      stringAt(entry, 'operation') === operation &&
      isObject(annotation.reduce<Json | undefined>(step, entry['fieldsV1'])),
  );
}

/**
 * managedFields with what `from` owns by update given to `to`, as if it had been applied; undefined when there
 * is nothing to give. Models csaupgrade.UpgradeManagedFields.
 */
export function upgradedManagers(
  object: JsonObject,
  from: readonly string[],
  to: string,
): JsonObject[] | undefined {
  let entries = entriesOf(object).map((entry) => clone(entry));
  let changed = false;
  for (const manager of [...from].sort(compareStrings)) {
    const isOld = (entry: JsonObject): boolean =>
      stringAt(entry, 'manager') === manager &&
      stringAt(entry, 'operation') === 'Update' &&
      stringAt(entry, 'subresource') === '';
    const isNew = (entry: JsonObject): boolean =>
      stringAt(entry, 'manager') === to &&
      stringAt(entry, 'operation') === 'Apply' &&
      stringAt(entry, 'subresource') === '';
    if (!entries.some(isOld)) continue;
    changed = true;
    let target = entries.find(isNew);
    if (target === undefined) {
      target = entries.find(isOld) as JsonObject;
      target['manager'] = to;
      target['operation'] = 'Apply';
    }
    const version = stringAt(target, 'apiVersion');
    const old = entries.find((entry) => isOld(entry) && stringAt(entry, 'apiVersion') === version);
    if (old !== undefined)
      target['fieldsV1'] = union(objectAt(target, 'fieldsV1'), objectAt(old, 'fieldsV1'), false);
    entries = entries.filter((entry) => !isOld(entry));
  }
  return changed ? entries : undefined;
}

function entriesOf(object: JsonObject): JsonObject[] {
  return listAt(object, 'metadata', 'managedFields').filter(isObject);
}

function step(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) ? value[key] : undefined;
}

/** Both sets of fields; a field that was the end of a path and now goes further keeps a `.`. */
function union(left: JsonObject, right: JsonObject, inside: boolean): JsonObject {
  const joined: JsonObject = {};
  const isEnd = (part: JsonObject): boolean => inside && Object.keys(part).length === 0;
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  if (names.size > 0 && (isEnd(left) || isEnd(right))) names.add('.');
  for (const name of [...names].sort(compareStrings)) {
    const [ours, theirs] = [left[name], right[name]];
    joined[name] =
      isObject(ours) && isObject(theirs) ? union(ours, theirs, true) : clone(ours ?? theirs ?? {});
  }
  return joined;
}
