import type { ObjectMeta } from '../types.ts';
import { quote } from '../validation/field-error.ts';
import type { FieldSet } from './field-set.ts';
import { decodeFieldsV1, isEmptySet } from './field-set.ts';

/** One entry of `metadata.managedFields` with its fields as a set; on the wire it looks the same. */
export interface ManagedEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** RFC 3339 in seconds; absent when the manager only joined in what was there. */
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

export type Managed = readonly ManagedEntry[];

export const NO_MANAGERS: Managed = [];

/** Malformed managedFields. `message` is upstream's. */
export class ManagedFieldsError extends Error {}

type Wire = ObjectMeta['managedFields'];

/** The entries of stored metadata: what this server wrote is canonical already. */
export function storedManagers(metadata: ObjectMeta | undefined): Managed {
  return (metadata?.managedFields as Managed | undefined) ?? NO_MANAGERS;
}

/** Entries as they go into metadata; none are absent. */
export function toMetadata(managed: Managed): Wire {
  return managed.length === 0 ? undefined : (managed as unknown as Wire);
}

/** Reads what a client sent. Models DecodeManagedFields (v1.34). @throws ManagedFieldsError */
export function decodeManagers(sent: Wire): Managed {
  const byIdentity = new Map<string, ManagedEntry>();
  for (const [index, entry] of (sent ?? []).entries()) {
    const { operation, apiVersion = '', fieldsType = '', manager = '', time, subresource } = entry;
    if (operation !== 'Apply' && operation !== 'Update')
      throw new ManagedFieldsError('operation must be `Apply` or `Update`');
    if (apiVersion === '') throw new ManagedFieldsError('apiVersion must not be empty');
    if (fieldsType === '')
      throw new ManagedFieldsError(`missing fieldsType in managed fields entry ${index}`);
    if (fieldsType !== 'FieldsV1') {
      throw new ManagedFieldsError(
        `invalid fieldsType ${quote(fieldsType)} in managed fields entry ${index}`,
      );
    }
    const fieldsV1 = decodeFieldsV1((entry.fieldsV1 as unknown) ?? {});
    if (fieldsV1 === undefined) throw new ManagedFieldsError('error decoding set');
    const decoded = newEntry({ manager, operation, apiVersion, time, fieldsV1, subresource });
    byIdentity.set(identityOf(decoded), decoded);
  }
  return [...byIdentity.values()];
}

/** An entry with its keys in the order Go writes them. */
export function newEntry(parts: {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string | undefined;
  readonly fieldsV1: FieldSet;
  readonly subresource?: string | undefined;
}): ManagedEntry {
  const { manager, operation, apiVersion, time, fieldsV1, subresource = '' } = parts;
  const entry: { -readonly [Key in keyof ManagedEntry]: ManagedEntry[Key] } =
    time === undefined
      ? { manager, operation, apiVersion, fieldsType: 'FieldsV1', fieldsV1 }
      : { manager, operation, apiVersion, time, fieldsType: 'FieldsV1', fieldsV1 };
  if (subresource !== '') entry.subresource = subresource;
  return entry;
}

/** Tells managers apart: an applier is the same in every version. Models BuildManagerIdentifier (v1.34). */
export function identityOf(
  entry: Pick<ManagedEntry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>,
): string {
  const version = entry.operation === 'Apply' ? '' : entry.apiVersion;
  return `${entry.operation}\0${version}\0${entry.subresource ?? ''}\0${entry.manager}`;
}

/** `[{}]`: the client wants no managers recorded. An empty list does not say so. */
export function isReset(sent: Wire): boolean {
  const only = sent?.length === 1 ? (sent[0] as object) : undefined;
  return only !== undefined && Object.values(only).every((value) => value === undefined);
}

/** In the order they are kept; entries without fields go. Models encodeManagedFields (v1.34). */
export function sortManagers(managed: Managed): Managed {
  const kept = managed.every(hasFields) ? [...managed] : managed.filter(hasFields);
  return kept.length > 1 ? kept.sort(compareEntries) : kept;
}

function hasFields({ fieldsV1 }: ManagedEntry): boolean {
  return !isEmptySet(fieldsV1);
}

function compareEntries(left: ManagedEntry, right: ManagedEntry): number {
  return (
    compareTexts(left.operation, right.operation) ||
    // RFC 3339 in UTC and seconds sorts as text.
    compareTexts(left.time ?? '', right.time ?? '') ||
    compareTexts(left.manager, right.manager) ||
    compareTexts(left.apiVersion, right.apiVersion) ||
    compareTexts(left.subresource ?? '', right.subresource ?? '')
  );
}

function compareTexts(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

/** `"kubectl-create" using v1 at 2026-…`, with its subresource: a manager as messages name it. */
export function managerText(entry: ManagedEntry): string {
  const { manager, operation, apiVersion, subresource, time } = entry;
  const name = `${quote(manager)}${subresource === undefined ? '' : ` with subresource ${quote(subresource)}`}`;
  if (operation === 'Apply') return name;
  return `${name} using ${apiVersion}${time === undefined ? '' : ` at ${time}`}`;
}
