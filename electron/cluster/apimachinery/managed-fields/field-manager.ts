import { deepEqual } from '../deep-equal.ts';
import type { GroupVersionKind } from '../gvk.ts';
import { apiVersionOf, gvkOf } from '../gvk.ts';
import type { StructType } from '../schema/type-schema.ts';
import { newBadRequest, StatusError } from '../status.ts';
import type { KubeObject } from '../types.ts';
import { capManagers } from './cap-managers.ts';
import { compare, emptyValueOf } from './compare.ts';
import { ConflictsError, newApplyConflict } from './conflict.ts';
import type { FieldSet } from './field-set.ts';
import { difference, hasPath, isEmptySet, setOf, union } from './field-set.ts';
import type { JsonObject } from './json.ts';
import { objectOf } from './json.ts';
import { fieldsOfLastApplied, LAST_APPLIED_MANAGER, withLastApplied } from './last-applied.ts';
import type { Managed } from './managed.ts';
import {
  decodeManagers,
  identityOf,
  isReset,
  ManagedFieldsError,
  newEntry,
  NO_MANAGERS,
  sortManagers,
  storedManagers,
  toMetadata,
} from './managed.ts';
import type { Applied, Door } from './updater.ts';
import { applyConfig, takeAway } from './updater.ts';
import { TypedError, validateConfig } from './validate.ts';

/** Who owned everything before anybody applied. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

const META_FIELDS = [
  'name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields',
  'resourceVersion',
] as const; // prettier-ignore

/** What nobody owns: the type and what the system writes. Models stripMetaManager (v1.34). */
const SYSTEM_FIELDS = setOf(
  ['f:apiVersion'],
  ['f:kind'],
  ...META_FIELDS.map((name) => ['f:metadata', `f:${name}`]),
);
const METADATA = setOf(['f:metadata']);

export interface FieldManagerOptions {
  readonly gvk: GroupVersionKind;
  readonly type: StructType;
  /** '' for the object itself. */
  readonly subresource: string;
  /** What writes through this door never change. */
  readonly resetFields: FieldSet;
}

/**
 * Records who owns which field of the objects of one kind, through one door, and merges what is applied.
 * Objects are not changed; what did not change is shared. Models managedfields.FieldManager (v1.34).
 */
export class FieldManager {
  readonly #gvk: GroupVersionKind;
  readonly #apiVersion: string;
  readonly #subresource: string;
  readonly #door: Door;

  constructor(options: FieldManagerOptions) {
    this.#gvk = options.gvk;
    this.#apiVersion = apiVersionOf(options.gvk);
    this.#subresource = options.subresource;
    this.#door = { type: options.type, ignored: union(SYSTEM_FIELDS, options.resetFields) };
  }

