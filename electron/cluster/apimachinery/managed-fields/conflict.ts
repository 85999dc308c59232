import type { StatusCause } from '../types.ts';
import { StatusError } from '../status.ts';
import type { FieldSet } from './field-set.ts';
import { paths, pathText } from './field-set.ts';
import type { PathElement } from './path-element.ts';
import type { ManagedEntry } from './managed.ts';
import { identityOf, managerText } from './managed.ts';

/** One field that somebody else owns with another value. */
export interface Conflict {
  readonly owner: ManagedEntry;
  readonly path: readonly PathElement[];
}

/** An apply that would take fields from others. */
export class ConflictsError extends Error {
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super('conflicts');
    this.conflicts = conflicts;
  }
}

/** The conflicts over the fields of one owner. */
export function conflictsWith(owner: ManagedEntry, fields: FieldSet): Conflict[] {
  return paths(fields).map((path) => ({ owner, path }));
}

/** `Apply failed with 1 conflict: …`, one cause a field. Models NewConflictError (v1.34). */
export function newApplyConflict(conflicts: readonly Conflict[]): StatusError {
  const causes: StatusCause[] = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(owner)}`,
    field: pathText(path),
  }));
  return new StatusError(409, 'Conflict', conflictMessage(conflicts), { causes });
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${managerText(first.owner)}: ${pathText(first.path)}`;
  }
  const byOwner = new Map<string, Conflict[]>();
  for (const conflict of conflicts) {
    const key = identityOf(conflict.owner);
    byOwner.set(key, [...(byOwner.get(key) ?? []), conflict]);
  }
  const groups = [...byOwner.values()].map((group) => ({
    owner: managerText((group[0] as Conflict).owner),
    lines: group.map(({ path }) => `- ${pathText(path)}`),
  }));
  groups.sort((left, right) => (left.owner < right.owner ? -1 : 1));
  const lines = groups.flatMap(({ owner, lines: fields }) => [`conflicts with ${owner}:`, ...fields]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}