  /** A new object with its first manager. `time` is RFC 3339. */
  create<T extends KubeObject>(object: T, manager: string, time: string): T {
    const sent = object.metadata?.managedFields;
    const managed = sent === undefined || isReset(sent) ? NO_MANAGERS : (decodeOrNone(sent) ?? NO_MANAGERS);
    const empty = emptyValueOf(this.#door.type) as KubeObject;
    return withManaged(object, this.#updated(empty, object, managed, manager, time));
  }

  /** `object` as it is about to be written over `live`, with what the manager changed recorded as its own. */
  update<T extends KubeObject>(live: KubeObject, object: T, manager: string, time: string): T {
    const managed = this.#liveOrSent(live, object);
    // Nobody was recorded and somebody took care of that: so it stays.
    if (managed.length === 0) return withManaged(object, managed);
    return withManaged(object, this.#updated(live, object, managed, manager, time));
  }

  /**
   * A configuration applied by a manager to `live`, or to nothing. The result is not decoded or defaulted yet.
   * Models FieldManager.Apply (v1.34).
   * @throws StatusError 400 for a configuration of another kind, 409 for conflicts, 500 when it does not fit its type
   */
  apply(
    live: KubeObject | undefined,
    config: KubeObject,
    manager: string,
    force: boolean,
    time: string,
  ): KubeObject {
    const { type } = this.#door;
    this.#checkConfig(config);
    const base = (live === undefined ? emptyValueOf(type) : withManaged(live, NO_MANAGERS)) as KubeObject;
    let managed = storedManagers(live?.metadata);
    if (managed.length === 0 && live !== undefined) {
      const empty = emptyValueOf(type) as KubeObject;
      managed = this.#updated(empty, base, managed, BEFORE_FIRST_APPLY, time);
    }
    const applied = this.#applyForcing(base, config, managed, manager, force);
    const key = identityOf(this.#applier(manager));
    const stamped = applied.managed.map((entry) => {
      if (identityOf(entry) !== key) return entry;
      const before = managed.find((other) => identityOf(other) === key);
      return newEntry({ ...entry, time: applied.object === undefined ? before?.time : time });
    });
    let object = (applied.object ?? (base as JsonObject)) as JsonObject;
    if (manager === LAST_APPLIED_MANAGER) object = withLastApplied(object, config as JsonObject);
    const after = sortManagers(capManagers(stamped.map(stripped)));
    const result = sameManagers(after, managed) ? managed : after;
    return withManaged(object as KubeObject, result);
  }

  /** Conflicts with what kubectl itself applied from the client's side are none. */
  #applyForcing(
    base: KubeObject,
    config: KubeObject,
    managed: Managed,
    manager: string,
    force: boolean,
  ): Applied {
    const live = base as JsonObject;
    const applier = this.#applier(manager);
    try {
      return applyConfig(this.#door, live, config as JsonObject, managed, applier, force);
    } catch (error) {
      if (!(error instanceof ConflictsError)) throw error;
      let { conflicts } = error;
      if (manager === LAST_APPLIED_MANAGER) {
        const allowed = fieldsOfLastApplied(this.#door.type, this.#apiVersion, live);
        conflicts = conflicts.filter(({ path }) => !hasPath(allowed, path));
        if (conflicts.length === 0)
          return applyConfig(this.#door, live, config as JsonObject, managed, applier, true);
      }
      throw newApplyConflict(conflicts);
    }
  }

  #applier(manager: string) {
    return newEntry({
      manager,
      operation: 'Apply',
      apiVersion: this.#apiVersion,
      fieldsV1: setOf(),
      subresource: this.#subresource,
    });
  }

  /** @throws StatusError */
  #checkConfig(config: KubeObject): void {
    const { group, version, kind } = gvkOf(config);
    const named = `${group}/${version}, Kind=${kind}`;
    if (group !== this.#gvk.group || version !== this.#gvk.version || kind !== this.#gvk.kind)
      throw newBadRequest(`invalid object type: ${named}`);
    const metadata = objectOf(config.metadata);
    if (metadata['managedFields'] !== undefined && metadata['managedFields'] !== null)
      throw newBadRequest('metadata.managedFields must be nil');
    try {
      validateConfig(this.#door.type, config);
    } catch (error) {
      if (!(error instanceof TypedError)) throw error;
      const text = (field: string): string => (typeof metadata[field] === 'string' ? metadata[field] : '');
      throw new StatusError(
        500,
        undefined,
        `failed to create typed patch object (${text('namespace')}/${text('name')}; ${named}): ${error.message}`,
      );
    }
  }

  /** What the client sent when it may set managers here and they are well-formed, else what is stored. */
  #liveOrSent(live: KubeObject, object: KubeObject): Managed {
    const stored = storedManagers(live.metadata);
    const sent = object.metadata?.managedFields;
    if (this.#subresource !== '' || sent === undefined || sent === live.metadata?.managedFields)
      return stored;
    if (isReset(sent)) return NO_MANAGERS;
    if (deepEqual(sent, live.metadata?.managedFields)) return stored;
    const decoded = decodeOrNone(sent);
    return decoded === undefined || decoded.length === 0 ? stored : sortManagers(decoded);
  }

  #updated(live: KubeObject, object: KubeObject, managed: Managed, manager: string, time: string): Managed {
    const { type, ignored } = this.#door;
    const comparison = compare(type, live, object, ignored);
    const left = takeAway(managed, comparison);
    const taken = difference(union(comparison.modified, comparison.added), METADATA);
    if (isEmptySet(taken)) return left;
    const mine = newEntry({
      manager,
      operation: 'Update',
      apiVersion: this.#apiVersion,
      time,
      fieldsV1: taken,
      subresource: this.#subresource,
    });
    const key = identityOf(mine);
    const before = left.find((entry) => identityOf(entry) === key);
    const rest = left.filter((entry) => entry !== before);
    const joined = before === undefined ? mine : { ...mine, fieldsV1: union(before.fieldsV1, taken) };
    return sortManagers(capManagers([...rest, joined]));
  }
}

function decodeOrNone(sent: NonNullable<KubeObject['metadata']>['managedFields']): Managed | undefined {
  try {
    return decodeManagers(sent);
  } catch (error) {
    if (error instanceof ManagedFieldsError) return undefined;
    throw error;
  }
}

/** Without what nobody owns. */
function stripped(entry: Managed[number]): Managed[number] {
  const fieldsV1 = difference(difference(entry.fieldsV1, SYSTEM_FIELDS), METADATA);
  return fieldsV1 === entry.fieldsV1 ? entry : { ...entry, fieldsV1 };
}

function sameManagers(left: Managed, right: Managed): boolean {
  return left.length === right.length && deepEqual(left, right);
}

function withManaged<T extends KubeObject>(object: T, managed: Managed): T {
  const managedFields = toMetadata(managed);
  if (object.metadata?.managedFields === managedFields) return object;
  const metadata: Record<string, unknown> = { ...object.metadata, managedFields };
  if (managedFields === undefined) delete metadata['managedFields'];
  return { ...object, metadata };
}
